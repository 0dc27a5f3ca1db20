// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"

namespace quantoscope {

/// The two limits of a roofline (Williams, Waterman, Patterson, "Roofline", CACM 52, 2009), measured
/// on the device itself. 0 where one is not known.
struct Ceilings {
    double gigabytesPerSecond = 0;   ///< Streaming read.
    double teraflops = 0;            ///< FP32 product of large square matrices.
    double cacheBytes = 0;           ///< Of the last level; 0 where it is not known.
};

/// Measures this computer: a sum over 128 MiB, and the FP32 kernel on 1024³; about a quarter second.
Result<Ceilings> measureCpuCeilings(GemmBackend& cpu, Progress = {});

/// Why a run lies above the roof, which nothing should without a word.
enum class AboveRoof {
    No,            ///< It does not, or there is no roof.
    OwnPeak,       ///< Whole numbers: the roof is FP32's, and theirs is higher.
    Cache,         ///< Its bytes stay in the last level of cache: memory is not asked.
    BusyMachine,   ///< The roof was measured while something else had the machine, or the clock was lower.
};
AboveRoof whyAboveRoof(const GemmKernel&, const GemmRun&, const Ceilings&);

/// Operations a byte moved: where a run lies on the roofline.
double operationsPerByte(const GemmRun&);

}  // namespace quantoscope
