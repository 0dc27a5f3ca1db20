// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/weight_layout.h"

#include <bit>
#include <cstdint>

/// From packed codes to pairs of FP16 in 32-bit registers, a few instructions a pair instead of a shift,
/// a mask and a conversion for every code. The tricks are those of Kim et al., "Who says elephants can't
/// run", 2022: bits put under a fitting exponent are a number. Host and GPU share them; every one is exact.
namespace quantoscope::gpu {

/// a · b + c in both halves, rounded once. Here it is never rounded at all.
QUANTOSCOPE_HOST_DEVICE inline std::uint32_t multiplyAddHalves(std::uint32_t a, std::uint32_t b, std::uint32_t c)
{
#if defined(__CUDACC__) && defined(__CUDA_ARCH__)
    std::uint32_t result;
    asm("fma.rn.f16x2 %0, %1, %2, %3;" : "=r"(result) : "r"(a), "r"(b), "r"(c));
    return result;
#else
    std::uint32_t result = 0;
    for (int shift = 0; shift < 32; shift += 16) {
        const auto half = [&](std::uint32_t pair) { return decodeNarrow<NarrowFp16>(pair >> shift & 0xFFFFu); };
        result |= encodeNarrow<NarrowFp16>(half(a) * half(b) + half(c)) << shift;
    }
    return result;
#endif
}

/// The instruction PRMT: each digit of the selector names a byte of the eight in low and high.
QUANTOSCOPE_HOST_DEVICE inline std::uint32_t selectBytes(std::uint32_t low, std::uint32_t high, std::uint32_t selector)
{
#if defined(__CUDACC__) && defined(__CUDA_ARCH__)
    return __byte_perm(low, high, selector);
#else
    std::uint32_t result = 0;
    for (int i = 0; i < 4; ++i) {
        const std::uint32_t which = selector >> (4 * i) & 7u;
        result |= ((which < 4 ? low >> (8 * which) : high >> (8 * (which - 4))) & 0xFFu) << (8 * i);
    }
    return result;
#endif
}

constexpr std::uint32_t bothHalves(std::uint32_t half) { return half << 16 | half; }

/// INT8: a byte under the exponent of 1024 is 1024 + byte, and flipping its top bit adds 128.
struct Int8Code {
    static constexpr int bits = 8;
    static constexpr bool usesTable = false, isInterleaved = false;
    QUANTOSCOPE_HOST_DEVICE static void decode(const std::uint32_t* words, const std::uint32_t*, std::uint32_t (&pairs)[4])
    {
        constexpr std::uint32_t one = bothHalves(0x3C00), minus1152 = bothHalves(0xE480);
        for (int word = 0; word < 2; ++word) {
            const std::uint32_t flipped = words[word] ^ 0x80808080u;
            pairs[2 * word] = multiplyAddHalves(selectBytes(flipped, 0x64646464u, 0x4140), one, minus1152);
            pairs[2 * word + 1] = multiplyAddHalves(selectBytes(flipped, 0x64646464u, 0x4342), one, minus1152);
        }
    }
};

/// INT4 in two's complement: 1024 + 8 + code, and in the next four bits 1024 + 16 · (8 + code).
struct Int4Code {
    static constexpr int bits = 4;
    static constexpr bool usesTable = false, isInterleaved = true;
    QUANTOSCOPE_HOST_DEVICE static void decode(const std::uint32_t* words, const std::uint32_t*, std::uint32_t (&pairs)[4])
    {
        constexpr std::uint32_t one = bothHalves(0x3C00), sixteenth = bothHalves(0x2C00);
        constexpr std::uint32_t minus1032 = bothHalves(0xE408), minus72 = bothHalves(0xD480);
        for (int half = 0; half < 2; ++half) {
            const std::uint32_t word = words[0] >> (8 * half);
            pairs[2 * half] = multiplyAddHalves((word & 0x000F000Fu) ^ 0x64086408u, one, minus1032);
            pairs[2 * half + 1] = multiplyAddHalves((word & 0x00F000F0u) ^ 0x64806480u, sixteenth, minus72);
        }
    }
};

/// E2M1: its exponent and fraction at the top of FP16's, subnormal and all, are the value times 2^-14.
struct E2m1Code {
    static constexpr int bits = 4;
    static constexpr bool usesTable = false, isInterleaved = true;
    QUANTOSCOPE_HOST_DEVICE static void decode(const std::uint32_t* words, const std::uint32_t*, std::uint32_t (&pairs)[4])
    {
        constexpr std::uint32_t twoTo14 = bothHalves(0x7400), minusZero = bothHalves(0x8000);
        const std::uint32_t word = words[0];
        const std::uint32_t signs[4] = {word << 12, word << 8, word << 4, word};
        const std::uint32_t magnitudes[4] = {word << 9, word << 5, word << 1, word >> 3};
        for (int pair = 0; pair < 4; ++pair)
            pairs[pair] = multiplyAddHalves((signs[pair] & 0x80008000u) | (magnitudes[pair] & 0x0E000E00u), twoTo14, minusZero);
    }
};

/// NF4 follows no formula: two levels at a time from a table of the 256 bytes. The levels are rounded to
/// FP16, as every kernel that multiplies them on tensor cores does: at most 2^-11 of each.
struct Nf4Code {
    static constexpr int bits = 4;
    static constexpr bool usesTable = true, isInterleaved = false;
    /// The table has eight copies side by side: lanes that look up together seldom meet on a bank.
    static constexpr int copies = 8, tableWords = 256 * copies;
    QUANTOSCOPE_HOST_DEVICE static std::uint32_t tableEntry(unsigned byte)
    {
        return level(byte & 15u) | level(byte >> 4) << 16;
    }
    /// A copy of core's levels, packed so that no register array is indexed; a test holds them together.
    QUANTOSCOPE_HOST_DEVICE static std::uint32_t level(unsigned code)
    {
        constexpr std::uint64_t first = 0xB652B833B992BC00, second = 0x0000ADD4B1EAB48D, third = 0x356833E031262D18,
                                fourth = 0x3C0039C93880370D;
        const std::uint64_t lower = code & 4u ? second : first, upper = code & 4u ? fourth : third;
        return std::uint32_t((code & 8u ? upper : lower) >> (16 * (code & 3u))) & 0xFFFFu;
    }
    /// `table` begins at this lane's copy.
    QUANTOSCOPE_HOST_DEVICE static void decode(const std::uint32_t* words, const std::uint32_t* table, std::uint32_t (&pairs)[4])
    {
        for (int pair = 0; pair < 4; ++pair)
            pairs[pair] = table[(words[0] >> (8 * pair) & 0xFFu) * copies];
    }
};

/// Scales as they lie on the GPU.
struct Fp16Scale {
    static constexpr int bytes = 2;
    QUANTOSCOPE_HOST_DEVICE static float decode(std::uint32_t code)
    {
#if defined(__CUDACC__) && defined(__CUDA_ARCH__)
        float value;
        asm("{ .reg .f16 h; mov.b16 h, %1; cvt.f32.f16 %0, h; }" : "=f"(value) : "h"(std::uint16_t(code)));
        return value;
#else
        return decodeNarrow<NarrowFp16>(code);
#endif
    }
};

/// The exponent field of FP32; code 0 is 2^-127, FP32's subnormal.
struct E8m0Scale {
    static constexpr int bytes = 1;
    QUANTOSCOPE_HOST_DEVICE static float decode(std::uint32_t code)
    {
        return std::bit_cast<float>(code ? code << 23 : 0x00400000u);
    }
};

/// What a weight-only kernel is compiled for. groupColumns 0: one FP32 scale a row.
template <class Code_, int groupColumns_, class Scale_>
struct WeightFormat {
    using Code = Code_;
    using Scale = Scale_;
    static constexpr int groupColumns = groupColumns_;
    static constexpr int groupsAChunk = groupColumns ? chunkColumns / groupColumns : 0;

    /// The scale of the 32 columns i of a chunk. `scales` are those of one row.
    QUANTOSCOPE_HOST_DEVICE static float scaleAt(const void* scales, std::int64_t chunk, int i)
    {
        const std::int64_t index = chunk * groupsAChunk + 32 * i / groupColumns;
        if constexpr (Scale::bytes == 1)
            return Scale::decode(static_cast<const std::uint8_t*>(scales)[index]);
        else
            return Scale::decode(static_cast<const std::uint16_t*>(scales)[index]);
    }
};

using Int8Rows = WeightFormat<Int8Code, 0, Fp16Scale>;
using Q8Blocks = WeightFormat<Int8Code, 32, Fp16Scale>;
using Int4Groups = WeightFormat<Int4Code, 128, Fp16Scale>;
using Q4Blocks = WeightFormat<Int4Code, 32, Fp16Scale>;
using Nf4Groups = WeightFormat<Nf4Code, 64, Fp16Scale>;
using Mxfp4Blocks = WeightFormat<E2m1Code, 32, E8m0Scale>;

}  // namespace quantoscope::gpu
