// SPDX-License-Identifier: Apache-2.0
#pragma once

// AVX-512 VNNI, which Highway 1.0.3 has no functions for: its two instructions stand here and nowhere else. Only
// kernels include this; who calls them asks hasVnni() first.
#if defined(__x86_64__)
// g++ 12 takes the "undefined" vectors of its own header for a mistake (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#define QUANTOSCOPE_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma")))
#define QUANTOSCOPE_INLINE QUANTOSCOPE_VNNI __attribute__((always_inline)) inline

namespace quantoscope::cpu {

/// sum += a · b, four bytes a lane, a unsigned and b signed, without saturation. By name, not by the intrinsic:
/// g++ 12 copies every sum around that one, and 24 sums with 24 copies no longer fit into 32 registers.
QUANTOSCOPE_INLINE void addByteProducts(__m512i& sum, __m512i a, __m512i b)
{
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

/// sum += a · b, two signed 16-bit numbers a lane.
QUANTOSCOPE_INLINE void addPairProducts(__m512i& sum, __m512i a, __m512i b)
{
    asm("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

/// Of 16 lanes, the first `lanes`.
QUANTOSCOPE_INLINE __mmask16 maskOf(std::int64_t lanes)
{
    return __mmask16((std::uint32_t{1} << (lanes < 0 ? 0 : lanes > 16 ? 16 : lanes)) - 1);
}

/// For tile_sums.inl: 32 rows of W, four columns of K at a time.
struct VnniStep {
    using Codes = __m512i;
    using Sum = __m512i;
    static QUANTOSCOPE_INLINE Sum zero() { return _mm512_setzero_si512(); }
    static QUANTOSCOPE_INLINE Codes load(const std::byte* panel) { return _mm512_load_si512(panel); }
    static QUANTOSCOPE_INLINE Codes broadcast(const std::int32_t* x) { return _mm512_set1_epi32(*x); }
    static QUANTOSCOPE_INLINE void add(Sum& sum, Codes w, Codes x) { addByteProducts(sum, w, x); }
};

/// Two signed 16-bit numbers a lane.
struct VnniPairStep : VnniStep {
    static QUANTOSCOPE_INLINE void add(Sum& sum, Codes w, Codes x) { addPairProducts(sum, w, x); }
};

/// Half of a vector of sums at a time in FP64.
struct VnniDoubles {
    using Sum = __m512i;
    static constexpr int lanes = 8;
    __m512d values;

    template <int half>
    static QUANTOSCOPE_INLINE VnniDoubles widened(Sum sums) { return {_mm512_cvtepi32_pd(_mm512_extracti64x4_epi64(sums, half))}; }
    static QUANTOSCOPE_INLINE VnniDoubles load(const double* source) { return {_mm512_load_pd(source)}; }
    static QUANTOSCOPE_INLINE VnniDoubles broadcast(double value) { return {_mm512_set1_pd(value)}; }
    QUANTOSCOPE_INLINE void store(double* target) const { _mm512_store_pd(target, values); }
    QUANTOSCOPE_INLINE VnniDoubles times(VnniDoubles b) const { return {_mm512_mul_pd(values, b.values)}; }
    QUANTOSCOPE_INLINE VnniDoubles timesPlus(VnniDoubles b, VnniDoubles c) const { return {_mm512_fmadd_pd(values, b.values, c.values)}; }
    QUANTOSCOPE_INLINE VnniDoubles timesMinus(VnniDoubles b, VnniDoubles c) const { return {_mm512_fmsub_pd(values, b.values, c.values)}; }
};

}  // namespace quantoscope::cpu
#endif
