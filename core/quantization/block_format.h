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
    float tensorScale = 1;    ///< For formats with a second scale for the whole tensor.
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
    bool isFlat = false;           ///< Blocks run over row ends, and the last may be short (bitsandbytes).
    bool takesScaleRule = false;
    double largestForTensor = 0;   ///< Tensor scale = largest |x| of the tensor over this; 0: there is none.
};

std::span<const BlockFormat> blockFormats();
const BlockFormat* findBlockFormat(std::string_view id);

// The families, each in a file of its own.
std::span<const BlockFormat> mxFormats();
std::span<const BlockFormat> bitsandbytesFormats();
std::span<const BlockFormat> ggmlFormats();
std::span<const BlockFormat> ggmlKFormats();
std::span<const BlockFormat> ggmlIq4Formats();

}  // namespace quantoscope
