// SPDX-License-Identifier: Apache-2.0
// What q4_k_vnni.cpp does, for a batch, by panels (q4_k_panels.inl): vpdpbusd adds a part of 32 columns, and
// vpmulld multiplies its sum by the part's scale.
#include "core/gemm/cpu_kernels/q4_k.h"

#include "core/gemm/cpu_kernels/q4_k_tiles.h"
#include "core/gemm/cpu_kernels/vnni_step.h"

#if defined(__x86_64__)
#define QUANTOSCOPE_KERNEL QUANTOSCOPE_VNNI

namespace quantoscope::cpu {
namespace {

constexpr int tileRows = 6;                 // 12 sums of a part, 12 of a block, and their operands in 32 registers.
constexpr std::int64_t panelColumns = 32;   // Rows of W in a panel.

using PartStep = VnniStep;
constexpr std::int64_t partColumns = 32;

using MinimumStep = VnniPairStep;
using Doubles = VnniDoubles;

constexpr std::int32_t factorOf(int scale) { return scale; }

/// By name, as in vnni_step.h.
QUANTOSCOPE_INLINE void addScaled(__m512i sums, __m512i factors, __m512i& above)
{
    asm("vpmulld %2, %1, %1\n\tvpaddd %1, %0, %0" : "+v"(above), "+v"(sums) : "v"(factors));
}

#include "core/gemm/cpu_kernels/q4_k_panels.inl"

}  // namespace

bool multiplyQ4kPanelsVnni(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyByPanels(x, w, y.as<float>(), pulse, {.rows = 264, .columns = 64});
}

}  // namespace quantoscope::cpu

#endif
