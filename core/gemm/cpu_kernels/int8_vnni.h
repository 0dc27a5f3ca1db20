// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/cpu_kernel.h"

namespace quantoscope::cpu {

/// Whether this processor has AVX-512 VNNI (`avx512_vnni` in /proc/cpuinfo).
bool hasVnni();
Multiply multiplyInt8Vnni;      ///< Only where hasVnni().
Multiply multiplyInt8Widened;   ///< On any processor.

}  // namespace quantoscope::cpu
