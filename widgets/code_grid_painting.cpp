// SPDX-License-Identifier: GPL-3.0-or-later
// How the grid of all values looks: cells, rulers, legend.
#include "widgets/code_grid.h"

#include "core/formats/stored_number.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QColor mixed(const QColor& from, const QColor& to, double share)
{
    const auto mix = [share](float a, float b) { return float(a + (b - a) * share); };
    return QColor::fromRgbF(mix(from.redF(), to.redF()), mix(from.greenF(), to.greenF()), mix(from.blueF(), to.blueF()));
}

double luminance(const QColor& colour)
{
    return 0.2126 * std::pow(colour.redF(), 2.2) + 0.7152 * std::pow(colour.greenF(), 2.2) + 0.0722 * std::pow(colour.blueF(), 2.2);
}

QColor inkOn(const QColor& fill)
{
    return luminance(fill) > 0.2 ? QColor(0x16, 0x1b, 0x24) : QColor(Qt::white);
}

}  // namespace

QColor CodeGrid::cellColour(const Entry& entry) const
{
    const Theme& colours = theme();
    if (entry.className == QLatin1String("infinity"))
        return colours.text;
    if (std::isnan(entry.value))
        return mixed(colours.card, colours.text, 0.06);
    if (m_colouring == Colouring::Class) {
        if (entry.className == QLatin1String("zero"))
            return mixed(colours.card, colours.text, 0.04);
        const double share = entry.className == QLatin1String("subnormal") ? 0.75 : 0.22;
        return mixed(colours.card, colours.accent, share);
    }
    const QColor end = std::signbit(entry.value) ? colours.original : colours.accent;
    return mixed(colours.card, end, 0.04 + 0.86 * entry.strength);
}

void CodeGrid::paintCell(QPainter& painter, Code code, const QFont& font) const
{
    const Theme& colours = theme();
    const Entry& entry = m_entries[std::size_t(code)];
    const QRectF cell = cellRect(code);
    const QColor fill = cellColour(entry);
    painter.fillRect(cell, fill);
    if (std::isnan(entry.value) && cell.height() > 3)
        fillHatched(painter, cell, colours.muted);
    const QFontMetricsF metrics(font);
    if (cell.height() < metrics.capHeight() + 3)
        return;
    QString text = entry.text;
    QFont shownFont = font;
    if (metrics.horizontalAdvance(text) > cell.width() - 7) {
        text = entry.power;
        shownFont = uiFont(11);
    }
    const double w = QFontMetricsF(shownFont).horizontalAdvance(text);
    if (text.isEmpty() || w > cell.width() - 3)
        return;
    painter.setFont(shownFont);
    painter.setPen(inkOn(fill));
    if (std::isnan(entry.value)) {
        // Words on hatching want a clear ground.
        painter.fillRect(QRectF(cell.center().x() - w / 2 - 3, cell.top() + 1, w + 6, cell.height() - 2), colours.card);
        painter.setPen(colours.text);
    }
    painter.drawText(cell, Qt::AlignCenter | Qt::TextDontClip, text);
}

/// The power of two above each column, the binary digits behind the point beside each row.
void CodeGrid::paintBinadeRulers(QPainter& painter) const
{
    const FloatFormat& format = *m_format.asFloat();
    const QRectF grid = gridRect();
    const QFont font = uiFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(theme().muted);
    double free = 0;
    for (int column = 0; column < columns(); ++column) {
        const bool isSubnormal = column == 0 && format.hasSubnormals;
        const QString text = columnTitle(column);
        const double w = metrics.horizontalAdvance(text), pitch = grid.width() / columns();
        const double x = std::max(grid.left() + (column + 0.5) * pitch - w / 2, isSubnormal ? 0.0 : free);
        if (x > grid.left() + (column + 0.5) * pitch - w / 2 + 2 && !isSubnormal)
            continue;
        painter.drawText(QPointF(x, grid.top() - 4), text);
        free = x + w + 8;
    }
    painter.setFont(monoFont(11));
    const QFontMetricsF digits(painter.font());
    const bool shown = rowHeight() >= digits.capHeight() + 3 && format.mantissaBits <= 4;
    for (int row = 0; row < rows() && shown; ++row) {
        painter.drawText(QRectF(0, rowTop(row), grid.left() - 5, rowHeight()), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, rowTitle(row).mid(1));
    }
    if (shown)
        return;
    for (const bool negative : {false, true})
        if (!negative || isMirrored())
            painter.drawText(QRectF(0, rowTop(negative ? rows() / 2 : 0), grid.left() - 8, rowHeight() * rows() / (isMirrored() ? 2 : 1)),
                             Qt::AlignRight | Qt::AlignVCenter, negative ? QStringLiteral("−") : QStringLiteral("+"));
}

void CodeGrid::paintRulers(QPainter& painter) const
{
    if (m_arrangement == Arrangement::Binades) {
        paintBinadeRulers(painter);
        return;
    }
    const QRectF grid = gridRect();
    const QFont font = monoFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(theme().muted);
    const int lowBits = (bitsOf(m_format) + 1) / 2;
    for (int column = 0; column < columns(); ++column) {
        const QRectF cell = cellRect(Code(column));
        painter.drawText(QRectF(cell.left(), 0, cell.width(), grid.top() - 2), Qt::AlignCenter, columnTitle(column));
    }
    const double pitch = grid.height() / rows();
    const int every = std::max(1, int(std::ceil((metrics.capHeight() + 3) / pitch)));
    for (int row = 0; row < rows(); row += every) {
        const QString digits = lowBits == 4 ? rowTitle(row) + QLatin1Char('_') : rowTitle(row);
        painter.drawText(QRectF(0, grid.top() + row * pitch, 22, pitch), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, digits);
    }
}

void CodeGrid::paintLegend(QPainter& painter) const
{
    const Theme& colours = theme();
    const QRectF grid = gridRect();
    const QFont font = uiFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const double y = grid.bottom() + 6, side = metrics.capHeight() + 3;
    double x = grid.left();
    const auto swatch = [&](const QColor& fill, bool hatched, const QString& text) {
        const QRectF box(x, y + (metrics.height() - side) / 2, side, side);
        painter.fillRect(box, fill);
        if (hatched)
            fillHatched(painter, box, colours.muted);
        painter.setPen(colours.border);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box);
        painter.setPen(colours.muted);
        painter.drawText(QPointF(x + side + 5, y + metrics.ascent()), text);
        x += side + 5 + metrics.horizontalAdvance(text) + 18;
    };
    QStringList classes;
    for (const Entry& entry : m_entries)
        if (!classes.contains(entry.className))
            classes << entry.className;
    if (m_colouring == Colouring::Value) {
        swatch(mixed(colours.card, colours.original, 0.9), false, tr("most negative"));
        swatch(mixed(colours.card, colours.text, 0.04), false, tr("near zero"));
        swatch(mixed(colours.card, colours.accent, 0.9), false, tr("largest"));
    }
    for (const QString& name : classes) {
        const bool special = name == QLatin1String("NaN") || name == QLatin1String("NaR") || name == QLatin1String("infinity");
        if (m_colouring == Colouring::Value && !special)
            continue;
        const auto entry = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& e) { return e.className == name; });
        swatch(cellColour(*entry), name == QLatin1String("NaN") || name == QLatin1String("NaR"), name);
    }
    const Entry& chosen = m_entries[std::size_t(m_code)];
    painter.setPen(colours.text);
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.drawText(QRectF(x, y, grid.right() - x, metrics.height()), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                     tr("%1 = %2, %3").arg(QString::fromStdString(codeText(m_format, m_code)), chosen.text, chosen.className));
}

void CodeGrid::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colours = theme();
    const double pitch = rowHeight();
    const QFont font = monoFont(pitch >= 22 ? 12 : 11);
    for (Code code = 0; code < Code(m_entries.size()); ++code)
        paintCell(painter, code, font);
    paintRulers(painter);
    paintLegend(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    if (m_ghost && *m_ghost < m_entries.size()) {
        QPen pen(mixed(colours.card, colours.accent, 0.6), 2);
        pen.setStyle(Qt::DashLine);
        painter.setPen(pen);
        painter.drawRect(cellRect(*m_ghost).adjusted(1, 1, -1, -1));
    }
    const QRectF chosen = cellRect(m_code);
    painter.setPen(QPen(colours.card, 4));
    painter.drawRect(chosen.adjusted(-1, -1, 1, 1));
    painter.setPen(QPen(hasFocus() ? colours.accent : colours.text, 2.4));
    painter.drawRect(chosen.adjusted(-1, -1, 1, 1));
}

}  // namespace quantoscope
