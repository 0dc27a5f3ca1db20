// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/rows_card.h"

#include "widgets/bit_view.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>

namespace quantoscope {

// Keeps the rows out of the card's round corners.
static constexpr int bottomPadding = 6;

RowsCard::RowsCard(QWidget* parent)
    : Card(parent), m_header(new RowsHeader(this)), m_scroll(new QScrollArea(this)), m_list(new QWidget)
{
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(false);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setWidget(m_list);
    // setWidget makes both opaque; the card behind them is the ground.
    m_scroll->viewport()->setAutoFillBackground(false);
    m_list->setAutoFillBackground(false);
    m_list->installEventFilter(this);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Maximum);
    connect(m_header->formatsButton(), &QAbstractButton::clicked, this, &RowsCard::showMenu);
}

NumberRow* RowsCard::makeRow(const QString& id)
{
    auto* row = new NumberRow(id, m_list);
    connect(row, &NumberRow::codeEdited, this, [this, id](Code code, const QString& text, const QString& mergeKey) {
        emit codeEdited(id, code, text, mergeKey);
    });
    connect(row, &NumberRow::settingsEdited, this, [this, id](double scale, qint64 zero) { emit settingsEdited(id, scale, zero); });
    connect(row, &NumberRow::stepRequested, this, [this, id](NumberStep step) { emit stepRequested(id, step); });
    connect(row, &NumberRow::selectRequested, this, [this, id] { emit selected(id); });
    connect(row, &NumberRow::removeRequested, this, [this, id] { removeRow(id); });
    connect(row, &NumberRow::digitsToggled, this, &RowsCard::digitsToggled);
    connect(row, &NumberRow::dragged, this, [this, id](int y) { rowDragged(id, y); });
    connect(row, &NumberRow::dropped, this, [this] { ++m_drag; });
    connect(row, &NumberRow::problem, this, &RowsCard::problem);
    row->setVisible(true);
    return row;
}

NumberRow* RowsCard::row(const QString& id) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](NumberRow* row) { return row->id() == id; });
    return found == m_rows.end() ? nullptr : *found;
}

void RowsCard::show(const NumbersState& state, std::shared_ptr<const NumbersContent> content, const std::optional<NumbersContent>& ghost)
{
    m_state = state;
    m_content = std::move(content);
    m_ghost = ghost;
    std::vector<NumberRow*> ordered;
    for (const NumberRowContent& wanted : m_content->rows) {
        NumberRow* known = row(wanted.id);
        ordered.push_back(known ? known : makeRow(wanted.id));
    }
    for (NumberRow* old : m_rows) {
        if (std::find(ordered.begin(), ordered.end(), old) == ordered.end()) {
            old->hide();
            old->deleteLater();   // It may be the sender of the signal that removed it.
        }
    }
    const bool reordered = ordered != m_rows;
    m_rows = std::move(ordered);
    if (reordered) {
        QWidget* before = m_header->formatsButton();
        for (NumberRow* row : m_rows)
            for (QWidget* stop : row->tabStops()) {
                QWidget::setTabOrder(before, stop);
                before = stop;
            }
    }
    arrange();
    updateGeometry();
}

void RowsCard::setCompact(bool compact)
{
    if (m_compact == compact)
        return;
    m_compact = compact;
    arrange();
    updateGeometry();
}

void RowsCard::setEditsFormats(bool edits)
{
    m_editsFormats = edits;
    m_header->formatsButton()->setVisible(edits && m_only.isEmpty());
    arrange();
}

void RowsCard::setHeaderVisible(bool visible)
{
    m_header->setVisible(visible);
    arrange();
}

void RowsCard::setOnlyRow(const QString& id)
{
    if (m_only == id)
        return;
    m_only = id;
    m_header->formatsButton()->setVisible(m_editsFormats && m_only.isEmpty());
    arrange();
    updateGeometry();
}

NumberRow::Shown RowsCard::shownFor(int index, const RowColumns& columns) const
{
    NumberRow::Shown shown;
    shown.row = m_content->rows[std::size_t(index)];
    shown.content = m_content;
    shown.columns = columns;
    shown.selected = shown.row.id == m_state.selected;
    shown.allDigits = m_state.allDigits;
    shown.editsSettings = m_editsFormats;
    if (m_ghost)
        for (const NumberRowContent& old : m_ghost->rows)
            if (old.id == shown.row.id)
                shown.ghost = old.stored;
    return shown;
}

int RowsCard::contentHeight(double width) const
{
    if (!m_content)
        return 0;
    const RowColumns columns = arrangeColumns(*m_content, m_state.selected, width, m_compact);
    int height = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (shows(m_rows[i]))
            height += m_rows[i]->heightFor(shownFor(int(i), columns));
    return height + (m_header->isVisibleTo(this) ? m_header->heightFor(columns) : 0);
}

void RowsCard::arrange()
{
    if (!m_content || width() < 40)
        return;
    const double inner = width() - 2;
    RowColumns columns = arrangeColumns(*m_content, m_state.selected, inner, m_compact);
    const int header = m_header->isVisibleTo(this) ? m_header->heightFor(columns) : 0;
    const bool scrolls = contentHeight(inner) > height() - 2 - bottomPadding;
    const double rowWidth = scrolls ? inner - m_scroll->verticalScrollBar()->sizeHint().width() : inner;
    if (scrolls)
        columns = arrangeColumns(*m_content, m_state.selected, rowWidth, m_compact);
    m_header->setGeometry(1, 1, int(inner), header);
    m_header->show(m_content, columns);
    m_scroll->setGeometry(1, 1 + header, int(inner), std::max(0, height() - header - 2 - bottomPadding));
    int y = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setVisible(shows(m_rows[i]));
        if (!shows(m_rows[i]))
            continue;
        const NumberRow::Shown shown = shownFor(int(i), columns);
        const int rowHeight = m_rows[i]->heightFor(shown);
        m_rows[i]->setGeometry(0, y, int(rowWidth), rowHeight);
        m_rows[i]->show(shown);
        y += rowHeight;
    }
    m_list->resize(int(rowWidth), y);
}

QSize RowsCard::sizeHint() const
{
    return {900, contentHeight(std::max(width() - 2, 400)) + 2 + bottomPadding};
}

QSize RowsCard::minimumSizeHint() const
{
    return {480, std::min(sizeHint().height(), 170)};
}

void RowsCard::resizeEvent(QResizeEvent* event)
{
    Card::resizeEvent(event);
    arrange();
    if (event->oldSize().width() != event->size().width())
        updateGeometry();   // The columns changed, and with them perhaps the height.
}

void RowsCard::changeEvent(QEvent* event)
{
    Card::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        arrange();
        updateGeometry();
    }
}

QStringList RowsCard::ids() const
{
    QStringList list;
    for (NumberRow* row : m_rows)
        list << row->id();
    return list;
}

void RowsCard::moveRow(const QString& id, int toIndex, const QString& mergeKey)
{
    QStringList order = ids();
    const int from = int(order.indexOf(id));
    if (from < 0 || toIndex < 0 || toIndex >= order.size() || toIndex == from)
        return;
    order.move(from, toIndex);
    emit formatsEdited(order, tr("move row"), mergeKey);
}

void RowsCard::removeRow(const QString& id)
{
    QStringList order = ids();
    if (order.size() > 1 && order.removeOne(id))
        emit formatsEdited(order, tr("remove %1").arg(id.toUpper()), {});
}

void RowsCard::rowDragged(const QString& id, int y)
{
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const QRect place = m_rows[i]->geometry();
        if (m_rows[i]->id() == id || y < place.top() || y > place.bottom())
            continue;
        // Only past the middle, else rows of different height would swap to and fro.
        const int from = int(ids().indexOf(id));
        if ((int(i) > from && y > place.center().y()) || (int(i) < from && y < place.center().y()))
            moveRow(id, int(i), QStringLiteral("row-%1").arg(m_drag));
        return;
    }
}

void RowsCard::showMenu()
{
    QMenu menu(this);
    const QStringList chosen = ids();
    fillMenu(menu, chosen);
    const QAction* picked = menu.exec(m_header->formatsButton()->mapToGlobal(QPoint(0, m_header->formatsButton()->height() + 4)));
    if (!picked)
        return;
    const QString id = picked->data().toString();
    if (chosen.contains(id))
        removeRow(id);
    else
        emit formatsEdited(chosen + QStringList(id), tr("add %1").arg(picked->text()), {});
}

/// Keys of the rows, before the scroll area takes the arrows to scroll.
bool RowsCard::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_list || event->type() != QEvent::KeyPress)
        return Card::eventFilter(watched, event);
    keyPressEvent(static_cast<QKeyEvent*>(event));
    return event->isAccepted();
}

void RowsCard::keyPressEvent(QKeyEvent* event)
{
    const int index = int(ids().indexOf(m_state.selected));
    const bool alt = event->modifiers() & Qt::AltModifier;
    const int key = event->key();
    if (index >= 0 && (key == Qt::Key_Up || key == Qt::Key_Down)) {
        const int wanted = index + (key == Qt::Key_Down ? 1 : -1);
        if (alt && m_editsFormats) {
            moveRow(m_state.selected, wanted, {});
        } else if (wanted >= 0 && wanted < int(m_rows.size())) {
            m_rows[std::size_t(wanted)]->bits()->setFocus(Qt::TabFocusReason);
            m_scroll->ensureWidgetVisible(m_rows[std::size_t(wanted)], 0, 8);
        }
        return;
    }
    if (key == Qt::Key_Delete && m_editsFormats) {
        removeRow(m_state.selected);
        return;
    }
    if (key == Qt::Key_D && event->modifiers() == Qt::NoModifier) {
        emit digitsToggled();
        return;
    }
    Card::keyPressEvent(event);
}

}  // namespace quantoscope
