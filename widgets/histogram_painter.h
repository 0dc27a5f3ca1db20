// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/histogram_content.h"
#include "widgets/histogram_layout.h"

#include <QString>

class QColor;
class QPainter;

namespace quantoscope {

/// An earlier picture, kept pale behind the present one on the same axes.
struct HistogramGhost {
    HistogramContent content;
    QString title;   ///< "INT8, min-max"
};

struct MarkedWeight {
    double value = 0, stored = 0;
    friend bool operator==(const MarkedWeight&, const MarkedWeight&) = default;
};

/// Everything one frame of the picture depends on but its size and theme. Each draw function paints
/// one part; the view decides which of them it keeps in pixmaps.
struct HistogramFrame {
    const HistogramContent& content;
    const HistogramGhost* ghost = nullptr;
    const BinnedShares& before;
    const BinnedShares* stored = nullptr;   ///< Of a scheme with many scales.
    HistogramLayout layout;
    HistogramScale scale = HistogramScale::Linear;
    double top = 1;      ///< Upper end of the shared y axis, as a share of weights.
    double floor = 0;    ///< Lower end: 0, or a positive share where the axis is logarithmic.
    double errorLimit = 1;
    QString caption;     ///< What the weights are: "65 536 weights".
    std::optional<double> prediction;
    std::optional<MarkedWeight> marked;
    const BinnedShares* errors = nullptr;   ///< For the staircase: where the squared error comes from.
    double errorTop = 1;                    ///< Upper end of its axis.

    bool isLogarithmic() const { return scale == HistogramScale::Logarithmic; }
    bool hasStep() const;                     ///< The y axis' unit is the step between levels, else a bin.
    double step() const;                      ///< Of the y axis' unit.
    double clipLow() const;
    double clipHigh() const;
};

// Kept in pixmaps: they change with size, zoom and theme only.
void drawPanelGrounds(QPainter&, const HistogramFrame&, bool hatched);
void drawXAxis(QPainter&, const HistogramFrame&);

// Drawn in every frame.
void drawYAxes(QPainter&, const HistogramFrame&);
void drawBefore(QPainter&, const HistogramFrame&);
void drawAfter(QPainter&, const HistogramFrame&);
void drawError(QPainter&, const HistogramFrame&);
void drawCodes(QPainter&, const HistogramFrame&);
/// Both panels of HistogramScale::Staircase with their axes; returns where the captions lie.
std::vector<QRectF> drawStaircase(QPainter&, const HistogramFrame&);
/// Returns where they lie: the lines of the handles leave these places out.
std::vector<QRectF> drawCaptions(QPainter&, const HistogramFrame&);
void drawClipLabels(QPainter&, const HistogramFrame&);
void drawPrediction(QPainter&, const HistogramFrame&);
void drawMarkedWeight(QPainter&, const HistogramFrame&);

/// Where a caption hangs in its panel.
enum class Corner { TopLeft, TopRight, BottomLeft };
/// A bold line and a small one on a plate that hides what is behind; returns where it lies.
QRectF drawCaption(QPainter&, const QRectF& panel, Corner, double offsetY, const QString& bold,
                   const QString& small, const QColor&);

}  // namespace quantoscope
