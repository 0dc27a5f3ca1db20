// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/block_rows.h"

#include "core/tensors/block_kernels.h"
#include "core/tensors/block_tables.h"

#include <algorithm>
#include <array>
#include <bit>

namespace quantoscope {

namespace {

using namespace block_tables;

constexpr std::size_t blocksAtOnce = 64;

/// The FP16 numbers that blocks begin with, as decodeFloat16() but without a branch, so that the compiler makes
/// several at once.
void halves(const std::uint8_t* blocks, std::size_t count, std::size_t stride, float* scales)
{
    std::array<std::uint32_t, blocksAtOnce> codes;
    for (std::size_t i = 0; i < count; ++i)
        codes[i] = std::uint32_t(blocks[i * stride] | blocks[i * stride + 1] << 8);
    for (std::size_t i = 0; i < count; ++i) {
        const float magnitude = std::bit_cast<float>((codes[i] & 0x7FFF) << 13) * 0x1p112f;
        const std::uint32_t special = (codes[i] & 0x7C00) == 0x7C00 ? 0x7F800000u : 0;   // infinity and NaN
        scales[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | special | (codes[i] & 0x8000) << 16);
    }
}

/// The powers of two that blocks begin with, halved for tables of doubled values.
void halfPowersOfTwo(const std::uint8_t* blocks, std::size_t count, std::size_t stride, float* scales)
{
    for (std::size_t i = 0; i < count; ++i)
        scales[i] = halfPowerOfTwo(blocks[i * stride]);
}

/// Blocks of 32 values that begin with their scale, `scaleBytes` long; nibbles after it look a table up.
template <std::size_t scaleBytes, class ScalesOf>
void decodeNibbles(const std::uint8_t* blocks, std::size_t count, const std::int8_t* table, ScalesOf scalesOf, float* values)
{
    constexpr std::size_t bytes = scaleBytes + 16;
    std::array<float, blocksAtOnce> scales;
    for (std::size_t first = 0; first < count; first += blocksAtOnce) {
        const std::size_t here = std::min(blocksAtOnce, count - first);
        const std::uint8_t* const part = blocks + first * bytes;
        scalesOf(part, here, bytes, scales.data());
        scaleNibbleBlocks(part + scaleBytes, here, bytes, table, scales.data(), values + first * 32);
    }
}

void decodeQ8_0(const std::uint8_t* blocks, std::size_t count, float* values)
{
    std::array<float, blocksAtOnce> scales;
    for (std::size_t first = 0; first < count; first += blocksAtOnce) {
        const std::size_t here = std::min(blocksAtOnce, count - first);
        const std::uint8_t* const part = blocks + first * 34;
        halves(part, here, 34, scales.data());
        scaleByteBlocks(part + 2, here, 34, scales.data(), values + first * 32);
    }
}

/// Four groups of 16 with a scale each, in unsigned E4M3.
void decodeNvfp4(const std::uint8_t* blocks, std::size_t count, float* values)
{
    std::array<float, 4 * blocksAtOnce> scales;
    for (std::size_t first = 0; first < count; first += blocksAtOnce) {
        const std::size_t here = std::min(blocksAtOnce, count - first);
        const std::uint8_t* const part = blocks + first * 36;
        for (std::size_t i = 0; i < 4 * here; ++i)
            scales[i] = halfE4m3[part[i / 4 * 36 + i % 4]];
        scaleNibblePairs(part + 4, here, 36, doubledE2m1.data(), scales.data(), values + first * 64);
    }
}

}  // namespace

void decodeBlocks(const BlockType& type, const std::uint8_t* blocks, std::size_t count, float* values)
{
    if (type.id == "Q4_0")
        return decodeNibbles<2>(blocks, count, minusEight.data(), halves, values);
    if (type.id == "IQ4_NL")
        return decodeNibbles<2>(blocks, count, iq4Levels.data(), halves, values);
    if (type.id == "MXFP4")
        return decodeNibbles<1>(blocks, count, doubledE2m1.data(), halfPowersOfTwo, values);
    if (type.id == "NVFP4")
        return decodeNvfp4(blocks, count, values);
    if (type.id == "Q8_0")
        return decodeQ8_0(blocks, count, values);
    for (std::size_t i = 0; i < count; ++i)
        type.decode(blocks + i * std::size_t(type.bytes), values + i * std::size_t(type.elements));
}

}  // namespace quantoscope
