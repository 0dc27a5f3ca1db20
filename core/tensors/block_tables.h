// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace quantoscope::block_tables {

// What ggml's block types look up (ggml-common.h, ggml-impl.h).

/// kvalues_iq4nl
inline constexpr std::array<std::int8_t, 16> iq4Levels{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
/// Twice the values of E2M1, so that they are whole; the scales are halved in turn.
inline constexpr std::array<std::int8_t, 16> doubledE2m1{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
inline constexpr std::array<std::int8_t, 16> minusEight{-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};

/// Half of 2^(code − 127), exact down to where FP32 ends.
constexpr float halfPowerOfTwo(std::uint8_t code)
{
    return std::bit_cast<float>(code < 2 ? 0x00200000u << code : (code - 1u) << 23);
}

/// Half of an unsigned E4M3 as ggml reads it (ggml_ue4m3_to_fp32): the NaN is 0, the highest bit is not looked at elsewhere.
inline constexpr auto halfE4m3 = [] {
    std::array<float, 256> scales{};
    for (std::uint32_t code = 0; code < scales.size(); ++code) {
        const std::uint32_t magnitude = code & 0x7F;
        scales[code] = magnitude < 8 ? float(magnitude) * 0x1p-10f : std::bit_cast<float>((magnitude << 20) + (119u << 23));
    }
    scales[0x7F] = 0;
    return scales;
}();

}  // namespace quantoscope::block_tables
