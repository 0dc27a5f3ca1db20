// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/format_sheet.h"

#include "app/pages/numbers/number_texts.h"
#include "core/formats/built_format.h"
#include "core/formats/format_limits.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

FormatSheet::FormatSheet(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("The format"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void FormatSheet::setCompact(bool compact)
{
    m_compact = compact;
    updateGeometry();
    update();
}

QSize FormatSheet::sizeHint() const
{
    return {640, m_compact ? 58 + 2 * 46 : 74 + 2 * 56};
}

void FormatSheet::show(const NumberFormat& format, const StoredNumber& stored)
{
    m_format = format;
    m_stored = stored;
    collectFacts();
    QStringList texts;
    for (const Fact& fact : m_facts)
        texts << fact.name + QStringLiteral(": ") + fact.value + (fact.note.isEmpty() ? QString() : QStringLiteral(", ") + fact.note);
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    update();
}

void FormatSheet::collectFacts()
{
    const FloatFormat& format = *m_format.asFloat();
    const FormatLimits limits = limitsOf(m_format);
    const CodeCensus census = censusOf(format);
    const auto power = [](double value) {
        const QString step = stepText(value);
        return step.startsWith(QStringLiteral("2")) && step.size() > 1 ? step : QString();
    };
    m_facts.clear();
    m_facts.push_back({tr("bits"), wholeNumber(format.bits()), tr("%1 codes").arg(stepText(std::ldexp(1.0, format.bits())))});
    m_facts.push_back({tr("largest"), exactText(limits.largest, 12),
                       limits.lowest < 0 ? tr("and its negative") : tr("nothing is negative")});
    if (limits.smallestNormal)
        m_facts.push_back({tr("smallest normal"), exactText(*limits.smallestNormal, 12), power(*limits.smallestNormal)});
    else
        m_facts.push_back({tr("smallest normal"), QStringLiteral("–"), tr("all are subnormal")});
    const double smallest = !format.hasSubnormals ? decode(format, 0).value : valueOf(m_format, 1);
    m_facts.push_back({tr("smallest above 0"), exactText(smallest, 12), power(smallest)});
    // Epsilon is a fact about 1: a format whose numbers end below 1 or begin above it has none.
    const Code one = encode(m_format, 1.0);
    const double next = valueOf(m_format, nextCode(m_format, one));
    if (valueOf(m_format, one) == 1 && std::isfinite(next) && next > 1)
        m_facts.push_back({tr("epsilon"), exactText(next - 1, 12), tr("from 1 to the next")});
    else
        m_facts.push_back({tr("epsilon"), QStringLiteral("–"), tr("1 is not inside")});
    m_facts.push_back({tr("finite values"), census.finite < 1e6 ? wholeNumber(census.finite) : shortText(census.finite, 4), {}});
    m_facts.push_back({tr("∞ and NaN"), wholeNumber(census.infinities) + QStringLiteral(" + ")
                           + (census.notNumbers < 1e6 ? wholeNumber(census.notNumbers) : shortText(census.notNumbers, 3)), tr("codes")});
    m_facts.push_back({tr("range"), tr("%1 decades").arg(fixedNumber(std::log10(limits.largest / smallest), 1)), tr("smallest to largest")});
}

double FormatSheet::paintFields(QPainter& painter) const
{
    const Theme& colours = theme();
    const std::vector<int> bits = shownBits(m_format);
    const double cell = std::clamp(double(width()) / double(bits.size() + 3), 8.0, m_compact ? 22.0 : 26.0);
    const double height = m_compact ? 24 : 30, top = 2;
    double x = 0;
    for (std::size_t i = 0; i < bits.size();) {
        const BitField field = fieldOfBit(m_format, bits[i], m_stored.code);
        const double left = x;
        int count = 0;
        painter.setFont(monoFont(cell > 12 ? 13 : 11, QFont::Medium));
        for (; i < bits.size() && fieldOfBit(m_format, bits[i], m_stored.code) == field; ++i, ++count, x += cell) {
            const bool one = m_stored.code >> bits[i] & 1;
            const QColor full = fieldColour(colours, field);
            QColor fill = full;
            fill.setAlphaF(one ? 1.0f : float(colours.zeroBitTint));
            painter.setPen(colours.outlinesZeroBits ? QPen(full, 1.2) : QPen(Qt::NoPen));
            painter.setBrush(fill);
            const QRectF place(x + 0.8, top, cell - 1.6, height);
            painter.drawRoundedRect(place, 4, 4);
            const double luminance = 0.2126 * std::pow(full.redF(), 2.2) + 0.7152 * std::pow(full.greenF(), 2.2) + 0.0722 * std::pow(full.blueF(), 2.2);
            painter.setPen(!one ? fieldInk(colours, field) : luminance > 0.22 ? QColor(0x10, 0x14, 0x1c) : QColor(Qt::white));
            painter.drawText(place, Qt::AlignCenter, one ? QStringLiteral("1") : QStringLiteral("0"));
        }
        painter.setFont(uiFont(11, QFont::DemiBold));
        painter.setPen(fieldInk(colours, field));
        QString label = tr("%1 %2").arg(fieldName(field)).arg(count);
        if (painter.fontMetrics().horizontalAdvance(label) > x - left)
            label = QString::number(count);
        painter.drawText(QRectF(left + 1, top + height, std::max(x - left, 12.0), 18), Qt::AlignVCenter, label);
        x += cell * 0.5;
    }
    return x;
}

void FormatSheet::paintEvent(QPaintEvent*)
{
    if (!m_format.asFloat())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& colours = theme();
    const double end = paintFields(painter);
    painter.setFont(monoFont(13));
    painter.setPen(colours.muted);
    const QString code = codeString(m_format, m_stored.code);
    if (end + 20 + painter.fontMetrics().horizontalAdvance(code) < width())
        painter.drawText(QRectF(end + 12, 2, width() - end - 12, m_compact ? 24 : 30), Qt::AlignVCenter, code);
    const double top = m_compact ? 54 : 70, pitch = m_compact ? 46 : 56, columnWidth = width() / 4.0;
    for (std::size_t i = 0; i < m_facts.size(); ++i) {
        const double x = columnWidth * double(i % 4), y = top + pitch * double(i / 4);
        painter.setFont(uiFont(11));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(x, y, columnWidth - 8, 15), Qt::AlignVCenter, m_facts[i].name);
        painter.setFont(monoFont(m_compact ? 13 : 15, QFont::DemiBold));
        painter.setPen(colours.text);
        const double valueWidth = painter.fontMetrics().horizontalAdvance(m_facts[i].value);
        painter.drawText(QRectF(x, y + 15, columnWidth - 4, m_compact ? 20 : 24), Qt::AlignVCenter, m_facts[i].value);
        painter.setFont(uiFont(11));
        painter.setPen(colours.muted);
        if (valueWidth + 10 + painter.fontMetrics().horizontalAdvance(m_facts[i].note) < columnWidth - 6)
            painter.drawText(QRectF(x + valueWidth + 8, y + 15, columnWidth, m_compact ? 21 : 25), Qt::AlignVCenter, m_facts[i].note);
    }
}

}  // namespace quantoscope
