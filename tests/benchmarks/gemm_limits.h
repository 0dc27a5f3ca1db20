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
#define QUANTOSCOPE_LIMIT(name, productsEach, each)                                                                \
    inline double name()                                                                                               \
    {                                                                                                                  \
        long left = rounds;                                                                                            \
        asm volatile("vpxor %%xmm12, %%xmm12, %%xmm12\n vpxor %%xmm13, %%xmm13, %%xmm13\n"                             \
                     "1:\n" each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7) each(8) each(9)            \
                     "dec %0\n jnz 1b\n vzeroupper"                                                                    \
                     : "+r"(left) : : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",  \
                       "xmm12", "xmm13", "xmm14", "xmm15", "cc");                                                      \
        return 2.0 * productsEach * sums * rounds;                                                                     \
    }
#define QUANTOSCOPE_FMA(wide, i) "vfmadd231ps %%" wide "12, %%" wide "13, %%" wide #i "\n"
#define QUANTOSCOPE_TWO(multiply, add, wide, i) multiply " %%" wide "12, %%" wide "13, %%" wide "14\n " add " %%" wide "14, %%" wide #i ", %%" wide #i "\n"

#define QUANTOSCOPE_EACH(i) QUANTOSCOPE_FMA("ymm", i)
QUANTOSCOPE_LIMIT(fmaAvx2, 8, QUANTOSCOPE_EACH)
#undef QUANTOSCOPE_EACH
#define QUANTOSCOPE_EACH(i) QUANTOSCOPE_FMA("zmm", i)
QUANTOSCOPE_LIMIT(fmaAvx512, 16, QUANTOSCOPE_EACH)
#undef QUANTOSCOPE_EACH
// Exact INT8 without VNNI: pairs of 16-bit products, then an addition.
#define QUANTOSCOPE_EACH(i) QUANTOSCOPE_TWO("vpmaddwd", "vpaddd", "ymm", i)
QUANTOSCOPE_LIMIT(pairsAvx2, 16, QUANTOSCOPE_EACH)
#undef QUANTOSCOPE_EACH
#define QUANTOSCOPE_EACH(i) QUANTOSCOPE_TWO("vpmaddwd", "vpaddd", "zmm", i)
QUANTOSCOPE_LIMIT(pairsAvx512, 32, QUANTOSCOPE_EACH)
#undef QUANTOSCOPE_EACH
// INT4 by INT8: pairs of byte products added in 16 bits, which hold eight of them; the widening is left out.
#define QUANTOSCOPE_EACH(i) QUANTOSCOPE_TWO("vpmaddubsw", "vpaddw", "ymm", i)
QUANTOSCOPE_LIMIT(bytesAvx2, 32, QUANTOSCOPE_EACH)
#undef QUANTOSCOPE_EACH
#define QUANTOSCOPE_EACH(i) "vpdpbusd %%zmm12, %%zmm13, %%zmm" #i "\n"
QUANTOSCOPE_LIMIT(vnni, 64, QUANTOSCOPE_EACH)
#undef QUANTOSCOPE_EACH

#undef QUANTOSCOPE_TWO
#undef QUANTOSCOPE_FMA
#undef QUANTOSCOPE_LIMIT

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
