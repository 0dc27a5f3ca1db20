// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/number_line_scale.h"

#include "widgets/plot_text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

constexpr double octavesToOne = 160;
const double smallest = std::ldexp(1.0, -int(octavesToOne));

QString octaveLabel(int exponent, bool negative, bool plain)
{
    const QString magnitude = plain ? wholeNumber(std::ldexp(1.0, exponent)) : QStringLiteral("2") + superscript(exponent);
    return negative ? QChar(0x2212) + magnitude : magnitude;
}

}  // namespace

double NumberLineScale::octaves(double value)
{
    const double magnitude = std::log2(std::abs(value) + smallest) + octavesToOne;
    return std::copysign(magnitude, value);
}

double NumberLineScale::fromOctaves(double octaves)
{
    const double limited = std::min(std::abs(octaves) - octavesToOne, 1023.999);
    return std::copysign(std::exp2(limited) - smallest, octaves);
}

double NumberLineScale::toPixel(double value) const
{
    const double place = m_view.logarithmic ? octaves(value) : value;
    const double share = (place - m_view.centre) / m_view.span + 0.5;
    // A painter's coordinates overflow long before a double does.
    return m_left + std::clamp(share, -1e4, 1e4) * m_width;
}

double NumberLineScale::toValue(double pixel) const
{
    const double place = m_view.centre + ((pixel - m_left) / m_width - 0.5) * m_view.span;
    return m_view.logarithmic ? fromOctaves(place) : place;
}

std::vector<AxisTick> NumberLineScale::ticks(double pixelsPerLabel) const
{
    const int atMost = std::max(2, int(m_width / pixelsPerLabel));
    if (m_view.logarithmic && m_view.span > 1.5)
        return octaveTicks(pixelsPerLabel);
    return linearTicks(low(), high(), atMost);
}

std::vector<AxisTick> NumberLineScale::octaveTicks(double pixelsPerLabel) const
{
    const double pixelsPerOctave = m_width / m_view.span;
    int stride = 1;
    while (stride * pixelsPerOctave < pixelsPerLabel)
        stride *= 2;
    const double from = m_view.centre - m_view.span / 2, to = m_view.centre + m_view.span / 2;
    std::vector<AxisTick> ticks;
    const auto side = [&](double low, double high, bool negative) {
        const int first = int(std::ceil((low - octavesToOne) / stride)) * stride;
        for (int exponent = first; exponent <= high - octavesToOne; exponent += stride) {
            // The first octaves beside zero would lie under its own label.
            if ((exponent + octavesToOne) * pixelsPerOctave < pixelsPerLabel)
                continue;
            const bool plain = low >= octavesToOne - 4 && high <= octavesToOne + 11;
            const double value = std::ldexp(1.0, exponent);
            QString label = octaveLabel(exponent, negative, plain && exponent >= 0);
            if (plain && exponent < 0)
                label = (negative ? QString(QChar(0x2212)) : QString()) + roundedNumber(value, 6);
            ticks.push_back({negative ? -value : value, label});
        }
    };
    if (to > 0)
        side(std::max(from, 0.0), to, false);
    if (from < 0)
        side(std::max(-to, 0.0), -from, true);
    if (from <= 0 && to >= 0)
        ticks.push_back({0, QStringLiteral("0")});
    return ticks;
}

}  // namespace quantoscope
