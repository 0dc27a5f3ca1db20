// SPDX-License-Identifier: Apache-2.0
// One or two bits a weight: signs and a mean magnitude, nothing to search for.
#include "core/quantization/block_format.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

constexpr std::size_t elements = 256;   // A number to stream by; there is no scale within the tensor.

// BitNet b1.58 (Ma et al., "The Era of 1-bit LLMs", 2024): clamp(round(w / γ), −1, 1) with γ the mean
// magnitude of the matrix, which its published code keeps at 1e-5 or more. Codes are two bits, lowest
// bits first: the level plus one.

float gammaOf(const BlockContext& context) { return std::max(context.tensorScale, 1e-5f); }

void encodeTernary(std::span<const float> values, const BlockContext& context, std::byte* codes, std::byte*)
{
    std::fill_n(codes, (values.size() + 3) / 4, std::byte{0});
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double level = std::clamp(std::nearbyint(double(values[i]) / gammaOf(context)), -1.0, 1.0);
        codes[i / 4] |= std::byte(unsigned(int(level) + 1) << 2 * (i % 4));
    }
}

void decodeTernary(const std::byte* codes, const std::byte*, const BlockContext& context, std::span<float> values,
                   std::uint16_t* levels)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        levels[i] = std::uint16_t(std::to_integer<unsigned>(codes[i / 4]) >> 2 * (i % 4) & 3);
        values[i] = float(int(levels[i]) - 1) * gammaOf(context);
    }
}

// XNOR-Net (Rastegari et al., 2016, eq. 6): the sign times the mean magnitude of the filter, which is
// the binary approximation of least squared error. Zero counts as positive.

void encodeBinary(std::span<const float> values, const BlockContext&, std::byte* codes, std::byte*)
{
    std::fill_n(codes, (values.size() + 7) / 8, std::byte{0});
    for (std::size_t i = 0; i < values.size(); ++i)
        codes[i / 8] |= std::byte(unsigned(values[i] >= 0) << i % 8);
}

void decodeBinary(const std::byte* codes, const std::byte*, const BlockContext& context, std::span<float> values,
                  std::uint16_t* levels)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        levels[i] = std::uint16_t(std::to_integer<unsigned>(codes[i / 8]) >> i % 8 & 1);
        values[i] = levels[i] ? context.tensorScale : -context.tensorScale;
    }
}

constexpr std::array rows{
    BlockFormat{"ternary", "BitNet b1.58: −1, 0 or 1 times the tensor's mean magnitude, two bits each", elements,
                elements / 4, 0, 2, encodeTernary, decodeTernary, 3, true, false, OuterScale::MeanOfTensor},
    BlockFormat{"binary", "XNOR-Net: the sign times the mean magnitude of the filter, one bit each", elements,
                elements / 8, 0, 1, encodeBinary, decodeBinary, 2, true, false, OuterScale::MeanOfFilter},
};

}  // namespace

std::span<const BlockFormat> signFormats()
{
    return rows;
}

}  // namespace quantoscope
