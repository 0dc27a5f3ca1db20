// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bit_view.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace quantoscope {

namespace {

/// Digits are as large as their cell allows, so a strip looks the same at every size.
QFont digitFont(const QRectF& cell)
{
    const double pixels = std::min(cell.height() * 0.66, cell.width() * 1.15);
    QFont font = monoFont(13);
    font.setPixelSize(std::max(11, int(std::lround(pixels))));
    return font;
}

void paintCell(QPainter& painter, const Theme& theme, const BitCell& cell, bool one)
{
    const QColor colour = fieldColour(theme, cell.field);
    const double radius = std::clamp(cell.rect.width() * 0.16, 2.0, 5.0);
    const bool hidden = cell.bit < 0;
    QColor ink = fieldInk(theme, cell.field);
    if (hidden) {
        QPen pen(ink, std::max(1.0, theme.stroke * 0.8));
        pen.setDashPattern({2, 1.5});
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(cell.rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    } else {
        QColor fill = colour;
        fill.setAlphaF(one ? 1.0 : float(theme.zeroBitTint));
        painter.setPen(theme.outlinesZeroBits ? QPen(one ? colour : colour, 1.2) : QPen(Qt::NoPen));
        painter.setBrush(fill);
        painter.drawRoundedRect(theme.outlinesZeroBits ? cell.rect.adjusted(0.6, 0.6, -0.6, -0.6) : cell.rect, radius, radius);
        if (one) {
            // White on the darker hues, black on the lighter: whichever is read better.
            const double luminance = 0.2126 * std::pow(colour.redF(), 2.2) + 0.7152 * std::pow(colour.greenF(), 2.2)
                                   + 0.0722 * std::pow(colour.blueF(), 2.2);
            ink = luminance > 0.22 ? QColor(0x10, 0x14, 0x1c) : QColor(Qt::white);
        }
    }
    painter.setPen(ink);
    painter.drawText(cell.rect, Qt::AlignCenter, one ? QStringLiteral("1") : QStringLiteral("0"));
}

}  // namespace

void paintBits(QPainter& painter, const Theme& theme, const NumberFormat& format, Code code, const BitLayout& layout,
               int focusedBit)
{
    if (layout.cells.empty())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont font = digitFont(layout.cells.front().rect);
    QFont bold = font;
    bold.setWeight(QFont::Bold);
    const bool hiddenOne = hiddenBit(format, code).value_or(0) == 1;
    // Zeros, then ones: a change of font costs more than a digit.
    for (const bool one : {false, true}) {
        painter.setFont(one ? bold : font);
        for (const BitCell& cell : layout.cells)
            if (one == (cell.bit < 0 ? hiddenOne : (code >> cell.bit & 1) != 0))
                paintCell(painter, theme, cell, one);
    }
    if (layout.point) {
        const QRectF cell = layout.cells.front().rect;
        const double radius = std::clamp(cell.width() * 0.13, 1.6, 5.0);
        painter.setPen(QPen(theme.card, radius * 0.7));
        painter.setBrush(theme.text);
        painter.drawEllipse(QPointF(*layout.point, cell.bottom() - radius * 0.4), radius * 1.3, radius * 1.3);
    }
    if (const BitCell* cell = layout.ofBit(focusedBit)) {
        const double radius = std::clamp(cell->rect.width() * 0.22, 3.0, 6.0);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.card, 1.5));
        painter.drawRoundedRect(cell->rect.adjusted(-0.5, -0.5, 0.5, 0.5), radius, radius);
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRoundedRect(cell->rect.adjusted(-2, -2, 2, 2), radius, radius);
    }
}

void BitView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colours = theme();
    if (m_ghost) {
        // The bits that differ from the kept picture: a pale bar beneath each.
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.accentSoft);
        for (const BitCell& cell : m_layout.cells)
            if (cell.bit >= 0 && ((m_code ^ *m_ghost) >> cell.bit & 1))
                painter.drawRoundedRect(cell.rect.adjusted(-1, -2, 1, 4), 3, 3);
    }
    paintBits(painter, colours, m_format, m_code, m_layout, hasFocus() ? m_focusedBit : -1);
    paintTail(painter);
}

void BitView::paintTail(QPainter& painter) const
{
    if (m_layout.cells.empty())
        return;
    const Theme& colours = theme();
    const QRectF first = m_layout.cells.front().rect;
    double x = m_layout.end + m_columns.cell * 0.1;
    painter.setFont(digitFont(first));
    painter.setPen(colours.muted);
    for (const QChar digit : m_tail.digits) {
        painter.drawText(QRectF(x, first.top(), first.width(), first.height()), Qt::AlignCenter, QString(digit));
        x += m_columns.cell;
    }
    if (m_tail.goesOn) {
        painter.drawText(QRectF(x, first.top(), first.width(), first.height()), Qt::AlignCenter, QStringLiteral("…"));
        x += m_columns.cell * 0.9;
    }
    QFont words = uiFont(12, QFont::Medium);
    if (first.height() > 40)
        words = uiFont(18, QFont::Medium);
    painter.setFont(words);
    painter.setPen(m_tail.isWarning ? colours.error : colours.text);
    const double left = x + 6;
    painter.drawText(QRectF(left, first.top(), std::max(0.0, width() - left), first.height()),
                     Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetricsF(words).elidedText(m_tail.words, Qt::ElideRight, std::max(0.0, width() - left)));
}

}  // namespace quantoscope
