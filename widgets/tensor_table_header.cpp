// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_table_header.h"

#include "widgets/plot_text.h"
#include "widgets/tensor_table.h"
#include "widgets/theme.h"

#include <QPainter>

namespace quantoscope {

TensorHeader::TensorHeader(TensorTable* table)
    : QHeaderView(Qt::Horizontal, table)
    , m_table(table)
{
    setSectionsClickable(true);
    setHighlightSections(false);
    setSectionResizeMode(QHeaderView::Fixed);
    setMinimumSectionSize(20);
    setCursor(Qt::PointingHandCursor);
}

QSize TensorHeader::sizeHint() const
{
    return {100, QFontMetrics(uiFont(12)).height() + QFontMetrics(uiFont(11)).height() + 12};
}

void TensorHeader::paintSection(QPainter* painter, const QRect& rect, int section) const
{
    const Theme& t = theme();
    const auto column = TensorColumn(section);
    const TensorTableModel& model = *m_table->tensors();
    const bool isSorted = model.sort().column == column;
    painter->save();
    painter->setClipRect(rect);
    painter->fillRect(rect, t.card);
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), t.border);

    const QFont font = uiFont(12, isSorted ? QFont::DemiBold : QFont::Medium);
    const QFontMetrics metrics(font);
    const QRect inner = rect.adjusted(section == 0 ? 16 : cellPadding, 0, section == 0 ? 0 : -cellPadding, 0);
    const bool hasAxis = column == TensorColumn::Sqnr;
    const QRect line = hasAxis ? QRect(inner.left(), rect.top() + 4, inner.width(), metrics.height() + 2)
                               : inner.adjusted(0, 0, 0, -1);
    const bool isRight = columnRow(column).isNumber && !hasAxis;
    const QString title = metrics.elidedText(model.headerData(section, Qt::Horizontal, Qt::DisplayRole).toString(),
                                             Qt::ElideRight, line.width() - (isSorted ? 12 : 0));
    painter->setFont(font);
    painter->setPen(isSorted ? t.text : t.muted);
    const int arrowRoom = isSorted ? 12 : 0;
    const QRect words = isRight ? line.adjusted(0, 0, -arrowRoom, 0) : line;
    painter->drawText(words, int(isRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, title);
    if (isSorted) {
        const double x = isRight ? line.right() - 4.0 : line.left() + metrics.horizontalAdvance(title) + 8.0;
        const double up = model.sort().descending ? -1 : 1;
        const QPointF tip(x, line.center().y() - 1.5 * up);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(t.text, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPolyline(QPolygonF{tip + QPointF(-3.5, 3.5 * up), tip, tip + QPointF(3.5, 3.5 * up)});
    }
    if (hasAxis) {
        // The ends of the axis that the dots below lie on.
        const QFont small = uiFont(11);
        const QFontMetrics smallMetrics(small);
        const DotScale& scale = m_table->dotScale();
        const double axisWidth = inner.width() - sqnrTextWidth * t.typeScale;
        painter->setFont(small);
        painter->setPen(t.faint);
        const auto at = [&](double value, Qt::Alignment side) {
            const double x = inner.left() + axisWidth * scale.position(value);
            const double wide = 60;
            const double left = side == Qt::AlignLeft ? x : side == Qt::AlignRight ? x - wide : x - wide / 2;
            painter->drawText(QRectF(left, line.bottom(), wide, smallMetrics.height() + 2), int(side | Qt::AlignVCenter),
                              fixedNumber(value, 0));
        };
        if (axisWidth > 30) {
            at(scale.low, Qt::AlignLeft);
            at(scale.high, Qt::AlignRight);
            const double share = scale.position(scale.threshold);
            if (share > 0.25 && share < 0.75 && axisWidth > 60)
                at(scale.threshold, Qt::AlignHCenter);
        }
    }
    painter->restore();
}

}  // namespace quantoscope
