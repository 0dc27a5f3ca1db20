// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace quantoscope {

/// ggml's Q4_K: 256 columns in 144 bytes. FP16 d and dmin, then eight scales and eight minima of six bits, one
/// for every 32 columns, then nibbles: byte l of the c-th 32 has column l of part 2c low and of part 2c + 1 high.
/// A weight is d·scale·q − dmin·min.
inline constexpr std::int64_t q4kColumns = 256;
inline constexpr std::size_t q4kBytes = 144;

struct Q4kScales {
    float d = 0, dmin = 0;
    std::uint64_t scales = 0, mins = 0;   ///< Eight bytes each, the first part lowest.

    int scale(std::int64_t part) const { return int(scales >> (8 * part) & 63u); }
    int min(std::int64_t part) const { return int(mins >> (8 * part) & 63u); }
};

/// The eight scales and the eight minima of a block, a byte each, the first part lowest: the twelve bytes taken
/// apart, all at a time. Parts 0 to 3 have six bits of their own, 4 to 7 four bits and the upper two of the others' bytes.
inline std::array<std::uint64_t, 2> bytesOfQ4kScales(const std::byte* block)
{
    std::uint32_t words[3];
    std::memcpy(words, block + 4, sizeof words);
    constexpr std::uint32_t sixBits = 0x3F3F3F3Fu, fourBits = 0x0F0F0F0Fu, twoBits = 0x03030303u;
    const std::uint32_t scalesAbove = (words[2] & fourBits) | (words[0] >> 6 & twoBits) << 4;
    const std::uint32_t minsAbove = (words[2] >> 4 & fourBits) | (words[1] >> 6 & twoBits) << 4;
    return {(words[0] & sixBits) | std::uint64_t(scalesAbove) << 32, (words[1] & sixBits) | std::uint64_t(minsAbove) << 32};
}

inline Q4kScales scalesOfQ4k(const std::byte* block)
{
    std::uint16_t halves[2];
    std::memcpy(halves, block, sizeof halves);
    const auto [scales, mins] = bytesOfQ4kScales(block);
    return {decodeNarrow<NarrowFp16>(halves[0]), decodeNarrow<NarrowFp16>(halves[1]), scales, mins};
}

/// Encodes a row as ggml does, byte for byte; the last block is filled up with zeros.
void storeQ4kRow(std::span<const float> values, std::byte* row);
/// Columns from `first` on, exact.
void decodeQ4kRow(const std::byte* row, std::int64_t first, std::span<double> values);

}  // namespace quantoscope
