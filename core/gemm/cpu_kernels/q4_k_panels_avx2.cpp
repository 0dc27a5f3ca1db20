// SPDX-License-Identifier: Apache-2.0
// What q4_k.cpp does, for a batch, by panels (q4_k_panels.inl), on processors with AVX2 and no VNNI: a part of 32
// columns is added in 16 bits, as in grouped_panels_avx2.cpp, and vpmaddwd multiplies it by the part's scale.
#include "core/gemm/cpu_kernels/q4_k.h"

#include "core/gemm/cpu_kernels/avx2_step.h"
#include "core/gemm/cpu_kernels/q4_k_tiles.h"

#if defined(__x86_64__)
#define QUANTOSCOPE_KERNEL QUANTOSCOPE_AVX2

namespace quantoscope::cpu {
namespace {

constexpr int tileRows = 4;
constexpr std::int64_t panelColumns = 16;   // Rows of W in a panel.

using PartStep = NibbleStep;
constexpr std::int64_t partColumns = 32;

using MinimumStep = PairStep;
using Doubles = Avx2Doubles;

/// For both 16-bit sums of a lane.
constexpr std::int32_t factorOf(int scale) { return scale | scale << 16; }

QUANTOSCOPE_INLINE void addScaled(__m256i sums, __m256i factors, __m256i& above)
{
    above = _mm256_add_epi32(above, _mm256_madd_epi16(sums, factors));
}

#include "core/gemm/cpu_kernels/q4_k_panels.inl"

}  // namespace

bool multiplyQ4kPanelsAvx2(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyByPanels(x, w, y.as<float>(), pulse, {.rows = 256, .columns = 64});
}

}  // namespace quantoscope::cpu

#endif
