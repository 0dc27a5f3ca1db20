// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/kernel_list.h"

#include "widgets/gemm_mark.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QHash>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPaintEngine>
#include <QPainter>
#include <QPixmap>
#include <QSignalBlocker>
#include <QStyle>
#include <QStyledItemDelegate>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

namespace {

enum Role { IdRole = Qt::UserRole, GroupIndexRole, RowIndexRole };

/// Columns of a row, from its right end and from its left one.
struct Columns {
    double box, number, mark, name;   ///< Left edges.
    double speed, error;              ///< Widths.
};

Columns columnsOf(bool isTickable)
{
    const QFontMetricsF metrics(uiFont(12)), small(uiFont(11));
    const double boxWidth = isTickable ? 24 : 0, number = small.horizontalAdvance(QStringLiteral("00")) + 4;
    return {4, 4 + boxWidth, 4 + boxWidth + number, 4 + boxWidth + number + 20,
            metrics.horizontalAdvance(QStringLiteral("not here")) + 10, metrics.horizontalAdvance(QStringLiteral("0.00 × 10⁻⁷")) + 8};
}

int rowHeight()
{
    return QFontMetrics(uiFont(12)).height() + 6;
}

qsizetype tickedOf(const KernelRows& group)
{
    return std::ranges::count_if(group.rows, &KernelRow::isTicked);
}

QString countText(const KernelRows& group)
{
    return KernelList::tr("%1 of %2").arg(tickedOf(group)).arg(group.rows.size());
}

}  // namespace

/// Paints the tree's lines. The words a screen reader says are the items' own.
class KernelList::RowPainter : public QStyledItemDelegate {
public:
    explicit RowPainter(KernelList& list)
        : QStyledItemDelegate(&list)
        , m_list(list)
    {
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {80, rowHeight()}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        // A line's texts cost more than all else in a frame, and hardly ever change: its pixels are kept by all that
        // decides them. A file of strokes gets strokes.
        if (painter->paintEngine()->type() != QPaintEngine::Raster)
            return paintLine(*painter, option, index);
        const double ratio = painter->device()->devicePixelRatioF();
        const QString key = keyOf(option, index) + u'|' + QString::number(ratio);
        if (m_lines.size() > 400)   // While figures grow every one of them is another line.
            m_lines.clear();
        QPixmap& pixels = m_lines[key];
        if (pixels.isNull()) {
            pixels = QPixmap((QSizeF(option.rect.size()) * ratio).toSize());
            pixels.setDevicePixelRatio(ratio);
            pixels.fill(theme().card);
            QPainter line(&pixels);
            line.translate(-option.rect.topLeft());
            paintLine(line, option, index);
        }
        painter->drawPixmap(option.rect.topLeft(), pixels);
    }

private:
    QString keyOf(const QStyleOptionViewItem& option, const QModelIndex& index) const
    {
        const KernelRows& group = m_list.m_groups[index.data(GroupIndexRole).toUInt()];
        const QVariant row = index.data(RowIndexRole);
        const bool hasFocus = (option.state & QStyle::State_HasFocus) && m_list.m_tree->hasFocus();
        QString key = QLatin1String(theme().name) + QString::number(rowHeight()) + u'|' + QString::number(option.rect.width())
                    + (hasFocus ? u'f' : u'-') + (m_list.m_isTickable ? u't' : u'-');
        if (!row.isValid())
            return key + group.id + countText(group) + (m_list.isUnfolded(group.id) ? u'u' : u'-');
        const KernelRow& kernel = group.rows[row.toUInt()];
        return key + kernel.id + u'|' + kernel.name + u'|' + kernel.speed + u'|' + kernel.error + u'|' + QString::number(kernel.number) + (kernel.isTicked ? u't' : u'-')
             + (kernel.isRunning ? u'r' : u'-') + (kernel.id == m_list.m_selected ? u's' : u'-') + (kernel.id == m_list.m_hovered ? u'h' : u'-');
    }

    void paintLine(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
    {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        const KernelRows& group = m_list.m_groups[index.data(GroupIndexRole).toUInt()];
        const QVariant row = index.data(RowIndexRole);
        if (row.isValid())
            paintRow(painter, option, group.rows[row.toUInt()]);
        else
            paintGroup(painter, option, group);
        if ((option.state & QStyle::State_HasFocus) && m_list.m_tree->hasFocus()) {
            painter.setPen(QPen(theme().accent, 1.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 5, 5);
        }
        painter.restore();
    }

    void paintBox(QPainter& painter, const QStyleOptionViewItem& option, Qt::CheckState state) const
    {
        if (!m_list.m_isTickable)
            return;
        QStyleOptionButton box;
        box.rect = QRect(option.rect.left() + int(columnsOf(true).box), option.rect.center().y() - 7, 16, 16);
        box.palette = option.palette;
        box.state = QStyle::State_Enabled | (state == Qt::Checked ? QStyle::State_On : state == Qt::Unchecked ? QStyle::State_Off : QStyle::State_NoChange);
        m_list.style()->drawPrimitive(QStyle::PE_IndicatorCheckBox, &box, &painter, &m_list);
    }

    void paintGroup(QPainter& painter, const QStyleOptionViewItem& option, const KernelRows& group) const
    {
        const qsizetype ticked = tickedOf(group), all = qsizetype(group.rows.size());
        paintBox(painter, option, ticked == 0 ? Qt::Unchecked : ticked == all ? Qt::Checked : Qt::PartiallyChecked);
        const QRectF area(option.rect);
        painter.setPen(theme().muted);
        painter.setFont(uiFont(11, QFont::DemiBold));
        const double left = area.left() + columnsOf(m_list.m_isTickable).number;
        const QString count = countText(group);
        const double chevron = area.right() - 10, words = painter.fontMetrics().horizontalAdvance(count);
        const QRectF room(left, area.top(), chevron - words - 16 - left, area.height());
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(group.name, Qt::ElideRight, int(room.width())));
        painter.setFont(uiFont(11));
        painter.drawText(QRectF(chevron - words - 10, area.top(), words + 2, area.height()), Qt::AlignRight | Qt::AlignVCenter, count);
        const double tip = m_list.isUnfolded(group.id) ? -2 : 2, y = area.center().y();
        painter.setPen(QPen(theme().muted, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF{{chevron - 3.5, y - tip}, {chevron, y + tip}, {chevron + 3.5, y - tip}});
    }

    void paintRow(QPainter& painter, const QStyleOptionViewItem& option, const KernelRow& row) const
    {
        const QRectF area(option.rect);
        const Columns columns = columnsOf(m_list.m_isTickable);
        const bool isSelected = row.id == m_list.m_selected;
        painter.setPen(row.id == m_list.m_hovered ? QPen(theme().accent, 1) : QPen(Qt::NoPen));
        painter.setBrush(isSelected ? QBrush(theme().selectedRow) : QBrush(Qt::NoBrush));
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
        paintBox(painter, option, row.isTicked ? Qt::Checked : Qt::Unchecked);
        const QColor ink = row.isTicked ? colourOf(row.mark) : theme().faint;
        if (row.number > 0) {
            painter.setFont(uiFont(11));
            painter.setPen(theme().muted);
            painter.drawText(QRectF(area.left() + columns.number, area.top(), columns.mark - columns.number - 4, area.height()),
                             Qt::AlignRight | Qt::AlignVCenter, QString::number(row.number));
        }
        drawGemmMark(painter, {area.left() + columns.mark + 8, area.center().y() + 0.5}, 4, row.mark, ink,
                     row.isTicked && !row.isRunning ? ink : QColor(Qt::transparent));
        painter.setFont(uiFont(12, row.isTicked ? QFont::DemiBold : QFont::Normal));
        painter.setPen(isSelected ? theme().accent : row.isTicked ? theme().text : theme().muted);
        const double end = area.right() - (row.speed.isEmpty() && row.error.isEmpty() ? 4 : columns.speed + columns.error);
        const QRectF room(area.left() + columns.name, area.top(), end - area.left() - columns.name, area.height());
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(row.name, Qt::ElideRight, int(room.width())));
        painter.setFont(uiFont(12));
        painter.setPen(isSelected ? theme().accent : theme().muted);
        painter.drawText(QRectF(area.right() - columns.error - columns.speed, area.top(), columns.speed, area.height()), Qt::AlignRight | Qt::AlignVCenter, row.speed);
        painter.drawText(QRectF(area.right() - columns.error, area.top(), columns.error - 4, area.height()), Qt::AlignRight | Qt::AlignVCenter, row.error);
    }

    KernelList& m_list;
    mutable QHash<QString, QPixmap> m_lines;
};

KernelList::KernelList(QWidget* parent)
    : QWidget(parent)
    , m_tree(new QTreeWidget(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, rowHeight(), 0, 0);   // The captions stand above.
    column->addWidget(m_tree);
    m_tree->setAccessibleName(tr("Kernels"));
    m_tree->setHeaderHidden(true);
    m_tree->setRootIsDecorated(false);
    m_tree->setIndentation(0);
    m_tree->setItemsExpandable(false);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tree->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tree->setUniformRowHeights(true);
    m_tree->setItemDelegate(new RowPainter(*this));
    m_tree->setMouseTracking(true);
    m_tree->viewport()->setAutoFillBackground(false);
    m_tree->viewport()->installEventFilter(this);
    m_tree->installEventFilter(this);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    connect(m_tree, &QTreeWidget::itemEntered, this, [this](QTreeWidgetItem* item) { hoverAt(item); });
    connect(m_tree, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        if (const KernelRow* row = item ? rowOf(*item) : nullptr; row && row->id != m_selected && row->isTicked) {
            setSelected(row->id);
            emit chosen(row->id);
        }
    });
}

const KernelRow* KernelList::rowOf(const QTreeWidgetItem& item) const
{
    const QVariant row = item.data(0, RowIndexRole);
    return row.isValid() ? &groupOf(item).rows[row.toUInt()] : nullptr;
}

const KernelRows& KernelList::groupOf(const QTreeWidgetItem& item) const
{
    return m_groups[item.data(0, GroupIndexRole).toUInt()];
}

void KernelList::setGroups(std::vector<KernelRows> groups)
{
    if (groups == m_groups)
        return;
    const auto idsOf = [](const std::vector<KernelRows>& all) {
        QStringList ids;
        for (const KernelRows& group : all) {
            ids << group.id;
            for (const KernelRow& row : group.rows)
                ids << row.id;
        }
        return ids;
    };
    const bool isOther = idsOf(groups) != idsOf(m_groups);
    m_groups = std::move(groups);
    if (isOther)
        rebuild();
    showTexts();
    fold();
}

void KernelList::rebuild()
{
    const QSignalBlocker blocked(m_tree);
    m_tree->clear();
    for (std::size_t group = 0; group < m_groups.size(); ++group) {
        auto* top = new QTreeWidgetItem(m_tree);
        top->setData(0, GroupIndexRole, uint(group));
        for (std::size_t row = 0; row < m_groups[group].rows.size(); ++row) {
            auto* item = new QTreeWidgetItem(top);
            item->setData(0, GroupIndexRole, uint(group));
            item->setData(0, RowIndexRole, uint(row));
            item->setToolTip(0, m_groups[group].rows[row].sentence);
        }
        top->setExpanded(true);
    }
}

/// What a screen reader says of each line.
void KernelList::showTexts()
{
    const QSignalBlocker blocked(m_tree);
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* top = m_tree->topLevelItem(i);
        const KernelRows& group = groupOf(*top);
        const qsizetype ticked = tickedOf(group);
        top->setText(0, tr("%1, %2").arg(group.name, countText(group)));
        top->setCheckState(0, ticked == 0 ? Qt::Unchecked : ticked == qsizetype(group.rows.size()) ? Qt::Checked : Qt::PartiallyChecked);
        for (int j = 0; j < top->childCount(); ++j) {
            const KernelRow& row = group.rows[std::size_t(j)];
            QStringList words{row.name};
            if (!row.speed.isEmpty())
                words << (row.error.isEmpty() ? row.speed : tr("%1 the speed of %2, error %3").arg(row.speed, m_baseline, row.error));
            top->child(j)->setText(0, words.join(QStringLiteral(": ")));
            top->child(j)->setCheckState(0, row.isTicked ? Qt::Checked : Qt::Unchecked);
        }
    }
    m_tree->viewport()->update();
}

/// Of a folded group only what is ticked stays.
void KernelList::fold()
{
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem* top = m_tree->topLevelItem(i);
        const KernelRows& group = groupOf(*top);
        for (int j = 0; j < top->childCount(); ++j) {
            const bool hides = !m_unfolded.contains(group.id) && !group.rows[std::size_t(j)].isTicked;
            if (top->child(j)->isHidden() != hides)
                top->child(j)->setHidden(hides);
        }
    }
    updateGeometry();
}

void KernelList::setUnfolded(const QString& groupId, bool unfolded)
{
    unfolded ? void(m_unfolded.insert(groupId)) : void(m_unfolded.remove(groupId));
    fold();
    m_tree->viewport()->update();
}

void KernelList::setBaseline(const QString& name)
{
    if (name == m_baseline)
        return;
    m_baseline = name;
    showTexts();
    update();
}

void KernelList::setSelected(const QString& kernelId)
{
    if (kernelId == m_selected)
        return;
    m_selected = kernelId;
    const QSignalBlocker blocked(m_tree);
    for (QTreeWidgetItemIterator each(m_tree); *each; ++each)
        if (const KernelRow* row = rowOf(**each); row && row->id == kernelId && !(*each)->isHidden())
            m_tree->setCurrentItem(*each);   // Scrolls there.
    m_tree->viewport()->update();
}

void KernelList::setHovered(const QString& kernelId)
{
    if (kernelId == m_hovered)
        return;
    m_hovered = kernelId;
    m_tree->viewport()->update();
}

void KernelList::setTickable(bool tickable)
{
    m_isTickable = tickable;
    updateGeometry();
    m_tree->viewport()->update();
}

void KernelList::hoverAt(QTreeWidgetItem* item)
{
    const KernelRow* row = item ? rowOf(*item) : nullptr;
    const QString id = row && row->isTicked ? row->id : QString();
    if (id != m_hovered)
        emit hovered(id);
}

void KernelList::toggle(QTreeWidgetItem& item)
{
    if (!m_isTickable)
        return;
    if (const KernelRow* row = rowOf(item))
        return emit ticked({row->id}, !row->isTicked);
    const KernelRows& group = groupOf(item);
    const bool isAll = tickedOf(group) == qsizetype(group.rows.size());
    QStringList ids;
    for (const KernelRow& row : group.rows)
        if (row.isTicked == isAll)
            ids << row.id;
    emit ticked(ids, !isAll);
}

bool KernelList::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_tree->viewport() && event->type() == QEvent::Leave) {
        hoverAt(nullptr);
    } else if (watched == m_tree->viewport() && event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        QTreeWidgetItem* item = m_tree->itemAt(mouse->pos());
        if (item && mouse->button() == Qt::LeftButton) {
            const bool isOnBox = m_isTickable && mouse->pos().x() < int(columnsOf(true).number);
            if (isOnBox) {
                m_tree->setFocus(Qt::MouseFocusReason);
                toggle(*item);
                return true;
            }
            if (!rowOf(*item)) {
                const QString group = groupOf(*item).id;
                setUnfolded(group, !isUnfolded(group));
            } else if (!rowOf(*item)->isTicked) {
                toggle(*item);   // What is not measured yet is measured when it is asked for.
            }
        }
    } else if (watched == m_tree && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        QTreeWidgetItem* item = m_tree->currentItem();
        if (item && key == Qt::Key_Space) {
            toggle(*item);
            return true;
        }
        const bool folds = key == Qt::Key_Left, unfolds = key == Qt::Key_Right;
        if (item && (folds || unfolds || (!rowOf(*item) && (key == Qt::Key_Return || key == Qt::Key_Enter)))) {
            const QString group = groupOf(*item).id;
            setUnfolded(group, unfolds || (!folds && !isUnfolded(group)));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

QSize KernelList::sizeHint() const
{
    const Columns columns = columnsOf(m_isTickable);
    const QFontMetricsF bold(uiFont(12, QFont::DemiBold));
    double name = bold.horizontalAdvance(QStringLiteral("INT4 weights"));
    int rows = 1;
    for (const KernelRows& group : m_groups) {
        ++rows;
        for (const KernelRow& row : group.rows) {
            if (row.isTicked || isUnfolded(group.id)) {
                name = std::max(name, bold.horizontalAdvance(row.name));
                ++rows;
            }
        }
    }
    // A long name is cut before the list takes the picture's room.
    name = std::min(name, bold.horizontalAdvance(QStringLiteral("FP8 E4M3, fast sums")));
    const int scrollBar = m_tree->style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    return {int(columns.name + name + columns.speed + columns.error) + 4 + scrollBar, rows * rowHeight()};
}

QSize KernelList::minimumSizeHint() const
{
    return {sizeHint().width(), 4 * rowHeight()};
}

void KernelList::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(uiFont(11));
    painter.setPen(theme().muted);
    const Columns columns = columnsOf(m_isTickable);
    const double right = m_tree->viewport()->width();
    const auto caption = [&](double end, const QString& words) {
        painter.drawText(QRectF(end - 120, 0, 120, rowHeight()), Qt::AlignRight | Qt::AlignVCenter, words);
    };
    if (!m_baseline.isEmpty())
        caption(right - columns.error, tr("of %1").arg(m_baseline));
    caption(right - 4, tr("error"));
}

void KernelList::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        layout()->setContentsMargins(0, rowHeight(), 0, 0);
        m_tree->doItemsLayout();
        updateGeometry();
    }
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
