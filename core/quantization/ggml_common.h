// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/narrow_float.h"
#include "core/quantization/block_format.h"
#include "core/tensors/block_type.h"

#include <cstring>

namespace quantoscope::ggml {

// What the files of ggml's block formats share. Values are decoded by the table of block types that
// reads GGUF files, so that an encoder is held against the reader's own arithmetic.

inline void putHalf(std::byte* to, float value)
{
    const auto code = std::uint16_t(encodeNarrow<NarrowFp16>(value));
    std::memcpy(to, &code, 2);
}

inline float halfAt(const std::byte* from)
{
    std::uint16_t code;
    std::memcpy(&code, from, 2);
    return decodeNarrow<NarrowFp16>(code);
}

inline unsigned byteAt(const std::byte* from) { return std::to_integer<unsigned>(*from); }

/// Which level each value of a block is stored as.
using CodesOf = void (*)(const std::byte* block, std::uint16_t* levels);

template <std::uint32_t ggmlId, CodesOf codesOf>
void decodeAs(const std::byte* blocks, const std::byte*, const BlockContext&, std::span<float> values, std::uint16_t* levels)
{
    static const BlockType& type = *findBlockType(ggmlId);
    for (std::size_t at = 0; at < values.size(); at += std::size_t(type.elements), blocks += type.bytes) {
        type.decode(reinterpret_cast<const std::uint8_t*>(blocks), values.data() + at);
        codesOf(blocks, levels + at);
    }
}

/// Encodes block by block.
template <int elements, int bytes, void (*encodeBlock)(const float* values, std::byte* block)>
void encodeEach(std::span<const float> values, const BlockContext&, std::byte* blocks, std::byte*)
{
    for (std::size_t at = 0; at + elements <= values.size(); at += elements, blocks += bytes)
        encodeBlock(values.data() + at, blocks);
}

constexpr BlockFormat row(std::string_view id, int elements, int bytes, int levels, decltype(BlockFormat::encode) encode,
                          decltype(BlockFormat::decode) decode, std::string_view sentence)
{
    return {id, sentence, elements, bytes, 0, 8.0 * bytes / elements, encode, decode, levels};
}

}  // namespace quantoscope::ggml
