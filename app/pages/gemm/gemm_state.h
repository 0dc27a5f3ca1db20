// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <QJsonObject>
#include <QStringList>

#include <optional>
#include <span>

namespace quantoscope {

/// A shape with a name: real layers, so that the numbers mean something.
struct LayerPreset {
    const char* id;
    const char* name;
    const char* explanation;
    GemmShape shape;
};
std::span<const LayerPreset> layerPresets();

/// What the view of error against K shows.
struct GrowthState {
    QString data = QStringLiteral("normal");       ///< Or "magnitudes": all of one sign.
    QString measure = QStringLiteral("relative");  ///< Or "normwise", with the bounds of the chosen way.
    QString method = QStringLiteral("fp8_fast");   ///< A row of sumMethods().
    int promoteEvery = 128;                        ///< Products after which FP8's sum moves into FP32.
};

/// What the view of outliers shows.
struct OutlierState {
    QString source = QStringLiteral("synthetic");   ///< Or "model": the open one.
    double magnitude = 60;                          ///< 1 … 1000
    QString treatment = QStringLiteral("int8");     ///< A row of outlierTreatments().
};

/// All that decides what the GEMM page measures.
struct GemmState {
    QString preset = QStringLiteral("square");   ///< A row of layerPresets(), "tensor" or "custom".
    GemmShape shape{512, 512, 512};
    QString data = QStringLiteral("normal");     ///< A row of gemmDataRows(), or "tensor".
    quint64 seed = 7;
    QString device = QStringLiteral("cpu");
    std::optional<QStringList> leftOut;          ///< Kernels that are not run; nothing: all but the usual ones.
    QString selected;                            ///< The kernel whose figures are shown.
    QString panel = QStringLiteral("roofline");
    QString view = QStringLiteral("split");      ///< Below the picture: split, growth, outliers, ladder.
    QString shown = QStringLiteral("picture");   ///< What was looked at last: the one view where there is room for one only.
    GrowthState growth;
    OutlierState outliers;
    QString rung;                                ///< The step of the ladder whose source is shown.
    double seconds = 0.3;                        ///< Budget a kernel.

    QJsonObject toJson() const;
    static GemmState fromJson(const QJsonObject&);
};

}  // namespace quantoscope
