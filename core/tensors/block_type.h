// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace quantoscope {

/// One row of the table of ggml's block types: `elements` values that share scales, in `bytes` bytes.
struct BlockType {
    std::string_view id;      ///< In ggml's spelling: "Q4_K".
    std::uint32_t ggmlId;     ///< enum ggml_type
    int elements;             ///< At most mostBlockElements.
    int bytes;
    void (*decode)(const std::uint8_t* block, float* values);   ///< nullptr: listed, but its values cannot be read.
};

inline constexpr int mostBlockElements = 256;

std::span<const BlockType> blockTypes();
const BlockType* findBlockType(std::uint32_t ggmlId);

}  // namespace quantoscope
