// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/number_row.h"
#include "widgets/bit_view.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

struct Lines {
    double first, second;   ///< Baselines.
};
Lines baselines(const RowColumns& columns)
{
    const QFontMetricsF metrics(uiFont(13));
    const double middle = columns.rowHeight() / 2.0;
    return {middle - metrics.descent(), middle + QFontMetricsF(monoFont(12)).ascent() + 1};
}

}  // namespace

void NumberRow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colours = theme();
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_shown.selected) {
        painter.fillRect(rect(), colours.selectedRow);
        painter.fillRect(QRectF(0, 0, 3, height()), colours.accent);
    }
    painter.setPen(QPen(colours.border, 1));
    painter.drawLine(QPointF(m_shown.selected ? 0 : m_shown.columns.name.left, 0.5), QPointF(width() - (m_shown.selected ? 0 : m_shown.columns.name.left), 0.5));
    paintName(painter);
    if (m_shown.row.format.asInteger())
        paintIntegerWeights(painter);
    paintStored(painter);
    paintErrors(painter);
    paintErrorAxis(painter);
    if (m_shown.columns.neighbours.isShown())
        paintNeighbours(painter);
    if (m_shown.selected)
        paintDetails(painter);
}

void NumberRow::paintName(QPainter& painter) const
{
    const Theme& colours = theme();
    const Column& column = m_shown.columns.name;
    const Lines lines = baselines(m_shown.columns);
    painter.setFont(uiFont(15, QFont::DemiBold));
    painter.setPen(colours.text);
    painter.drawText(QPointF(column.left, lines.first), QFontMetricsF(painter.font()).elidedText(m_shown.row.name, Qt::ElideRight, column.width));
    painter.setFont(uiFont(12));
    painter.setPen(colours.muted);
    painter.drawText(QPointF(column.left, lines.second), m_shown.row.layout);
}

void NumberRow::paintStored(QPainter& painter) const
{
    const Theme& colours = theme();
    const Column& column = m_shown.columns.stored;
    const Lines lines = baselines(m_shown.columns);
    painter.setFont(monoFont(13, QFont::Medium));
    painter.setPen(colours.quantized);
    const int characters = int(column.width / QFontMetricsF(painter.font()).horizontalAdvance(QLatin1Char('0')));
    const bool isNotReal = m_shown.row.format.asPosit() && std::isnan(m_shown.row.stored.value);
    const auto fontOf = [](const QString& text) {
        return text.contains(QChar(0x00D7)) ? uiFont(13, QFont::Medium) : monoFont(13, QFont::Medium);   // One has the superscripts.
    };
    QString value = isNotReal ? QStringLiteral("NaR") : exactText(m_shown.row.stored.value, characters - 1);
    // Spaces between thousands, or an exponent, may take more room than digits do.
    for (int most = characters - 2; most > 6 && !isNotReal && QFontMetricsF(fontOf(value)).horizontalAdvance(value) > column.width; --most)
        value = exactText(m_shown.row.stored.value, most);
    painter.setFont(fontOf(value));
    painter.drawText(QPointF(column.left, lines.first), value);
    // The code stands in an editable field below; only an integer's own number is painted behind it.
    if (const IntegerFormat* integer = m_shown.row.format.asInteger()) {
        painter.setFont(monoFont(12));
        painter.setPen(colours.muted);
        const QString code = codeString(m_shown.row.format, m_shown.row.stored.code);
        const double x = column.left + QFontMetricsF(painter.font()).horizontalAdvance(code + QLatin1Char(' '));
        const std::int64_t whole = std::llround(m_shown.row.stored.value / integer->scale) + integer->zeroPoint;
        const QString text = QStringLiteral("= %1").arg(whole).replace(u'-', QChar(0x2212));
        if (x + QFontMetricsF(painter.font()).horizontalAdvance(text) <= column.right() + 10)
            painter.drawText(QPointF(x, lines.second), text);
    }
}

void NumberRow::paintErrors(QPainter& painter) const
{
    const Theme& colours = theme();
    const Column& column = m_shown.columns.error;
    if (!column.isShown())
        return;
    const Lines lines = baselines(m_shown.columns);
    painter.setFont(uiFont(13, QFont::Medium));
    painter.setPen(colours.text);
    painter.drawText(QPointF(column.left, lines.first), relativeErrorText(m_shown.row));
    painter.setFont(uiFont(12));
    painter.setPen(colours.muted);
    painter.drawText(QPointF(column.left, lines.second), ulpErrorText(m_shown.row));
}

/// One decade axis for all rows, 10⁻⁹ to 1; its labels stand in the header.
void NumberRow::paintErrorAxis(QPainter& painter) const
{
    const Column& column = m_shown.columns.axis;
    if (!column.isShown())
        return;
    const Theme& colours = theme();
    const double left = column.left + 8, right = column.right() - 8;
    const double y = m_shown.columns.rowHeight() / 2.0;
    for (int tick = 0; tick <= 3; ++tick) {
        const double x = std::round(left + (right - left) * tick / 3) + 0.5;
        painter.setPen(QPen(colours.outlinesZeroBits ? colours.grid : colours.border, 1));
        painter.drawLine(QPointF(x, 1), QPointF(x, height()));
    }
    painter.setPen(QPen(colours.axis, 1));
    painter.drawLine(QPointF(left, y), QPointF(right, y));
    const auto place = [&](double error) { return left + (right - left) * std::clamp((std::log10(error) + 9) / 9, 0.0, 1.0); };
    const double radius = 5;
    if (m_shown.ghost && m_shown.ghost->relativeError > 0 && std::isfinite(m_shown.ghost->relativeError)) {
        QColor pale = colours.error;
        pale.setAlphaF(0.35f);
        painter.setPen(Qt::NoPen);
        painter.setBrush(pale);
        painter.drawEllipse(QPointF(place(m_shown.ghost->relativeError), y), radius, radius);
    }
    const double error = m_shown.row.isGiven ? 0 : m_shown.row.stored.relativeError;
    if (error > 0 && std::isfinite(error)) {
        painter.setPen(QPen(m_shown.selected ? colours.selectedRow : colours.card, 1.5));
        painter.setBrush(colours.error);
        painter.drawEllipse(QPointF(place(error), y), radius + 0.5, radius + 0.5);
    } else if (error == 0 && std::isfinite(m_shown.row.stored.value)) {
        // Zero lies beyond the left end of every logarithmic axis: a ring there.
        painter.setPen(QPen(colours.error, 1.6));
        painter.setBrush(colours.card);
        painter.drawEllipse(QPointF(left - 6, y), radius - 1, radius - 1);
    }
}

/// As many digits of the neighbours as stand beside the ULP; found once, not at every painting.
void NumberRow::fitNeighbours()
{
    const StoredNumber& stored = m_shown.row.stored;
    if (!m_shown.columns.neighbours.isShown() || !std::isfinite(stored.value))
        return;
    const QFontMetricsF metrics(uiFont(12)), bold(uiFont(12, QFont::DemiBold));
    const double ulpWidth = bold.horizontalAdvance(QStringLiteral("ULP ") + stepText(stored.ulp));
    const double room = (m_shown.columns.neighbours.width - ulpWidth) / 2 - 6;
    const auto fitted = [&](double value) {
        int characters = std::max(4, int(room / metrics.horizontalAdvance(QLatin1Char('0'))) - 1);
        QString text = exactText(value, characters);
        while (characters > 4 && metrics.horizontalAdvance(text) > room)
            text = exactText(value, --characters);
        return text;
    };
    m_previousText = fitted(stored.previous);
    m_nextText = fitted(stored.next);
}

void NumberRow::paintNeighbours(QPainter& painter) const
{
    const Theme& colours = theme();
    const Column& column = m_shown.columns.neighbours;
    const StoredNumber& stored = m_shown.row.stored;
    const Lines lines = baselines(m_shown.columns);
    const double left = column.left + 4, right = column.right() - 4;
    const double y = m_shown.columns.rowHeight() / 2.0 - 5;
    const QFont small = uiFont(12);
    if (!std::isfinite(stored.value)) {
        painter.setFont(small);
        painter.setPen(colours.muted);
        painter.drawText(QPointF(column.left, lines.first + 8), std::isnan(stored.value) ? tr("NaN lies on no line") : tr("beyond every number"));
        return;
    }
    painter.setPen(QPen(colours.axis, 1.4));
    painter.drawLine(QPointF(left, y), QPointF(right, y));
    const bool hasPrevious = stored.previous != stored.value, hasNext = stored.next != stored.value;
    painter.setPen(QPen(colours.muted, 1.6));
    if (hasPrevious)
        painter.drawLine(QPointF(left, y - 5), QPointF(left, y + 5));
    if (hasNext)
        painter.drawLine(QPointF(right, y - 5), QPointF(right, y + 5));

    const double span = stored.next - stored.previous;
    const auto place = [&](double share) { return left + (right - left) * std::clamp(share, 0.0, 1.0); };
    const double storedShare = std::isfinite(span) && span > 0 ? (stored.value - stored.previous) / span : hasPrevious && hasNext ? 0.5 : hasPrevious ? 1.0 : hasNext ? 0.0 : 0.5;
    painter.setPen(QPen(m_shown.selected ? colours.selectedRow : colours.card, 1.5));
    painter.setBrush(colours.accent);
    painter.drawEllipse(QPointF(place(storedShare), y), 5.5, 5.5);
    if (!m_shown.content->typed.isNaN() && std::isfinite(stored.positionBetweenNeighbours)) {
        const double x = m_shown.row.isGiven ? place(storedShare) : place(stored.positionBetweenNeighbours);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.text);
        painter.drawPolygon(QPolygonF({{x - 4.5, y - 13}, {x + 4.5, y - 13}, {x, y - 6.5}}));
    }
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    const QFont bold = uiFont(12, QFont::DemiBold);
    const QString ulp = stored.ulp > 0 ? QStringLiteral("ULP ") + stepText(stored.ulp) : QString();
    const double ulpWidth = QFontMetricsF(bold).horizontalAdvance(ulp);
    const double baseline = lines.second + 1;
    painter.setPen(colours.muted);
    if (hasPrevious)
        painter.drawText(QPointF(column.left, baseline), m_previousText);
    if (hasNext) {
        painter.drawText(QPointF(column.right() - metrics.horizontalAdvance(m_nextText), baseline), m_nextText);
    }
    painter.setFont(bold);
    painter.setPen(colours.text);
    painter.drawText(QPointF(column.left + (column.width - ulpWidth) / 2, baseline), ulp);
}

}  // namespace quantoscope
