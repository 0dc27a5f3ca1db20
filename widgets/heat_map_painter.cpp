// SPDX-License-Identifier: GPL-3.0-or-later
// How the heat map is painted.
#include "widgets/heat_map.h"
#include "widgets/house_style.h"
#include "widgets/plot_text.h"
#include "widgets/sparkline.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

/// The ramp in 256 steps: a picture has a million pixels.
std::array<QRgb, 256> rampTable()
{
    std::array<QRgb, 256> table;
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = rampColour(double(i) / 255).rgb();
    return table;
}

/// As many decimals as tell weights of this size apart in the room of a cell.
QString cellNumber(double value, int decimals)
{
    if (!std::isfinite(value))
        return std::isnan(value) ? QStringLiteral("NaN") : value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    QString text = fixedNumber(std::abs(value), decimals);
    if (text.startsWith(u"0."))
        text.remove(0, 1);   // Every row would begin with the same digit.
    return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + text;
}

}  // namespace

void HeatMap::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    if (!m_content || m_content->rows == 0) {
        painter.setFont(uiFont(12));
        painter.setPen(t.muted);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_note);
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const Layout l = layOut();
    drawOverview(painter, l);
    drawLens(painter, l);
    drawConnection(painter, l);
    drawFacts(painter, l);
}

QRectF HeatMap::boxOf(const Layout& l) const
{
    const double perColumn = l.overview.width() / double(m_content->columns);
    const double perRow = l.overview.height() / double(m_content->rows);
    QRectF box(l.overview.left() + double(l.firstColumn) * perColumn, l.overview.top() + double(l.firstRow) * perRow,
               l.lensColumns * perColumn, l.lensRows * perRow);
    // Never too small to be seen.
    const QPointF middle = box.center();
    box.setSize({std::max(box.width(), 7.0), std::max(box.height(), 7.0)});
    box.moveCenter(middle);
    return box;
}

void HeatMap::drawOverview(QPainter& painter, const Layout& l)
{
    const Theme& t = theme();
    const double ratio = devicePixelRatioF();
    const QSize size = (l.overview.size() * ratio).toSize();
    if (m_overview.size() != size && !size.isEmpty()) {
        m_overview = QImage(size, QImage::Format_RGB32);
        const auto table = rampTable();
        const HeatMapContent& c = *m_content;
        const double scale = c.absoluteMaximum > 0 ? 255 / c.absoluteMaximum : 0;
        // Several cells under one pixel show the largest of them: shrinking must not hide an outlier.
        const auto span = [](int pixel, int pixels, int cells) {
            const int first = int(std::int64_t(pixel) * cells / pixels);
            const int end = int((std::int64_t(pixel + 1) * cells + pixels - 1) / pixels);
            return std::pair(first, std::clamp(cells >= pixels ? end : first + 1, first + 1, cells));
        };
        for (int y = 0; y < size.height(); ++y) {
            const auto [top, bottom] = span(y, size.height(), c.gridRows);
            auto* pixels = reinterpret_cast<QRgb*>(m_overview.scanLine(y));
            for (int x = 0; x < size.width(); ++x) {
                const auto [left, right] = span(x, size.width(), c.gridColumns);
                float largest = 0;
                for (int row = top; row < bottom; ++row)
                    for (int column = left; column < right; ++column)
                        largest = std::max(largest, c.cell(row, column));
                pixels[x] = table[std::size_t(std::clamp(double(largest) * scale, 0.0, 255.0))];
            }
        }
    }
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(l.overview, m_overview);
    painter.setPen(QPen(t.axis, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(l.overview.adjusted(-0.5, -0.5, 0.5, 0.5));
}

void HeatMap::drawFacts(QPainter& painter, const Layout& l) const
{
    const Theme& t = theme();
    const QFont small = uiFont(11);
    const double line = QFontMetrics(small).height();
    painter.setFont(small);
    painter.setPen(t.muted);
    painter.drawText(QRectF(l.left, 0, l.overview.width(), line), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("0"));
    painter.drawText(QRectF(l.left, 0, l.overview.width(), line), Qt::AlignRight | Qt::AlignVCenter,
                     tr("column %1").arg(wholeNumber(double(m_content->columns - 1))));
    QString middle = tr("|weight| 0 … %1").arg(roundedNumber(m_content->absoluteMaximum, 3));
    if (m_content->rowStride > 1)
        middle = tr("every %1th row · ").arg(wholeNumber(double(m_content->rowStride))) + middle;
    // The ramp in small, between the words for its ends.
    const double wide = QFontMetrics(small).horizontalAdvance(middle) + 2.0;
    QRectF words(l.overview.center().x() - wide / 2 + 20, 0, wide, line);
    painter.drawText(words, Qt::AlignCenter, middle);
    QLinearGradient ramp(words.left() - 46, 0, words.left() - 8, 0);
    ramp.setColorAt(0, rampColour(0));
    ramp.setColorAt(1, rampColour(1));
    painter.fillRect(QRectF(words.left() - 46, line / 2 - 4, 38, 8), ramp);

    const auto rowLabel = [&](const QRectF& area, Qt::Alignment side, std::int64_t row, bool isFocus = false) {
        painter.setPen(isFocus ? t.text : t.muted);
        painter.drawText(area, int(Qt::AlignRight | side), wholeNumber(double(row)));
    };
    rowLabel({0, l.overview.top(), l.left - 6, line}, Qt::AlignTop, 0);
    if (m_content->rows > 1 && l.overview.height() > 2 * line)
        rowLabel({0, l.overview.bottom() - line, l.left - 6, line}, Qt::AlignBottom, m_content->rows - 1);

    const double cellTall = l.lens.height() / l.lensRows;
    if (cellTall >= line) {
        for (int row = 0; row < l.lensRows; ++row)
            rowLabel({0, l.lens.top() + row * cellTall, l.left - 6, cellTall}, Qt::AlignVCenter, l.firstRow + row,
                     l.firstRow + row == m_focus.row);
    } else {
        rowLabel({0, l.lens.top(), l.left - 6, line}, Qt::AlignTop, l.firstRow);
        rowLabel({0, l.lens.bottom() - line, l.left - 6, line}, Qt::AlignBottom, l.firstRow + l.lensRows - 1);
    }
    // Columns: the ends, and the chosen one where it keeps clear of them.
    const double under = l.lens.bottom() + 3;
    const double cellWide = l.lens.width() / l.lensColumns;
    const auto columnLabel = [&](std::int64_t column, bool isFocus) {
        const QString text = wholeNumber(double(column));
        const double textWide = QFontMetrics(small).horizontalAdvance(text) + 2.0;
        const double x = l.lens.left() + (double(column - l.firstColumn) + 0.5) * cellWide;
        const double left = std::clamp(x - textWide / 2, l.lens.left(), l.lens.right() - textWide);
        painter.setPen(isFocus ? t.text : t.muted);
        painter.drawText(QRectF(left, under, textWide, line), Qt::AlignCenter, text);
        return QRectF(left - 8, under, textWide + 16, line);
    };
    const QRectF chosen = columnLabel(m_focus.column, true);
    for (const std::int64_t column : {l.firstColumn, l.firstColumn + l.lensColumns - 1}) {
        const double textWide = QFontMetrics(small).horizontalAdvance(wholeNumber(double(column))) + 2.0;
        const double x = l.lens.left() + (double(column - l.firstColumn) + 0.5) * cellWide;
        const double left = std::clamp(x - textWide / 2, l.lens.left(), l.lens.right() - textWide);
        if (column != m_focus.column && !chosen.intersects(QRectF(left, under, textWide, line)))
            columnLabel(column, false);
    }
}

void HeatMap::drawLens(QPainter& painter, const Layout& l) const
{
    const Theme& t = theme();
    if (!hasWindow(l)) {
        painter.setPen(QPen(t.border, 1));
        painter.setBrush(t.control);
        painter.drawRect(l.lens);
        return;
    }
    const double cellWide = l.lens.width() / l.lensColumns, cellTall = l.lens.height() / l.lensRows;
    const double largest = m_content->absoluteMaximum > 0 ? m_content->absoluteMaximum : 1;
    const QFont font = monoFont(11);
    const QFontMetrics metrics(font);
    // The largest weight decides how many decimals there is room for, the deviation how many it takes.
    int decimals = 3;
    const double typical = m_deviation > 0 ? m_deviation : largest / 4;
    while (decimals < 8 && typical < 0.02 * std::pow(10, 3 - decimals))
        ++decimals;
    const auto fits = [&](int d) { return metrics.horizontalAdvance(cellNumber(-largest, d)) + 4 <= cellWide; };
    while (decimals > 0 && !fits(decimals))
        --decimals;
    const bool hasText = cellTall >= metrics.height() + 1 && fits(decimals) && (decimals > 0 || largest >= 4) ;
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(font);
    for (int row = 0; row < l.lensRows; ++row) {
        for (int column = 0; column < l.lensColumns; ++column) {
            const double value = m_window.at(l.firstRow + row, l.firstColumn + column);
            const double left = std::round(l.lens.left() + column * cellWide), top = std::round(l.lens.top() + row * cellTall);
            const QRectF cell(left, top, std::round(l.lens.left() + (column + 1) * cellWide) - left,
                              std::round(l.lens.top() + (row + 1) * cellTall) - top);
            const QColor ground = std::isfinite(value) ? divergingColour(value / largest) : t.error;
            painter.fillRect(hasText ? cell.adjusted(0, 0, -1, -1) : cell, ground);
            if (hasText) {
                painter.setPen(inkOn(ground));
                painter.drawText(cell, Qt::AlignCenter, cellNumber(value, decimals));
            }
        }
    }
    painter.setRenderHint(QPainter::Antialiasing);
    // The chosen weight.
    const QRectF chosen(l.lens.left() + double(m_focus.column - l.firstColumn) * cellWide,
                        l.lens.top() + double(m_focus.row - l.firstRow) * cellTall, cellWide, cellTall);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.card, 4));
    painter.drawRect(chosen.adjusted(0, 0, -1, -1));
    painter.setPen(QPen(hasFocus() ? t.accent : t.text, 2));
    painter.drawRect(chosen.adjusted(0, 0, -1, -1));
}

/// The box in the matrix and the lines to its enlargement.
void HeatMap::drawConnection(QPainter& painter, const Layout& l) const
{
    const Theme& t = theme();
    const QRectF box = boxOf(l);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.card, 3.5));
    painter.drawRect(box);
    painter.setPen(QPen(t.text, 1.5));
    painter.drawRect(box);
    painter.setPen(QPen(t.text, 1));
    painter.drawLine(box.bottomLeft(), l.lens.topLeft());
    painter.drawLine(box.bottomRight(), l.lens.topRight());
    painter.setPen(QPen(hasFocus() ? t.accent : t.text, hasFocus() ? 2 : 1.2));
    painter.drawRect(l.lens.adjusted(0, 0, -1, -1));
}

}  // namespace quantoscope
