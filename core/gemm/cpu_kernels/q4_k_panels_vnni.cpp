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

struct MinimumStep : VnniStep {
    static QUANTOSCOPE_INLINE void add(Sum& sum, Codes w, Codes x) { addPairProducts(sum, w, x); }
};

constexpr std::int32_t factorOf(int scale) { return scale; }

/// By name, as in vnni_step.h.
QUANTOSCOPE_INLINE void addScaled(__m512i sums, __m512i factors, __m512i& above)
{
    asm("vpmulld %2, %1, %1\n\tvpaddd %1, %0, %0" : "+v"(above), "+v"(sums) : "v"(factors));
}

/// Eight of sixteen lanes.
template <int half>
QUANTOSCOPE_INLINE void endHalf(__m512i above, __m512i below, const double* d, const double* dmin, __m512d xScale, double* totals)
{
    const __m512d sums = _mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(above, half));
    const __m512d minima = _mm512_mul_pd(_mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(below, half)), _mm512_load_pd(dmin + 8 * half));
    const __m512d both = _mm512_fmsub_pd(sums, _mm512_load_pd(d + 8 * half), minima);
    _mm512_store_pd(totals + 8 * half, _mm512_fmadd_pd(both, xScale, _mm512_load_pd(totals + 8 * half)));
}

QUANTOSCOPE_INLINE void endBlock(const __m512i& above, const __m512i& below, const double* d, const double* dmin, float xScale, double* totals)
{
    endHalf<0>(above, below, d, dmin, _mm512_set1_pd(xScale), totals);
    endHalf<1>(above, below, d, dmin, _mm512_set1_pd(xScale), totals);
}

#include "core/gemm/cpu_kernels/tile_sums.inl"

#include "core/gemm/cpu_kernels/q4_k_panels.inl"

}  // namespace

bool multiplyQ4kPanelsVnni(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return multiplyByPanels(x, w, y.as<float>(), pulse, {.rows = 264, .columns = 64});
}

}  // namespace quantoscope::cpu

#endif
