// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/block_rows.h"

#include "core/tensors/block_kernels.h"
#include "core/tensors/element_decoder.h"

#include <algorithm>
#include <array>
#include <bit>

namespace quantoscope {

namespace {

constexpr std::size_t blocksAtOnce = 64;

float half(const std::uint8_t* at)
{
    return decodeFloat16(std::uint16_t(at[0] | at[1] << 8));
}

/// Half of 2^(code − 127), for tables of doubled values.
float halfPowerOfTwo(const std::uint8_t* at)
{
    return std::bit_cast<float>(*at < 2 ? 0x00200000u << *at : (*at - 1u) << 23);
}

/// Blocks of 32 values that begin with their scale, `scaleBytes` long; nibbles after it look a table up.
template <std::size_t scaleBytes, class ScaleOf>
void decodeNibbles(const std::uint8_t* blocks, std::size_t count, const std::int8_t* table, ScaleOf scaleOf, float* values)
{
    constexpr std::size_t bytes = scaleBytes + 16;
    std::array<float, blocksAtOnce> scales;
    for (std::size_t first = 0; first < count; first += blocksAtOnce) {
        const std::size_t here = std::min(blocksAtOnce, count - first);
        const std::uint8_t* const part = blocks + first * bytes;
        for (std::size_t i = 0; i < here; ++i)
            scales[i] = scaleOf(part + i * bytes);
        scaleNibbleBlocks(part + scaleBytes, here, bytes, table, scales.data(), values + first * 32);
    }
}

void decodeQ8_0(const std::uint8_t* blocks, std::size_t count, float* values)
{
    std::array<float, blocksAtOnce> scales;
    for (std::size_t first = 0; first < count; first += blocksAtOnce) {
        const std::size_t here = std::min(blocksAtOnce, count - first);
        const std::uint8_t* const part = blocks + first * 34;
        for (std::size_t i = 0; i < here; ++i)
            scales[i] = half(part + i * 34);
        scaleByteBlocks(part + 2, here, 34, scales.data(), values + first * 32);
    }
}

// The same tables as block_types.cpp, whose decoders of single blocks are what tests hold these to.
constexpr std::array<std::int8_t, 16> iq4Levels{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
constexpr std::array<std::int8_t, 16> doubledE2m1{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
constexpr std::array<std::int8_t, 16> minusEight{-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7};

}  // namespace

void decodeBlocks(const BlockType& type, const std::uint8_t* blocks, std::size_t count, float* values)
{
    if (type.id == "Q4_0")
        return decodeNibbles<2>(blocks, count, minusEight.data(), half, values);
    if (type.id == "IQ4_NL")
        return decodeNibbles<2>(blocks, count, iq4Levels.data(), half, values);
    if (type.id == "MXFP4")
        return decodeNibbles<1>(blocks, count, doubledE2m1.data(), halfPowerOfTwo, values);
    if (type.id == "Q8_0")
        return decodeQ8_0(blocks, count, values);
    for (std::size_t i = 0; i < count; ++i)
        type.decode(blocks + i * std::size_t(type.bytes), values + i * std::size_t(type.elements));
}

}  // namespace quantoscope
