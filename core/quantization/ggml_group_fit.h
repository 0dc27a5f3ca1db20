// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace quantoscope {

// What ggml's K and IQ4 types do to find a scale for a group of 16 or 32 values (src/ggml-quants.c:
// make_qkx2_quants, make_qx_quants, make_q3_quants, quantize_row_iq4_nl_impl; without importance
// matrix). A lane works on one group, so every group's sums are added in the reference's order and the
// results are its bits, on every processor.

/// Rounds to nearest, ties to even, by the carry of an FP32 addition. Beyond ±2^22 the reference's
/// answer is whatever bits are left; the bytes agree there as well.
inline int nearestByCarry(float value)
{
    return int(std::bit_cast<std::uint32_t>(value + 12582912.0f) & 0x007FFFFFu) - 0x00400000;
}

/// Groups whose largest magnitude is below this count as zeros.
inline constexpr float smallestOfGroup = 1e-15f;

inline constexpr std::size_t mostGroups = 16;

/// What a fit found for each group; a code is clamp(nearestByCarry(inverse · (x − base))).
struct GroupFit {
    std::array<float, mostGroups> scale{}, minimum{};   ///< `minimum` as it is taken away: not negative.
    std::array<float, mostGroups> inverse{}, base{};    ///< 0 for groups whose codes are all 0.
};

/// Values ≈ scale · code − minimum with codes 0 … highest: tries `tries` inverse scales, solves each
/// time for scale and minimum in closed form, and keeps the best.
struct FitWithMinimum {
    int groups, length, highest;
    float first, stride;       ///< Of what is added to `highest` before it is divided by the range.
    int tries;
    bool absoluteError;        ///< Weighted |error| with weight |x|; else error² with weight rms + |x|.
};
GroupFit fitWithMinimum(const float* values, const FitWithMinimum&);

/// Values ≈ scale · code with codes −highest … highest − 1 and weights x²: 19 inverse scales.
GroupFit fitSymmetric(const float* values, int groups, int length, int highest);

/// The same model, by moving one code at a time while that lowers the error. `codes` gets code + highest
/// for every value, 0 in groups of zeros.
GroupFit fitByDescent(const float* values, int groups, int length, int highest, std::uint8_t* codes);

/// IQ4: 8 groups of 32; values ≈ scale · level with ggml's 16 levels and weights x², 16 inverse scales.
std::array<float, 8> fitIq4Scales(const float* values);

/// codes = clamp(nearestByCarry((x + add) / divisor), lowest, highest) − lowest.
void roundQuotients(const float* values, std::size_t count, float add, float divisor, int lowest, int highest,
                    std::uint8_t* codes);
/// Index of the IQ4 level nearest to factor · x; halfway, in FP32, the upper one.
void nearestIq4Levels(const float* values, std::size_t count, float factor, std::uint8_t* indices);

}  // namespace quantoscope
