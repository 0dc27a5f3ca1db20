// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tensor_facts.h"

#include <QColor>
#include <QRectF>

class QPainter;

namespace quantoscope {

/// A histogram the size of a word: bars on a base line, nothing else.
void drawSparkline(QPainter&, const QRectF& area, const SparkBars&, const QColor& ink);

/// A value as a dot on a small axis of its own, with a mark at the threshold. Below it the dot becomes
/// a diamond, so that colour is not alone in saying so.
struct DotScale {
    double low = 0, high = 48;      ///< Values at the ends.
    double threshold = 18;
    double position(double value) const;   ///< 0 … 1
};
void drawDotOnAxis(QPainter&, const QRectF& area, double value, const DotScale&);
void drawDotAxis(QPainter&, const QRectF& area, const DotScale&);

/// One colour for one size: pale for small, full accent for large. `share` between 0 and 1.
QColor rampColour(double share);
/// Signed: accent for positive, vermilion for negative, the card's own colour at 0. Between −1 and 1.
QColor divergingColour(double share);
/// Black or white, whichever is read more easily on the colour.
QColor inkOn(const QColor& ground);

}  // namespace quantoscope
