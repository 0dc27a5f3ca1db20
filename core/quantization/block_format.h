// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantization_scheme.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace quantoscope {

/// What a block is encoded with besides its own values.
struct BlockContext {
    PowerOfTwoRule scaleRule = PowerOfTwoRule::Floor;
    float tensorScale = 1;    ///< For formats with an outer scale.
};

/// The one number that a format stores beside its blocks, for the whole tensor or each filter of it.
enum class OuterScale {
    None,
    LargestOfTensor,     ///< Largest |x| over `largestForTensor` (NVFP4).
    MeanOfTensor,        ///< Mean |x| (BitNet b1.58).
    MeanOfFilter,        ///< Mean |x| of each index of the first of two or more dimensions (XNOR-Net).
    MeanOfBlockScales,   ///< The mean of the scales, which are stored as differences from it (bitsandbytes).
};

/// A format in which a fixed number of neighbours are stored together, as one program or
/// specification defines it. One row of the table in block_formats.cpp; one file per family.
struct BlockFormat {
    std::string_view id;
    std::string_view sentence;
    int elements;             ///< Of a block, along the last dimension.
    int codeBytes;            ///< Of a block as `--codes` has it.
    int scaleBytes;           ///< Of a block as `--scales` has it; 0 where the block holds its scales.
    double bitsPerWeight;     ///< True ones, where codes are written one a byte.
    /// Any number of whole blocks; the last block of a flat format may be shorter. Values are finite.
    void (*encode)(std::span<const float> values, const BlockContext&, std::byte* codes, std::byte* scales);
    /// Values, and for each the number of its level within the format (0 … levels − 1).
    void (*decode)(const std::byte* codes, const std::byte* scales, const BlockContext&, std::span<float> values,
                   std::uint16_t* levels);
    int levels;
    bool isFlat = false;           ///< Blocks run over row ends, and the last may be short.
    bool takesScaleRule = false;
    OuterScale outerScale = OuterScale::None;
    double largestForTensor = 0;   ///< For LargestOfTensor: what the format reaches.
    int scaleEvery = 0;            ///< Where a block has several one-byte scales before its four-byte one: values of each.

    /// Bytes of the scales of this many values, outer scales not counted.
    std::size_t scaleBytesOf(std::size_t values) const;
    /// Bytes of the codes of this many values.
    std::size_t codeBytesOf(std::size_t values) const;
};

std::span<const BlockFormat> blockFormats();
const BlockFormat* findBlockFormat(std::string_view id);
/// How many outer scales a tensor of this shape has.
std::int64_t outerScaleCount(const BlockFormat&, const std::vector<std::int64_t>& shape);

// The families, each in a file of its own.
std::span<const BlockFormat> mxFormats();
std::span<const BlockFormat> bitsandbytesFormats();
std::span<const BlockFormat> ggmlFormats();
std::span<const BlockFormat> ggmlKFormats();
std::span<const BlockFormat> ggmlIq4Formats();
std::span<const BlockFormat> signFormats();

}  // namespace quantoscope
