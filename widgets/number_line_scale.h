// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot_axis.h"

namespace quantoscope {

/// The part of the number line that is seen. Linear: centre and span are values. Logarithmic: octaves
/// on a signed scale that passes through zero (see NumberLineScale), so that zooming out reaches the
/// negative numbers.
struct NumberLineView {
    double centre = 0;
    double span = 2;
    bool logarithmic = false;

    friend bool operator==(const NumberLineView&, const NumberLineView&) = default;
};

/// From numbers to pixels and back. The centre is kept apart from the span, so that the gap between
/// two doubles beside each other is still a whole screen wide.
class NumberLineScale {
public:
    NumberLineScale(const NumberLineView& view, double left, double width) : m_view(view), m_left(left), m_width(width) {}

    double toPixel(double value) const;
    double toValue(double pixel) const;
    double low() const { return toValue(m_left); }
    double high() const { return toValue(m_left + m_width); }
    double left() const { return m_left; }
    double right() const { return m_left + m_width; }
    const NumberLineView& view() const { return m_view; }

    /// Octaves from zero, negative for negative numbers: log2 of the magnitude, 160 for 1. Below
    /// 2^-160, under the smallest number of FP32, the scale is linear and so passes through zero.
    static double octaves(double value);
    static double fromOctaves(double octaves);

    /// Where the axis is labelled.
    std::vector<AxisTick> ticks(double pixelsPerLabel) const;

private:
    std::vector<AxisTick> octaveTicks(double pixelsPerLabel) const;

    NumberLineView m_view;
    double m_left, m_width;
};

}  // namespace quantoscope
