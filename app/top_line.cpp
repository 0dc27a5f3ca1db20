// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/top_line.h"

#include "app/crumb.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QFileInfo>
#include <QMenu>
#include <QPainter>

#include <algorithm>

namespace quantoscope {

namespace {

constexpr int arrowRoom = 18;

void popUpBelow(QMenu* menu, const QWidget* button)
{
    menu->popup(button->mapToGlobal(QPoint(0, button->height() + 4)));
}

QString modelName(const Workspace& workspace)
{
    if (!workspace.model())
        return workspace.isOpening() ? TopLine::tr("opening %1 …").arg(QFileInfo(workspace.openingPath()).fileName())
                                     : TopLine::tr("none open");
    if (!workspace.modelPath().isEmpty() && workspace.modelPath() == Workspace::sampleModelPath())
        return TopLine::tr("sample model");
    return QString::fromStdString(workspace.model()->name());
}

/// "INT4, symmetric, per tensor" is a sentence; the line shows its first three parts.
QString schemeName(const QuantizationScheme& scheme)
{
    const QString sentence = QString::fromStdString(schemeSentence(scheme));
    return sentence.section(QStringLiteral(", "), 0, 2);
}

}  // namespace

TopLine::TopLine(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_model(new Crumb(tr("model"), this))
    , m_tensor(new Crumb(tr("tensor"), this))
    , m_scheme(new Crumb(tr("scheme"), this))
    , m_device(new PillButton(this))
    , m_search(new PillButton(this))
    , m_modelMenu(new QMenu(this))
    , m_schemeMenu(new QMenu(this))
    , m_deviceMenu(new QMenu(this))
{
    m_scheme->setElideMode(Qt::ElideRight);   // It reads from its first word on.
    m_schemeMenu->setToolTipsVisible(true);
    m_deviceMenu->setToolTipsVisible(true);
    m_search->setText(tr("Find anything"));
    m_search->setKey(tr("Ctrl+K"));
    m_search->setAccessibleName(tr("Find anything"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);

    connect(m_model, &QAbstractButton::clicked, this, [this] { popUpBelow(m_modelMenu, m_model); });
    connect(m_tensor, &QAbstractButton::clicked, this,
            [this] { emit tensorListRequested(m_tensor->geometry().bottomLeft()); });
    connect(m_scheme, &QAbstractButton::clicked, this, [this] { popUpBelow(m_schemeMenu, m_scheme); });
    connect(m_device, &QAbstractButton::clicked, this, [this] { popUpBelow(m_deviceMenu, m_device); });
    connect(m_search, &QAbstractButton::clicked, this, &TopLine::searchRequested);
    connect(m_schemeMenu, &QMenu::aboutToShow, this, &TopLine::fillSchemeMenu);
    connect(m_deviceMenu, &QMenu::aboutToShow, this, &TopLine::fillDeviceMenu);

    connect(&workspace, &Workspace::modelChanged, this, &TopLine::refresh);
    connect(&workspace, &Workspace::openingChanged, this, &TopLine::refresh);
    connect(&workspace, &Workspace::tensorChanged, this, &TopLine::refresh);
    connect(&workspace, &Workspace::schemeChanged, this, &TopLine::refresh);
    connect(&workspace, &Workspace::devicesChanged, this, &TopLine::refresh);
    refresh();
}

void TopLine::setShowsDevices(bool shows)
{
    m_showsDevices = shows;
    arrange();
}

QSize TopLine::sizeHint() const
{
    return {600, m_search->sizeHint().height() + 26};
}

QSize TopLine::minimumSizeHint() const
{
    return {400, sizeHint().height()};
}

void TopLine::refresh()
{
    const TensorInfo* tensor = m_workspace.tensor();
    m_model->setValue(modelName(m_workspace), !m_workspace.model());
    m_tensor->setValue(tensor ? QString::fromStdString(tensor->name) : tr("none"), !tensor);
    m_scheme->setValue(schemeName(m_workspace.scheme()), false);

    const auto& devices = m_workspace.devices();
    const auto gpu = std::ranges::find_if(devices, [](const DeviceInfo& d) { return d.kind == "gpu" && d.isReady(); });
    const bool hasGpu = gpu != devices.end();
    m_device->setSign(hasGpu ? PillButton::Sign::Ready : PillButton::Sign::Empty);
    m_device->setText(!m_workspace.devicesKnown() ? tr("looking for a GPU …")
                      : hasGpu                    ? QString::fromStdString(gpu->name)
                                                  : tr("CPU only"));
    m_device->setAccessibleName(tr("Devices: %1").arg(m_device->text()));
    arrange();
}

void TopLine::arrange()
{
    // From the right: search, devices. Then the three crumbs share what is left, the longest giving first.
    const int side = width() < 1060 ? space::gap : space::margin;
    int right = width() - side;
    const auto place = [&](PillButton* button) {
        const QSize size = button->sizeHint();
        right -= size.width();
        button->setGeometry(right, (height() - size.height()) / 2, size.width(), size.height());
        right -= 10;
    };
    m_search->setIsFolded(width() < 760);
    m_device->setIsFolded(width() < 860);
    place(m_search);
    m_device->setVisible(m_showsDevices);
    if (m_showsDevices)
        place(m_device);

    Crumb* const crumbs[] = {m_model, m_tensor, m_scheme};
    int widths[3];
    int total = 2 * arrowRoom;
    const bool showsLabels = width() >= 900;
    for (int i = 0; i < 3; ++i) {
        crumbs[i]->setShowsLabel(showsLabels);
        widths[i] = crumbs[i]->sizeHint().width();
        total += widths[i];
    }
    int excess = total - (right - side);
    for (int i : {2, 1, 0}) {
        const int give = std::clamp(widths[i] - crumbs[i]->smallestWidth(), 0, std::max(0, excess));
        widths[i] -= give;
        excess -= give;
    }
    int left = side - 6;
    for (int i = 0; i < 3; ++i) {
        widths[i] = crumbs[i]->widthWithin(widths[i]);   // A cut name leaves no gap before the arrow.
        const int tall = crumbs[i]->sizeHint().height();
        crumbs[i]->setGeometry(left, (height() - tall) / 2, widths[i], tall);
        left += widths[i] + arrowRoom;
    }
    update();
}

void TopLine::fillSchemeMenu()
{
    m_schemeMenu->clear();
    connect(m_schemeMenu->addAction(tr("Edit on Quantize")), &QAction::triggered, this, &TopLine::editSchemeRequested);
    m_schemeMenu->addSection(tr("Named schemes"));
    const std::string now = schemeText(m_workspace.scheme());
    for (const NamedScheme& named : namedSchemes()) {
        const QString id = QString::fromUtf8(named.id.data(), qsizetype(named.id.size()));
        const QString sentence = QString::fromUtf8(named.sentence.data(), qsizetype(named.sentence.size()));
        QAction* action = m_schemeMenu->addAction(menuLine(id, sentence));
        action->setCheckable(true);
        action->setToolTip(sentence);
        const auto scheme = parseScheme(named.text);
        action->setChecked(scheme && schemeText(*scheme) == now);
        const QString text = QString::fromUtf8(named.text.data(), qsizetype(named.text.size()));
        connect(action, &QAction::triggered, this, [this, text] { emit schemeChosen(text); });
    }
}

void TopLine::fillDeviceMenu()
{
    m_deviceMenu->clear();
    m_deviceMenu->addSection(tr("What computes here"));
    for (const DeviceInfo& device : m_workspace.devices()) {
        const QString status = device.isReady() ? tr("ready") : QString::fromStdString(device.status);
        QAction* row = m_deviceMenu->addAction(menuLine(QString::fromStdString(device.name), status));
        row->setToolTip(status);
    }
    if (!m_workspace.devicesKnown())
        m_deviceMenu->addAction(tr("still looking"))->setEnabled(false);
}

void TopLine::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme().border);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().faint);
    for (const Crumb* crumb : {m_model, m_tensor}) {
        const QPointF at(crumb->geometry().right() + arrowRoom / 2.0, height() / 2.0);
        painter.drawPolygon(QPolygonF{at + QPointF(-2.5, -3.5), at + QPointF(3.5, 0), at + QPointF(-2.5, 3.5)});
    }
}

void TopLine::resizeEvent(QResizeEvent*)
{
    arrange();
}

void TopLine::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        arrange();
}

}  // namespace quantoscope
