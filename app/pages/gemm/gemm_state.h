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

/// All that decides what the GEMM page measures.
struct GemmState {
    QString preset = QStringLiteral("square");   ///< A row of layerPresets(), "tensor" or "custom".
    GemmShape shape{512, 512, 512};
    QString data = QStringLiteral("normal");     ///< A row of gemmDataRows(), or "tensor".
    quint64 seed = 7;
    QString device = QStringLiteral("cpu");
    std::optional<QStringList> leftOut;          ///< Kernels that are not run; none chosen: the device's extras.
    QString selected;                            ///< The kernel whose figures are shown.
    QString panel = QStringLiteral("roofline");
    double seconds = 0.3;                        ///< Budget a kernel.

    QJsonObject toJson() const;
    static GemmState fromJson(const QJsonObject&);
};

}  // namespace quantoscope
