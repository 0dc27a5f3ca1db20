// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <QString>

#include <span>
#include <vector>

namespace quantoscope {

/// A step of the way from three loops to a library, and the file that says how it is done.
struct LadderRung {
    const char* kernel;   ///< Its id, the same on CPU and GPU only where the idea is the same.
    const char* deviceKind;
    const char* source;   ///< Below share/quantoscope/kernels; empty where the source is not ours.
};
std::span<const LadderRung> ladderRungs();

/// The kernels of a device that are rungs, in the order of the ladder, the library last.
std::vector<GemmKernel> rungsOf(std::span<const GemmKernel> kernels, const std::string& deviceKind);

/// The source of a rung and the words at its head. Empty texts where there is no file.
struct RungSource {
    QString file, head, code;
};
RungSource readRungSource(const std::string& kernel, const std::string& deviceKind);

}  // namespace quantoscope
