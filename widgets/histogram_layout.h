// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot_axis.h"

#include <QRectF>
#include <QSizeF>

namespace quantoscope {

enum class HistogramScale { Linear, Logarithmic, BarPerCode, Staircase };

/// Where everything of the before-and-after picture lies. Panels share x; before and after share y.
struct HistogramLayout {
    QRectF before, after, error;   ///< `error` is empty where there is no room for it.
    QRectF codes;                  ///< The one panel of BarPerCode, else empty.
    bool isStaircase = false;      ///< `before` has stored against weight, `after` the squared error.
    double pillTop = 0;            ///< Of the values over the handles.
    double pillHeight = 0;
    double tickBaseline = 0;       ///< Of the numbers under the x axis.
    double titleBaseline = 0;
    double titleX = 0;             ///< Centre of the upright title of the y axis.
    AxisScale x;

    bool hasError() const { return !error.isEmpty(); }
    bool isPerCode() const { return !codes.isEmpty(); }
    /// From the top of the first panel to the bottom of the last.
    QRectF allPanels() const;
    AxisScale y(const QRectF& panel, double low, double high, bool logarithmic) const;
};

HistogramLayout layOutHistogram(const QSizeF& size, HistogramScale scale, double low, double high);

}  // namespace quantoscope
