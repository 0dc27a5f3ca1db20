// SPDX-License-Identifier: Apache-2.0
#pragma once

// For kernels of bytes on processors with AVX2 and no VNNI; only they include this.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#define QUANTOSCOPE_AVX2 __attribute__((target("avx2,fma")))
#define QUANTOSCOPE_INLINE QUANTOSCOPE_AVX2 __attribute__((always_inline)) inline

namespace quantoscope::cpu {

/// What steps for tile_sums.inl have in common: 16 rows of W, four columns of K at a time.
struct Avx2Step {
    using Codes = __m256i;
    using Sum = __m256i;
    static QUANTOSCOPE_INLINE Sum zero() { return _mm256_setzero_si256(); }
    static QUANTOSCOPE_INLINE Codes load(const std::byte* panel) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(panel)); }
    static QUANTOSCOPE_INLINE Codes broadcast(const std::int32_t* x) { return _mm256_set1_epi32(*x); }
};

/// Unsigned nibbles of W by bytes of x, two products a 16-bit lane: vpmaddubsw cannot saturate, each pair adds at
/// most 2 · 15 · 127 = 3810, and eight of these fit: 32 columns.
struct NibbleStep : Avx2Step {
    static QUANTOSCOPE_INLINE void addBoth(Sum& left, Sum& right, Codes wLeft, Codes wRight, Codes x)
    {
        left = _mm256_add_epi16(left, _mm256_maddubs_epi16(wLeft, x));
        right = _mm256_add_epi16(right, _mm256_maddubs_epi16(wRight, x));
        asm("" : "+x"(left), "+x"(right));   // One register before and after, as in int8_exact.cpp. One by one: a tenth slower.
    }
};

/// Two signed 16-bit numbers a lane.
struct PairStep : Avx2Step {
    static QUANTOSCOPE_INLINE void add(Sum& sum, Codes w, Codes x) { sum = _mm256_add_epi32(sum, _mm256_madd_epi16(w, x)); }
};

/// Half of a vector of sums at a time in FP64.
struct Avx2Doubles {
    using Sum = __m256i;
    static constexpr int lanes = 4;
    __m256d values;

    template <int half>
    static QUANTOSCOPE_INLINE Avx2Doubles widened(Sum sums) { return {_mm256_cvtepi32_pd(_mm256_extracti128_si256(sums, half))}; }
    static QUANTOSCOPE_INLINE Avx2Doubles load(const double* source) { return {_mm256_load_pd(source)}; }
    static QUANTOSCOPE_INLINE Avx2Doubles broadcast(double value) { return {_mm256_set1_pd(value)}; }
    QUANTOSCOPE_INLINE void store(double* target) const { _mm256_store_pd(target, values); }
    QUANTOSCOPE_INLINE Avx2Doubles times(Avx2Doubles b) const { return {_mm256_mul_pd(values, b.values)}; }
    QUANTOSCOPE_INLINE Avx2Doubles timesPlus(Avx2Doubles b, Avx2Doubles c) const { return {_mm256_fmadd_pd(values, b.values, c.values)}; }
    QUANTOSCOPE_INLINE Avx2Doubles timesMinus(Avx2Doubles b, Avx2Doubles c) const { return {_mm256_fmsub_pd(values, b.values, c.values)}; }
};

}  // namespace quantoscope::cpu
#endif
