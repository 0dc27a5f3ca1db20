// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quantoscope::benchmarks {

/// How fast this processor multiplies and adds if nothing has to be fetched: independent sums in registers.
struct ArithmeticLimit {
    std::string name;
    double (*run)();   ///< Returns how many operations it did.
};

#if defined(__x86_64__)
namespace limits {

// The instructions themselves: a compiler would merge the equal products of all sums into one. Operands are
// whatever the registers 12 and 13 hold after they were cleared.
constexpr long rounds = 200000, sums = 10;
#define QUANTOSCOPE_REPEAT(each)                                                                                    \
    long left = rounds;                                                                                                \
    asm volatile("vpxor %%xmm12, %%xmm12, %%xmm12\n vpxor %%xmm13, %%xmm13, %%xmm13\n"                                 \
                 "1:\n" each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7) each(8) each(9)                \
                 "dec %0\n jnz 1b\n vzeroupper"                                                                        \
                 : "+r"(left) : : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",      \
                   "xmm12", "xmm13", "xmm14", "xmm15", "cc")

inline double fmaAvx2()
{
#define QUANTOSCOPE_EACH(i) "vfmadd231ps %%ymm12, %%ymm13, %%ymm" #i "\n"
    QUANTOSCOPE_REPEAT(QUANTOSCOPE_EACH);
#undef QUANTOSCOPE_EACH
    return 2.0 * 8 * sums * rounds;
}

inline double fmaAvx512()
{
#define QUANTOSCOPE_EACH(i) "vfmadd231ps %%zmm12, %%zmm13, %%zmm" #i "\n"
    QUANTOSCOPE_REPEAT(QUANTOSCOPE_EACH);
#undef QUANTOSCOPE_EACH
    return 2.0 * 16 * sums * rounds;
}

/// Exact INT8 without VNNI: pairs of 16-bit products, then an addition.
inline double pairsAvx2()
{
#define QUANTOSCOPE_EACH(i) "vpmaddwd %%ymm12, %%ymm13, %%ymm14\n vpaddd %%ymm14, %%ymm" #i ", %%ymm" #i "\n"
    QUANTOSCOPE_REPEAT(QUANTOSCOPE_EACH);
#undef QUANTOSCOPE_EACH
    return 2.0 * 16 * sums * rounds;
}

inline double pairsAvx512()
{
#define QUANTOSCOPE_EACH(i) "vpmaddwd %%zmm12, %%zmm13, %%zmm14\n vpaddd %%zmm14, %%zmm" #i ", %%zmm" #i "\n"
    QUANTOSCOPE_REPEAT(QUANTOSCOPE_EACH);
#undef QUANTOSCOPE_EACH
    return 2.0 * 32 * sums * rounds;
}

/// INT4 by INT8: pairs of byte products added in 16 bits, which hold eight of them; the widening is left out.
inline double bytesAvx2()
{
#define QUANTOSCOPE_EACH(i) "vpmaddubsw %%ymm12, %%ymm13, %%ymm14\n vpaddw %%ymm14, %%ymm" #i ", %%ymm" #i "\n"
    QUANTOSCOPE_REPEAT(QUANTOSCOPE_EACH);
#undef QUANTOSCOPE_EACH
    return 2.0 * 32 * sums * rounds;
}

inline double vnni()
{
#define QUANTOSCOPE_EACH(i) "vpdpbusd %%zmm12, %%zmm13, %%zmm" #i "\n"
    QUANTOSCOPE_REPEAT(QUANTOSCOPE_EACH);
#undef QUANTOSCOPE_EACH
    return 2.0 * 64 * sums * rounds;
}

#undef QUANTOSCOPE_REPEAT

}  // namespace limits
#endif

inline std::vector<ArithmeticLimit> arithmeticLimits()
{
    std::vector<ArithmeticLimit> all;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        all.push_back({"limit: FP32 FMA, AVX2", limits::fmaAvx2});
        all.push_back({"limit: exact INT8, vpmaddwd, AVX2", limits::pairsAvx2});
        all.push_back({"limit: W4A8, vpmaddubsw, AVX2", limits::bytesAvx2});
    }
    if (__builtin_cpu_supports("avx512bw")) {
        all.push_back({"limit: FP32 FMA, AVX-512", limits::fmaAvx512});
        all.push_back({"limit: exact INT8, vpmaddwd, AVX-512", limits::pairsAvx512});
    }
    if (__builtin_cpu_supports("avx512vnni"))
        all.push_back({"limit: exact INT8, vpdpbusd, AVX-512", limits::vnni});
#endif
    return all;
}

}  // namespace quantoscope::benchmarks
