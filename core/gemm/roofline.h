// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_backend.h"

namespace quantoscope {

/// The two limits of a roofline (Williams, Waterman, Patterson, "Roofline", CACM 52, 2009), measured
/// on the device itself. 0 where one is not known.
struct Ceilings {
    double gigabytesPerSecond = 0;   ///< Streaming read.
    double teraflops = 0;            ///< FP32 product of large square matrices.
};

/// Measures this computer: a sum over 128 MiB, and the FP32 kernel on 1024³; about a quarter second.
Result<Ceilings> measureCpuCeilings(GemmBackend& cpu, Progress = {});

/// Operations a byte moved: where a run lies on the roofline.
double operationsPerByte(const GemmRun&);

}  // namespace quantoscope
