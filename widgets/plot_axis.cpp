// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_axis.h"

#include "widgets/plot_text.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
static double roundStep(double least)
{
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (power * factor >= least * (1 - 1e-9))
            return power * factor;
    }
    return power * 10;
}

double roundUp(double value)
{
    if (!(value > 0) || !std::isfinite(value))
        return 1;
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double factor : {1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0}) {
        if (power * factor >= value * (1 - 1e-9))
            return power * factor;
    }
    return power * 10;
}

std::vector<AxisTick> linearTicks(double low, double high, int atMost)
{
    std::vector<AxisTick> ticks;
    if (!(high > low) || !std::isfinite(high - low) || atMost < 1)
        return ticks;
    const double step = roundStep((high - low) / atMost);
    const int exponent = int(std::floor(std::log10(step) + 1e-9));
    const bool plain = exponent > -6 && std::max(std::abs(low), std::abs(high)) < 1e6;
    const double slack = 1e-6;
    const double first = std::ceil(low / step - slack), last = std::floor(high / step + slack);
    for (double index = first; index <= last; ++index) {
        const double value = index * step;
        QString label = index == 0 ? QStringLiteral("0")
                      : plain      ? fixedNumber(value, std::max(0, -exponent))
                                   : roundedNumber(value, std::max(1, int(std::floor(std::log10(std::abs(value)) + 1e-9)) - exponent + 1));
        ticks.push_back({index == 0 ? 0 : value, std::move(label)});
    }
    return ticks;
}

std::vector<AxisTick> logarithmicTicks(double low, double high, int atMost)
{
    std::vector<AxisTick> ticks;
    if (!(low > 0) || !(high > low) || !std::isfinite(high))
        return ticks;
    const int first = int(std::ceil(std::log10(low) - 1e-9)), last = int(std::floor(std::log10(high) + 1e-9));
    const int stride = std::max(1, (last - first + std::max(1, atMost)) / std::max(1, atMost));
    for (int exponent = first; exponent <= last; ++exponent) {
        // Counted from the top, so that the highest power always has its label.
        const bool labelled = (last - exponent) % stride == 0;
        ticks.push_back({std::pow(10, exponent), labelled ? QStringLiteral("10") + superscript(exponent) : QString()});
    }
    return ticks;
}

std::vector<AxisTick> asPercent(std::vector<AxisTick> ticks)
{
    double smallest = INFINITY;
    for (std::size_t i = 1; i < ticks.size(); ++i)
        smallest = std::min(smallest, std::abs(ticks[i].value - ticks[i - 1].value) * 100);
    const int decimals = std::isfinite(smallest) && smallest > 0
                           ? std::max(0, int(std::ceil(-std::log10(smallest) - 1e-9))) : 0;
    const bool powers = ticks.size() > 2 && ticks[0].value > 0 && ticks[2].value / ticks[1].value > 9;
    for (AxisTick& tick : ticks) {
        if (tick.label.isEmpty())
            continue;
        const double percent = tick.value * 100;
        const bool tiny = powers && percent < 9e-4;
        tick.label = (tiny     ? QStringLiteral("10") + superscript(int(std::lround(std::log10(percent))))
                      : powers ? roundedNumber(percent, 1)
                               : fixedNumber(percent, decimals)) + QChar(0x202F) + u'%';
    }
    return ticks;
}

double AxisScale::toPixel(double value) const
{
    if (!logarithmic)
        return lowPixel + (value - low) / (high - low) * (highPixel - lowPixel);
    if (!(value > low))
        return lowPixel;
    return lowPixel + std::log(value / low) / std::log(high / low) * (highPixel - lowPixel);
}

double AxisScale::toValue(double pixel) const
{
    const double part = (pixel - lowPixel) / (highPixel - lowPixel);
    return logarithmic ? low * std::pow(high / low, part) : low + part * (high - low);
}

}  // namespace quantoscope
