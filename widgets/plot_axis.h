// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace quantoscope {

struct AxisTick {
    double value;
    QString label;   ///< Empty for a minor tick.
};

/// Round values (1, 2 or 5 times a power of ten) inside [low, high], at most `atMost` of them, all
/// labelled with the same number of decimals and real minus signs.
std::vector<AxisTick> linearTicks(double low, double high, int atMost);
/// Powers of ten inside [low, high], every n-th where there would be more than `atMost`; labels like "10⁻³".
std::vector<AxisTick> logarithmicTicks(double low, double high, int atMost);
/// The same ticks with the labels of shares: 0.05 becomes "5 %".
std::vector<AxisTick> asPercent(std::vector<AxisTick> ticks);
/// The smallest round value (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten) that is not below `value`.
double roundUp(double value);

/// From values to pixels and back, linear or logarithmic. A logarithmic one places what is not
/// positive at its low end, so that empty bins lie on the axis.
struct AxisScale {
    double low = 0, high = 1;              ///< Values at the ends.
    double lowPixel = 0, highPixel = 1;    ///< Where they lie; may descend, as y does.
    bool logarithmic = false;

    double toPixel(double value) const;
    double toValue(double pixel) const;
    double pixelsPerUnit() const { return (highPixel - lowPixel) / (high - low); }   ///< Of a linear one.
};

}  // namespace quantoscope
