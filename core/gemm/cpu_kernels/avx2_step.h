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
    static QUANTOSCOPE_INLINE void add(Sum& sum, Codes w, Codes x)
    {
        sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(w, x));
        asm("" : "+x"(sum));   // One register before and after, as in int8_exact.cpp.
    }
};

}  // namespace quantoscope::cpu
#endif
