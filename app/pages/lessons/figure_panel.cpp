// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/figure_panel.h"

#include "app/page.h"
#include "app/pages/lessons/veil.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QTimer>
#include <QVBoxLayout>

namespace quantoscope {

FigurePanel::FigurePanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_column(new QVBoxLayout(this))
    , m_header(new QWidget(this))
    , m_caption(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, m_header))
    , m_all(new PushButton(tr("All controls"), PushButton::Role::Chip, m_header))
    , m_open(new PushButton({}, PushButton::Role::Chip, m_header))
    , m_veil(new Veil(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(space::small);
    auto* line = new QHBoxLayout(m_header);
    line->setContentsMargins(2, 0, 0, 0);
    line->setSpacing(space::small);
    line->addWidget(m_caption);
    line->addStretch(1);
    line->addWidget(m_all);
    line->addWidget(m_open);
    m_column->addWidget(m_header);
    m_all->setCheckable(true);
    connect(m_all, &PushButton::clicked, this, [this](bool all) {
        showAllControls(all);
        emit controlsChanged();
    });
    connect(m_open, &PushButton::clicked, this, [this] {
        if (const FigureKind* kind = findFigureKind(m_wanted.kind); kind && m_figure)
            m_workspace.requestPage(QLatin1String(kind->page), m_figure->state());
    });
}

void FigurePanel::show(const LessonFigure& wanted, const std::optional<QJsonObject>& state, bool allControls)
{
    const bool isSame = m_figure && wanted.kind == m_wanted.kind && wanted.controls == m_wanted.controls && allControls == m_allControls;
    m_wanted = wanted;
    m_allControls = allControls;
    if (!isSame)
        make();
    if (m_figure)
        m_figure->setState(state.value_or(startState(wanted)));
    emit readingsChanged();
}

void FigurePanel::make()
{
    delete m_figure;
    m_figure = nullptr;
    const FigureKind* kind = findFigureKind(m_wanted.kind);
    m_header->setVisible(kind);
    if (!kind)
        return;   // The list of problems has said so.
    m_figure = kind->make(m_workspace, this);
    m_column->addWidget(m_figure, 1);
    const bool fewControls = !m_wanted.controls.empty();
    if (fewControls && !m_allControls) {
        QStringList controls;
        for (const std::string& name : m_wanted.controls)
            controls << QString::fromStdString(name);
        m_figure->showOnlyControls(controls);
    }
    const PageRow* page = findPage(QString(QLatin1String(kind->page)));
    const QString title = page ? QCoreApplication::translate("Pages", page->title) : QString();
    m_caption->setText(tr("The %1 page, live").arg(title));
    m_open->setText(tr("Open in %1").arg(title));
    m_open->updateGeometry();
    m_open->setVisible(page != nullptr);
    m_all->setVisible(fewControls);
    m_all->setChecked(m_allControls);
    connect(m_figure, &Figure::readingsChanged, this, &FigurePanel::readingsChanged);
    connect(m_figure, &Figure::changed, this, &FigurePanel::edited);
    m_figure->QWidget::show();
    m_figure->setEnabled(!m_isVeiled);
}

void FigurePanel::play(const QJsonObject& state)
{
    if (m_figure)
        m_figure->setState(state);
}

void FigurePanel::showAllControls(bool all)
{
    if (!m_figure || all == m_allControls)
        return;
    const QJsonObject state = m_figure->state();
    m_allControls = all;
    make();
    if (m_figure)
        m_figure->setState(state);
    placeVeil();
}

void FigurePanel::setHeaderVisible(bool visible)
{
    m_header->setVisible(visible && m_figure);
}

void FigurePanel::setVeiled(bool veiled)
{
    m_isVeiled = veiled;
    if (m_figure)
        m_figure->setEnabled(!veiled);
    m_veil->setVisible(veiled && m_figure);
    m_all->setEnabled(!veiled);
    m_open->setEnabled(!veiled);
    // The figure may still be on its way to its place.
    placeVeil();
    QTimer::singleShot(0, this, &FigurePanel::placeVeil);
}

void FigurePanel::placeVeil()
{
    if (!m_isVeiled || !m_figure || m_figure->isHidden())
        return;
    layout()->activate();
    m_veil->cover(m_figure);
    m_veil->raise();
}

void FigurePanel::resizeEvent(QResizeEvent*)
{
    QTimer::singleShot(0, this, &FigurePanel::placeVeil);
}

}  // namespace quantoscope
