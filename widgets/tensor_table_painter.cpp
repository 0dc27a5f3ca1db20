// SPDX-License-Identifier: GPL-3.0-or-later
// How the rows of the tensor table are painted.
#include "widgets/tensor_table.h"

#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/plot_text.h"
#include "widgets/tensor_table_header.h"
#include "widgets/theme.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr int indent = 18;
constexpr double highKurtosis = 6;   // Twice that of a Laplace distribution's 3: a heavy tail by any standard.

void drawChevron(QPainter& painter, const QPointF& centre, bool isOpen, const QColor& ink)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(isOpen ? QPolygonF{centre + QPointF(-4, -2), centre + QPointF(0, 2.5), centre + QPointF(4, -2)}
                                : QPolygonF{centre + QPointF(-2, -4), centre + QPointF(2.5, 0), centre + QPointF(-2, 4)});
    painter.restore();
}

}  // namespace

QRectF TensorTable::cellRect(TensorColumn column, const QRect& row) const
{
    const int left = columnViewportPosition(int(column));
    return QRectF(left, row.top(), columnWidth(int(column)), row.height()).adjusted(cellPadding, 0, -cellPadding, 0);
}

void TensorTable::paintEvent(QPaintEvent* event)
{
    const Theme& t = theme();
    QPainter painter(viewport());
    painter.fillRect(event->rect(), t.card);
    const int first = std::max(0, rowAt(event->rect().top()));
    for (int row = first; row < m_model->rowCount(); ++row) {
        const QRect area(0, rowViewportPosition(row), viewport()->width(), rowHeight(row));
        if (area.top() > event->rect().bottom())
            break;
        if (area.bottom() >= event->rect().top())
            drawRow(painter, row, area);
    }
    if (m_model->rowCount() == 0 && m_model->source() && !m_model->isArranging()) {
        painter.setFont(uiFont(13));
        painter.setPen(t.muted);
        const QString words = m_model->source()->tensors().empty() ? tr("This file holds no tensors.")
                                                                   : tr("No tensor matches the search and the filters.");
        painter.drawText(viewport()->rect().adjusted(20, 28, -20, 0), Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, words);
    }
}

void TensorTable::drawRow(QPainter& painter, int row, const QRect& area) const
{
    const Theme& t = theme();
    const TensorLine line = m_model->line(row);
    const auto tensor = m_model->tensorAt(row);
    const bool isChosen = tensor && tensor == m_chosen;
    const bool isCurrent = row == currentIndex().row();
    if (isChosen || row == m_hoveredRow)
        painter.fillRect(area, isChosen ? t.selectedRow : t.control);
    painter.fillRect(QRect(area.left() + 16, area.bottom(), area.width() - 16, 1), t.grid);
    if (isChosen)
        painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), t.accent);
    if (line.kind == TensorLine::Kind::Tensor)
        drawTensorRow(painter, row, line, area);
    else
        drawLayerRow(painter, row, line, area);
    if (isCurrent && hasFocus())
        drawFocusRing(painter, QRectF(area).adjusted(1, 0, -1, 0), 4);
}

void TensorTable::drawLayerRow(QPainter& painter, int row, const TensorLine& line, const QRect& area) const
{
    const Theme& t = theme();
    drawChevron(painter, QPointF(area.left() + 19, area.center().y() + 0.5), m_model->isOpen(row), t.muted);
    const auto columns = visibleColumns();
    QRectF name = cellRect(TensorColumn::Name, area);
    name.setLeft(area.left() + 16 + indent - 4);
    painter.setFont(uiFont(13, QFont::DemiBold));
    painter.setPen(t.text);
    painter.drawText(name, Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetrics(painter.font()).elidedText(m_model->lineName(row), Qt::ElideMiddle, int(name.width())));

    // From the type or shape column on there is room: what the layer holds, then its cells, then its worst.
    const QRectF last = cellRect(TensorColumn::Sqnr, area);
    double stripFrom = columns.size() > 1 ? cellRect(columns[1], area).left() : last.left();
    if (!isColumnHidden(int(TensorColumn::Shape))) {
        const QFont words = uiFont(12);
        const QString text = m_model->cellText(row, TensorColumn::Shape);
        const QRectF cell = cellRect(TensorColumn::Shape, area);
        painter.setFont(words);
        painter.setPen(t.muted);
        const double wide = QFontMetrics(words).horizontalAdvance(text) + 2.0;
        painter.drawText(QRectF(cell.left(), cell.top(), wide, cell.height()), Qt::AlignVCenter | Qt::AlignLeft, text);
        stripFrom = cell.left() + wide + 12;
    }
    if (!isColumnHidden(int(TensorColumn::Weights)))
        stripFrom = std::max(stripFrom, cellRect(TensorColumn::Weights, area).left());

    const TensorTableModel::Worst worst = m_model->worstOf(line);
    const bool isBelow = worst.db && *worst.db < m_model->threshold();
    const QString words = m_model->cellText(row, TensorColumn::Sqnr);
    painter.setFont(uiFont(12, isBelow ? QFont::DemiBold : QFont::Normal));
    painter.setPen(isBelow ? t.error : t.muted);
    const double wide = QFontMetrics(painter.font()).horizontalAdvance(words) + 2.0;
    painter.drawText(QRectF(last.right() - wide, last.top(), wide, last.height()), Qt::AlignVCenter | Qt::AlignRight, words);
    const QRectF strip(stripFrom, area.top(), last.right() - wide - 16 - stripFrom, area.height());
    if (strip.width() > 20 && worst.hasMatrices)
        drawStrip(painter, strip, line);
}

/// A cell for each matrix of a layer, or for each layer of a run; dark is low SQNR.
void TensorTable::drawStrip(QPainter& painter, const QRectF& area, const TensorLine& line) const
{
    const Theme& t = theme();
    std::vector<TensorTableModel::Worst> cells;
    if (line.kind == TensorLine::Kind::Run) {
        for (std::uint32_t g = line.first; g < line.first + line.count; ++g)
            cells.push_back(m_model->worstOfGroup(g));
    } else {
        const auto [first, end] = m_model->tensorsOf(line);
        for (std::uint32_t place = first; place < end; ++place)
            if (const auto worst = m_model->worstOfTensor(place); worst.hasMatrices)
                cells.push_back(worst);
    }
    // Where they are more than fit, neighbours share a cell, which shows the worst of them.
    const std::size_t room = std::size_t(std::max(1.0, area.width() / 6));
    if (cells.size() > room) {
        const std::size_t each = (cells.size() + room - 1) / room;
        std::vector<TensorTableModel::Worst> shared;
        for (std::size_t i = 0; i < cells.size(); i += each) {
            TensorTableModel::Worst together = cells[i];
            for (std::size_t j = i + 1; j < std::min(i + each, cells.size()); ++j)
                together.add(cells[j]);
            shared.push_back(together);
        }
        cells = std::move(shared);
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double side = std::clamp(area.width() / double(cells.size()), 5.0, 14.0);
    const double tall = std::min(11.0 * t.typeScale, area.height() - 12);
    const double top = area.center().y() - tall / 2;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const QRectF box(area.left() + side * double(i), top, side - (side > 8 ? 2 : 1), tall);
        if (!cells[i].db) {
            painter.setPen(QPen(t.axis, 1, cells[i].isComplete ? Qt::SolidLine : Qt::DotLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
            continue;
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(rampColour(0.12 + 0.88 * (1 - m_dotScale.position(*cells[i].db))));
        painter.drawRoundedRect(box, 2, 2);
        if (*cells[i].db < m_model->threshold())
            painter.fillRect(QRectF(box.left(), box.bottom() + 1.5, box.width(), 2), t.error);
    }
    painter.restore();
}

void TensorTable::drawTensorRow(QPainter& painter, int row, const TensorLine& line, const QRect& area) const
{
    const Theme& t = theme();
    const std::uint32_t tensor = m_model->shownTensors()[line.first];
    const TensorInfo& info = m_model->source()->tensors()[tensor];
    const TensorFacts* facts = m_model->facts(tensor);
    const bool isChosen = tensor == m_chosen;
    const bool isMatrix = isWeightMatrix(info);
    for (const TensorColumn column : visibleColumns()) {
        QRectF cell = cellRect(column, area);
        const QString words = m_model->cellText(row, column);
        switch (column) {
        case TensorColumn::Name:
            cell.setLeft(area.left() + 16 + (line.depth > 0 ? 2 * indent - 4 : 0));
            painter.setFont(uiFont(13, isChosen ? QFont::DemiBold : QFont::Normal));
            painter.setPen(t.text);
            painter.drawText(cell, Qt::AlignVCenter | Qt::AlignLeft,
                             QFontMetrics(painter.font()).elidedText(words, Qt::ElideMiddle, int(cell.width())));
            continue;
        case TensorColumn::Weights:
            if (facts && facts->isCounted)
                drawSparkline(painter, cell.adjusted(0, 4, 0, -4), facts->bars, isChosen ? t.accent : t.original);
            continue;
        case TensorColumn::Sqnr:
            drawSqnr(painter, cell, tensor, words);
            continue;
        default:
            break;
        }
        const bool isWarning = facts && facts->isCounted
            && ((column == TensorColumn::Kurtosis && facts->kurtosis > highKurtosis)
                || (column == TensorColumn::Specials && facts->nan + facts->infinite > 0));
        painter.setFont(monoFont(12, isWarning ? QFont::Medium : QFont::Normal));
        painter.setPen(isWarning ? t.error : column == TensorColumn::Type && !isMatrix ? t.faint : t.text);
        const Qt::Alignment side = columnRow(column).isNumber ? Qt::AlignRight : Qt::AlignLeft;
        painter.drawText(cell, int(side | Qt::AlignVCenter),
                         QFontMetrics(painter.font()).elidedText(words, Qt::ElideRight, int(cell.width()) + 1));
    }
}

void TensorTable::drawSqnr(QPainter& painter, const QRectF& cell, std::uint32_t tensor, const QString& words) const
{
    const Theme& t = theme();
    const TensorFacts* facts = m_model->facts(tensor);
    const bool isMatrix = isWeightMatrix(m_model->source()->tensors()[tensor]);
    const bool isKnown = isMatrix && facts && facts->sqnrState == TensorFacts::Sqnr::Known;
    if (!isKnown) {
        const bool isWaiting = isMatrix && (!facts || facts->sqnrState == TensorFacts::Sqnr::Unknown);
        painter.setFont(uiFont(12));
        painter.setPen(t.muted);
        painter.drawText(cell, int(isWaiting ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter, words);
        return;
    }
    const bool isBelow = facts->sqnrDb < m_model->threshold();
    const QRectF axis = cell.adjusted(0, 0, -sqnrTextWidth * t.typeScale, 0);
    if (axis.width() > 20)
        drawDotOnAxis(painter, axis, facts->sqnrDb, m_dotScale);
    painter.setFont(monoFont(12, isBelow ? QFont::Medium : QFont::Normal));
    painter.setPen(isBelow ? t.error : t.text);
    painter.drawText(cell, Qt::AlignVCenter | Qt::AlignRight, words);
}

}  // namespace quantoscope
