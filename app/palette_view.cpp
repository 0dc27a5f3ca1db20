// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/palette_view.h"

#include "app/main_window.h"
#include "app/palette.h"
#include "app/workspace.h"
#include "widgets/background_job.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QAbstractListModel>
#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

/// The matches as a flat list; the first of a source carries its heading.
class PaletteModel : public QAbstractListModel {
public:
    enum Role { Details = Qt::UserRole, Shortcut, Heading };
    using QAbstractListModel::QAbstractListModel;

    void setMatches(std::vector<PaletteMatches::Match> matches)
    {
        beginResetModel();
        m_matches = std::move(matches);
        endResetModel();
    }
    const PaletteMatches::Match& match(int row) const { return m_matches[std::size_t(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : int(m_matches.size()); }

    QVariant data(const QModelIndex& index, int role) const override
    {
        const PaletteMatches::Match& m = match(index.row());
        switch (role) {
        case Qt::DisplayRole: return m.entry.title;
        case Qt::AccessibleTextRole: return m.heading + QStringLiteral(": ") + m.entry.title;
        case Details: return m.entry.details;
        case Shortcut: return m.entry.shortcut;
        case Heading: return index.row() == 0 || match(index.row() - 1).source != m.source ? m.heading : QString();
        default: return {};
        }
    }

private:
    std::vector<PaletteMatches::Match> m_matches;
};

namespace {

QFont headingFont() { return uiFont(11, QFont::DemiBold); }
QFont entryFont() { return uiFont(13, QFont::Medium); }
QFont detailsFont() { return uiFont(12); }

class PaletteDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override
    {
        const bool hasHeading = !index.data(PaletteModel::Heading).toString().isEmpty();
        return {200, rowHeight() + (hasHeading ? headingHeight() : 0)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Theme& t = theme();
        QRect row = option.rect.adjusted(6, 0, -6, 0);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (const QString heading = index.data(PaletteModel::Heading).toString(); !heading.isEmpty()) {
            painter->setFont(headingFont());
            painter->setPen(t.faint);
            painter->drawText(QRect(row.left() + 8, row.top() + 5, row.width(), headingHeight() - 5),
                              Qt::AlignLeft | Qt::AlignVCenter, heading);
            row.setTop(row.top() + headingHeight());
        }
        if (option.state & QStyle::State_Selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(t.selectedRow);
            painter->drawRoundedRect(row, 6, 6);
        }
        row.adjust(8, 0, -8, 0);
        const QString shortcut = index.data(PaletteModel::Shortcut).toString();
        if (!shortcut.isEmpty()) {
            painter->setFont(detailsFont());
            painter->setPen(t.faint);
            painter->drawText(row, Qt::AlignRight | Qt::AlignVCenter, shortcut);
            row.setRight(row.right() - QFontMetrics(detailsFont()).horizontalAdvance(shortcut) - space::gap);
        }
        const QFontMetrics metrics(entryFont());
        const QString title = index.data().toString();
        painter->setFont(entryFont());
        painter->setPen(t.text);
        painter->drawText(row, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                          metrics.elidedText(title, Qt::ElideMiddle, row.width()));
        row.setLeft(row.left() + std::min(metrics.horizontalAdvance(title), row.width()) + space::normal);
        painter->setFont(detailsFont());
        painter->setPen(t.muted);
        painter->drawText(row, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                          QFontMetrics(detailsFont()).elidedText(index.data(PaletteModel::Details).toString(),
                                                                 Qt::ElideRight, row.width()));
        painter->restore();
    }

private:
    static int rowHeight() { return QFontMetrics(entryFont()).height() + 14; }
    static int headingHeight() { return QFontMetrics(headingFont()).height() + 12; }
};

}  // namespace

PaletteView::PaletteView(MainWindow& window)
    : QWidget(&window)
    , m_window(window)
    , m_card(new Card(this))
    , m_field(new QLineEdit(m_card))
    , m_list(new QListView(m_card))
    , m_nothing(new TextLabel(tr("Nothing is called so."), 13, QFont::Normal, TextTone::Muted, m_card))
    , m_model(new PaletteModel(this))
    , m_finding(new BackgroundJob(Pool::Interactive, this))
{
    m_field->setAccessibleName(tr("Find anything"));
    m_field->setClearButtonEnabled(false);
    m_field->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setFocusPolicy(Qt::NoFocus);   // The field keeps the keyboard; arrows reach the list from there.
    m_list->setAccessibleName(tr("Found"));
    m_card->layout()->setContentsMargins(10, 10, 10, 10);
    m_card->body()->addWidget(m_field);
    m_card->body()->addWidget(m_nothing);
    m_card->body()->addWidget(m_list, 1);
    connect(m_field, &QLineEdit::textEdited, this, &PaletteView::search);
    connect(m_list, &QListView::clicked, this, [this] {
        m_finding->cancel();   // What is clicked is what is shown.
        runCurrent();
    });
    window.installEventFilter(this);
    hide();
}

void PaletteView::open(const QString& onlySource, const QPoint& at, const QString& query)
{
    m_onlySource = onlySource;
    m_at = at;
    if (!isVisible())
        m_focusBefore = m_window.focusWidget();
    m_field->setFont(uiFont(15));
    m_field->setPlaceholderText(onlySource.isEmpty() ? tr("A page, format, scheme, tensor, lesson, setting or term")
                                                     : tr("Part of a name"));
    m_field->setText(query);
    search(query);
    place();
    show();
    raise();
    m_field->setFocus(Qt::PopupFocusReason);
}

void PaletteView::close()
{
    if (!isVisible())
        return;
    m_finding->cancel();
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus();
    m_focusBefore = nullptr;
}

QStringList PaletteView::titles() const
{
    QStringList titles;
    for (int row = 0; row < m_model->rowCount(); ++row)
        titles << m_model->match(row).entry.title;
    return titles;
}

void PaletteView::search(const QString& query)
{
    m_finding->cancel();
    m_runsWhenFound = false;
    const Model model = m_window.workspace().model();
    const bool asksTensors = m_onlySource.isEmpty() || m_onlySource == u"tensors";
    if (!model || !asksTensors || query.trimmed().isEmpty() || model->tensors().size() <= namesSearchedAtOnce)
        return list(query, nullptr);
    // What was found before stays until then, so that nothing jumps twice.
    m_finding->start([model, query](const Progress& progress) { return findTensorsNamed(*model, query, progress); },
                     [this, model, query](const TensorHits& found) {
                         if (model != m_window.workspace().model())
                             return search(query);   // Their places are another model's.
                         list(query, &found);
                         if (m_runsWhenFound)
                             runCurrent();
                     });
}

void PaletteView::list(const QString& query, const TensorHits* tensors)
{
    m_model->setMatches(findInPalette(m_window, query, m_onlySource, tensors));
    m_list->setCurrentIndex(m_model->index(0));
    const bool found = m_model->rowCount() > 0;
    m_list->setVisible(found);
    m_nothing->setVisible(!found);
    m_nothing->setText(m_onlySource == u"tensors" && !m_window.hasModel()
                           ? tr("No model is open. Ctrl+O opens one; the sample model is in the menu beside “model”.")
                           : tr("Nothing is called so."));
    place();
}

void PaletteView::place()
{
    setGeometry(m_window.rect());
    const int wide = std::min(m_onlySource.isEmpty() ? 680 : 460, width() - 32);
    int tall = m_field->sizeHint().height() + 34;
    if (m_model->rowCount() == 0)
        tall += 36;
    for (int row = 0; row < std::min(m_model->rowCount(), 40); ++row)
        tall += m_list->sizeHintForIndex(m_model->index(row)).height();
    const QPoint corner = m_at.isNull() ? QPoint((width() - wide) / 2, std::min(72, height() / 10))
                                        : QPoint(std::min(m_at.x(), width() - wide - 8), m_at.y() + 6);
    m_card->setGeometry(QRect(corner, QSize(wide, std::min(tall, height() - corner.y() - 24))));
}

void PaletteView::runCurrent()
{
    // Enter means the best answer to what was typed, not to what was typed before.
    m_runsWhenFound = m_finding->isRunning();
    if (m_runsWhenFound)
        return;
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid())
        return;
    const auto run = m_model->match(index.row()).entry.run;   // A copy: running may search again.
    close();
    run();
}

bool PaletteView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == &m_window && event->type() == QEvent::Resize && isVisible())
        place();
    if (watched != m_field || event->type() != QEvent::KeyPress)
        return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const int rows = m_model->rowCount();
    const auto go = [&](int row) {
        if (rows > 0)
            m_list->setCurrentIndex(m_model->index(std::clamp(row, 0, rows - 1)));
        return true;
    };
    const int row = m_list->currentIndex().row();
    switch (key->key()) {
    case Qt::Key_Down: return go(row + 1);
    case Qt::Key_Up: return go(row - 1);
    case Qt::Key_PageDown: return go(row + 10);
    case Qt::Key_PageUp: return go(row - 10);
    case Qt::Key_Return:
    case Qt::Key_Enter: runCurrent(); return true;
    case Qt::Key_Escape: close(); return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab: return true;   // There is nowhere else to go while it is open.
    default: return false;
    }
}

void PaletteView::mousePressEvent(QMouseEvent*)
{
    close();
}

void PaletteView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QColor veil = theme().isDark ? QColor(Qt::black) : theme().text;
    veil.setAlphaF(theme().isDark ? 0.45f : 0.14f);
    painter.fillRect(rect(), veil);
}

}  // namespace quantoscope
