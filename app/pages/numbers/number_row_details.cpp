// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/inline_edit.h"
#include "app/pages/numbers/number_row.h"
#include "widgets/bit_view.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

void NumberRow::paintDetails(QPainter& painter) const
{
    paintBrackets(painter);
    paintFormulaLine(painter);
    paintFacts(painter);
    paintDigits(painter);
    paintStepperLabels(painter);
}

/// A bracket under cells and its note, centred but not left of `from`; returns where the note ends.
double NumberRow::paintBracket(QPainter& painter, const QRectF& cells, const QColor& ink, const QString& note, double from) const
{
    if (cells.isEmpty())
        return from;
    const double x = m_shown.columns.bits.left;
    const double top = cells.bottom() + 4, bottom = top + 4;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink, 1.4));
    painter.drawPolyline(QPolygonF({{x + cells.left(), top}, {x + cells.left(), bottom}, {x + cells.right(), bottom}, {x + cells.right(), top}}));
    painter.setFont(uiFont(12, QFont::DemiBold));
    const QFontMetricsF metrics(painter.font());
    const double w = metrics.horizontalAdvance(note);
    const double left = std::max(from, cells.center().x() - w / 2);
    painter.drawText(QPointF(x + left, bottom + metrics.ascent() + 2), note);
    return left + w;
}

void NumberRow::paintBrackets(QPainter& painter) const
{
    const Theme& colours = theme();
    const BitLayout& layout = m_bits->bitLayout();
    const NumberRowContent& row = m_shown.row;
    if (row.format.asPosit()) {
        double end = paintBracket(painter, layout.extent(BitField::Sign), colours.signInk,
                                  std::isnan(row.stored.value) ? QString() : row.stored.value < 0 ? QStringLiteral("−") : QStringLiteral("+"), -2);
        end = paintBracket(painter, layout.extent(BitField::Regime), colours.exponentInk, regimeNote(row), end + 6);
        end = paintBracket(painter, layout.extent(BitField::Exponent), colours.exponentInk, exponentNote(row), end + 6);
        paintBracket(painter, layout.extent(BitField::Mantissa), colours.mantissaInk, mantissaNote(row), end + 6);
        return;
    }
    const FloatFormat* format = row.format.asFloat();
    if (!format)
        return;
    const QRectF exponent = layout.extent(BitField::Exponent), mantissa = layout.extent(BitField::Mantissa);
    QString exponentText = exponentNote(row);
    // Between the sign's note and the mantissa's there may be too little room for a whole sentence.
    const bool stored0 = decode(*format, row.stored.code).kind == FloatClass::Subnormal || decode(*format, row.stored.code).kind == FloatClass::Zero;
    if (stored0 && QFontMetricsF(uiFont(12, QFont::DemiBold)).horizontalAdvance(exponentText) > layout.extent(BitField::Mantissa).left() - 24)
        exponentText = withRealMinus(QStringLiteral("1 − %1 = %2").arg(format->bias).arg(format->minExponent()));
    double end = paintBracket(painter, layout.extent(BitField::Sign), colours.signInk, row.stored.sign ? QStringLiteral("−") : QStringLiteral("+"), -2);
    end = paintBracket(painter, exponent, colours.exponentInk, exponentText, end + 8);
    if (format->mantissaBits > 0)
        paintBracket(painter, mantissa, colours.mantissaInk, mantissaNote(row), std::max(mantissa.left(), end + 10));
}

/// What each bit of an integer is worth: −128 64 32 …, scale not counted.
void NumberRow::paintIntegerWeights(QPainter& painter) const
{
    const Theme& colours = theme();
    const IntegerFormat& integer = *m_shown.row.format.asInteger();
    const BitLayout& layout = m_bits->bitLayout();
    const QFont font = uiFont(11, QFont::Medium);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(colours.integerInk);
    // From the right. What would run into its neighbour moves over a little, as long as it still stands below its
    // own bit, else it is left out; but never the highest, which hangs out to the left: it says how far the bits
    // reach, and where it is negative why these are not plain binary digits.
    constexpr double gap = 3, furthest = 0.34;   // of a bit's width
    double free = 1e9;
    for (auto cell = layout.cells.rbegin(); cell != layout.cells.rend(); ++cell) {
        const bool isHighest = cell->bit == integer.bits - 1, negative = integer.isSigned && isHighest;
        const double weight = std::ldexp(negative ? -1.0 : 1.0, cell->bit);
        const QString text = cell->bit > 13 ? (negative ? QStringLiteral("−2") : QStringLiteral("2")) + superscript(cell->bit)
                                            : withRealMinus(QString::number(weight, 'f', 0));
        const double w = metrics.horizontalAdvance(text), centred = cell->rect.center().x() - w / 2;
        const double left = std::min(negative ? cell->rect.right() - w : centred, free - gap - w);
        if (!isHighest && centred - left > furthest * cell->rect.width())
            continue;
        painter.drawText(QPointF(m_shown.columns.bits.left + left, cell->rect.bottom() + 1 + metrics.ascent()), text);
        free = left;
    }
    painter.setFont(uiFont(12));
    painter.setPen(colours.muted);
    const bool words = namesSettings();
    const double y = m_scale->geometry().center().y() + QFontMetricsF(painter.font()).capHeight() / 2;
    painter.drawText(QPointF(m_shown.columns.bits.left, y), words ? tr("scale") : QStringLiteral("×"));
    const QFontMetricsF label(painter.font());
    const QString zero = words ? tr("zero") : QStringLiteral("−");
    painter.drawText(QPointF(m_zero->x() - label.horizontalAdvance(zero) - 4, y), zero);
}

/// The largest type, then the most digits, that leave the formula inside the bits' column.
void NumberRow::fitFormula()
{
    if (!m_shown.selected)
        return;
    const double room = m_shown.columns.stored.left - m_shown.columns.bits.left - 16 - (offersDigits() ? m_digits->sizeHint().width() + 12 : 0);
    for (const int digits : {30, 24, 18, 12, 8, 5}) {
        m_formula = rowFormula(m_shown.row, theme(), digits);
        for (const double pixels : {20.0, 18.0, 16.0, 14.0, 12.0}) {
            m_formulaFont = monoFont(pixels);
            m_formulaWidth = formulaWidth(m_formula, m_formulaFont);
            if (m_formulaWidth <= room && (pixels >= 14 || digits == 5))
                return;
        }
    }
}

void NumberRow::paintFormulaLine(QPainter& painter) const
{
    const QFontMetricsF metrics(m_formulaFont);
    const double y = m_shown.columns.rowHeight() + m_shown.columns.detailHeight() - metrics.descent() - (m_shown.columns.compact ? 3 : 7);
    paintFormula(painter, m_formula, m_formulaFont, {m_shown.columns.bits.left, y});
    const double x = offersDigits() ? m_digits->geometry().right() + 10 : m_shown.columns.bits.left + m_formulaWidth + 12;
    QString words;
    if (m_shown.row.stored.className == "subnormal")
        words = tr("subnormal: hidden bit 0");
    else if (!offersDigits() && std::isfinite(m_shown.row.stored.value) && m_shown.row.stored.value != 0)
        words = tr("exact");   // The right side of the equation is all there is.
    painter.setFont(uiFont(12));
    painter.setPen(theme().muted);
    if (x + QFontMetricsF(painter.font()).horizontalAdvance(words) < m_shown.columns.stored.left)
        painter.drawText(QPointF(x, y), words);
}

void NumberRow::paintFacts(QPainter& painter) const
{
    const RowColumns& columns = m_shown.columns;
    const StoredNumber& stored = m_shown.row.stored;
    if (!std::isfinite(stored.value))
        return;
    const QString signedError = absoluteErrorText(m_shown.row);
    const bool stacked = columns.neighbours.isShown();
    const std::vector<std::pair<QString, QString>> facts{
        {stacked ? tr("absolute error") : tr("error"), signedError},
        {tr("previous"), stored.previous == stored.value ? tr("none") : exactText(stored.previous, 11)},
        {tr("next"), stored.next == stored.value ? tr("none") : exactText(stored.next, 11)},
        {stacked ? tr("ULP, exact") : tr("ULP"), exactText(stored.ulp, 11)}};
    if (!stacked) {
        paintFactsBeside(painter, facts);
        return;
    }
    const double xs[] = {columns.stored.left, columns.error.left, columns.neighbours.left, columns.neighbours.left + columns.neighbours.width / 2};
    const QFont label = uiFont(12), value = uiFont(13, QFont::Medium);
    const double y = columns.rowHeight() + QFontMetricsF(label).ascent() + 6;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        painter.setFont(label);
        painter.setPen(theme().muted);
        painter.drawText(QPointF(xs[i], y), facts[i].first);
        painter.setFont(value);
        painter.setPen(theme().text);
        const double room = (i == 1 ? columns.axis.isShown() ? columns.axis.left : columns.error.right() : i == 3 ? width() - 12 : xs[i + 1]) - xs[i] - 6;
        painter.drawText(QPointF(xs[i], y + QFontMetricsF(value).height() + 1), QFontMetricsF(value).elidedText(facts[i].second, Qt::ElideRight, room));
    }
}

/// Without the column of neighbours: two facts a line, each label in front of its value.
void NumberRow::paintFactsBeside(QPainter& painter, const std::vector<std::pair<QString, QString>>& facts) const
{
    const RowColumns& columns = m_shown.columns;
    const double left = columns.stored.left, right = width() - columns.name.left;
    const QFont label = uiFont(12), value = uiFont(12, QFont::Medium);
    const QFontMetricsF metrics(label), values(value);
    struct Place {
        std::size_t fact;
        double x, room;
        int line;
    };
    const double half = (right - left) / 2;
    std::vector<Place> places{{0, left, half, 0}, {1, left + half, half, 0}, {2, left, half, 1}, {3, left + half, half, 1}};
    double pitch = metrics.height() + (columns.compact ? 4 : 8);
    const bool narrow = right - left < 250;
    const bool narrowest = right - left < 190;
    if (narrowest) {
        // A line each for error and neighbours; the ULP is their distance.
        places = {{0, left, right - left, 0}, {1, left, right - left, 1}, {2, left, right - left, 2}};
        pitch = (columns.detailHeight() - 4) / 3.0;
    } else if (narrow) {
        // The error needs a line to itself; the neighbours share one.
        places = {{0, left, right - left, 0}, {1, left, half, 1}, {2, left + half, half, 1}, {3, left, right - left, 2}};
        pitch = (columns.detailHeight() - 4) / 3.0;
    }
    for (const Place& place : places) {
        const double y = columns.rowHeight() + metrics.ascent() + (narrow ? 0 : 6) + place.line * pitch;
        const bool neighbour = place.fact == 1 || place.fact == 2;
        QString name = facts[place.fact].first;
        if (narrow && neighbour)
            name = place.fact == 1 ? QStringLiteral("←") : QStringLiteral("→");
        painter.setFont(label);
        painter.setPen(theme().muted);
        painter.drawText(QPointF(place.x, y), name);
        painter.setFont(value);
        painter.setPen(theme().text);
        const double used = metrics.horizontalAdvance(name) + 6;
        painter.drawText(QPointF(place.x + used, y), values.elidedText(facts[place.fact].second, Qt::ElideRight, place.room - used - 4));
    }
}

void NumberRow::paintDigits(QPainter& painter) const
{
    const auto forms = writtenForms(m_shown);
    if (forms.empty())
        return;
    const Theme& colours = theme();
    const QFontMetricsF metrics(monoFont(12));
    double y = m_shown.columns.rowHeight() + m_shown.columns.detailHeight() + metrics.ascent();
    for (const auto& [name, lines] : forms) {
        painter.setFont(uiFont(12));
        painter.setPen(colours.muted);
        painter.drawText(QPointF(m_shown.columns.bits.left, y), name);
        painter.setFont(monoFont(12));
        painter.setPen(colours.text);
        for (const QString& line : lines) {
            painter.drawText(QPointF(m_shown.columns.bits.left + writtenNames, y), withRealMinus(line));
            y += metrics.height();
        }
    }
}

}  // namespace quantoscope
