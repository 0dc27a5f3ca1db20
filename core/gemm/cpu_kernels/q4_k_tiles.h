// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/packed_bytes.h"
#include "core/gemm/q4_k_rows.h"

#include <vector>

namespace quantoscope::cpu {

#if defined(__x86_64__)
/// 16 columns of a block of Q4_K, `first` from its start, a nibble a byte.
inline __m128i nibblesOfQ4k(const std::byte* block, std::int64_t first)
{
    const std::int64_t part = first / 32;
    const __m128i both = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 + part / 2 * 32 + first % 32));
    return _mm_and_si128(part % 2 ? _mm_srli_epi16(both, 4) : both, _mm_set1_epi8(15));
}
#endif

/// x in INT8 with a scale for every 256, in tiles for panels of Q4_K.
template <int tileRows>
struct Q4kTiles {
    std::int64_t columns = 0, blocks = 0;   ///< Columns: of K, up to a multiple of 32.
    Scratch<std::int32_t> codes;            ///< [tile][four columns][row of the tile]
    std::vector<std::int32_t> pairs;        ///< [tile][block][two parts][row]: the sums of their codes, in 16 bits each.
    std::vector<float> scales;              ///< [tile][block][row]

    struct Tile {
        const std::int32_t *codes, *pairs;
        const float* scales;
    };
    Tile tile(std::int64_t i, std::int64_t k) const
    {
        const std::int64_t at = (i / tileRows * blocks + k / q4kColumns) * tileRows;
        return {codes.data() + (i * columns + k * tileRows) / 4, pairs.data() + 4 * at, scales.data() + at};
    }
};

template <int tileRows>
Q4kTiles<tileRows> makeQ4kTiles(const StoredMatrix& x)
{
    Q4kTiles<tileRows> tiles{(x.columns + 31) / 32 * 32, (x.columns + q4kColumns - 1) / q4kColumns, {}, {}, {}};
    tiles.codes = packTiles<tileRows, std::int32_t>(x.rows, tiles.columns / 4, [&](std::int64_t i) { return x.rowAs<std::int32_t>(i); });
    tiles.scales.resize(std::size_t((x.rows + tileRows - 1) / tileRows * tileRows * tiles.blocks));
    tiles.pairs.resize(4 * tiles.scales.size());
    parallelFor(std::size_t(x.rows), [&](std::size_t index) {
        const auto row = std::int64_t(index);
        const auto* own = x.rowAs<std::int8_t>(row);
        for (std::int64_t b = 0; b < tiles.blocks; ++b) {
            const std::int64_t at = (row / tileRows * tiles.blocks + b) * tileRows;
            tiles.scales[std::size_t(at + row % tileRows)] = x.scales[std::size_t(row * x.groups() + b)];
            for (std::int64_t part = 0; part < 8; ++part) {
                const std::int64_t first = b * q4kColumns + 32 * part;
                std::int32_t sum = 0;
                for (std::int64_t k = first; k < std::min(x.columns, first + 32); ++k)
                    sum += own[k];
                tiles.pairs[std::size_t(4 * at + part / 2 * tileRows + row % tileRows)] |= part % 2 ? std::int32_t(std::uint32_t(sum) << 16) : sum & 0xFFFF;
            }
        }
    });
    return tiles;
}

}  // namespace quantoscope::cpu
