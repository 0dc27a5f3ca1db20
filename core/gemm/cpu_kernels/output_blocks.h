// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/cpu_kernels/scratch.h"
#include "core/gemm/pulse.h"
#include "core/gemm/stored_matrix.h"
#include "core/parallel_for.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace quantoscope::cpu {

/// A rectangle of y that one thread computes alone.
struct OutputBlock {
    std::int64_t firstRow, rows;         ///< Of x and y.
    std::int64_t firstColumn, columns;   ///< Columns of y are rows of W.
};

/// 48 rows of W are a multiple of every tile width; 128 rows of x by 1024 FP32 columns are 512 KiB, which
/// a second-level cache holds while the tiles of W pass over it.
inline constexpr std::int64_t blockRows = 128, blockColumns = 48;

/// How y is cut; neither part depends on the machine, so neither do the digits.
struct BlockSize {
    std::int64_t rows = blockRows, columns = blockColumns;
};

/// Visits all of y in blocks, on all cores or on this one; false once the pulse says stop.
template <class Work>
bool forEachOutputBlock(std::int64_t rows, std::int64_t columns, const Pulse& pulse, const Work& work, BlockSize size = {},
                        bool onAllCores = true)
{
    const std::int64_t down = (rows + size.rows - 1) / size.rows, across = (columns + size.columns - 1) / size.columns;
    const auto visit = [&](std::size_t index) {
        if (!pulse.goesOn())
            return;
        const std::int64_t i = std::int64_t(index) % down * size.rows, j = std::int64_t(index) / down * size.columns;
        work(OutputBlock{i, std::min(size.rows, rows - i), j, std::min(size.columns, columns - j)});
    };
    if (onAllCores)
        return parallelFor(std::size_t(down * across), visit, pulse.progress().stop) && pulse.goesOn();
    for (std::size_t index = 0; index < std::size_t(down * across); ++index)
        visit(index);
    return pulse.goesOn();
}

/// For products with few rows of x, which wait for W: visits its rows in order, each thread a stretch of
/// about a quarter megabyte, so that whoever fetches ahead sees one long stream.
template <class Work>
bool forEachRowOfW(std::int64_t rows, std::int64_t rowBytes, const Pulse& pulse, const Work& work)
{
    const std::int64_t step = std::clamp<std::int64_t>((std::int64_t{1} << 18) / std::max<std::int64_t>(1, rowBytes), 1, rows);
    return parallelFor(std::size_t((rows + step - 1) / step), [&](std::size_t index) {
        if (!pulse.goesOn())
            return;
        const std::int64_t first = std::int64_t(index) * step;
        for (std::int64_t row = first; row < std::min(rows, first + step); ++row)
            work(row);
    }, pulse.progress().stop) && pulse.goesOn();
}

/// Asks for what stands 8 KiB behind `place` in W, into the second-level cache: the first level has too few open misses
/// to bring all of W, and an arithmetic loop looks only some hundred bytes ahead by itself.
template <int lines = 1>
inline void askForMore(const void* place)
{
    for (int line = 0; line < lines; ++line)
        __builtin_prefetch(static_cast<const std::byte*>(place) + 8192 + 64 * line, 0, 2);
}

/// y by tiles of up to `tileRows` rows and one column: with few rows of x as they lie in W, else in blocks whose
/// rows of W stay in a cache. `work(i, rows, j)` computes rows i … i + rows of column j.
template <class Work>
bool forEachStripOfW(std::int64_t rows, const StoredMatrix& w, const Pulse& pulse, std::int64_t tileRows, const Work& work)
{
    if (rows <= tileRows)
        return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) { work(0, rows, j); });
    return forEachOutputBlock(rows, w.rows, pulse, [&](const OutputBlock& block) {
        for (std::int64_t i = block.firstRow; i < block.firstRow + block.rows && pulse.goesOn(); i += tileRows)
            for (std::int64_t j = block.firstColumn; j < block.firstColumn + block.columns; ++j)
                work(i, std::min(tileRows, block.firstRow + block.rows - i), j);
    });
}

/// x with tiles of `tileRows` rows side by side: [tile][column][row of the tile], rows beyond the last one
/// zero. A kernel that broadcasts one number of each row then reads one stream; rows a power of two apart
/// would fall into the same few lines of the cache and drive each other out.
template <int tileRows, class Number, class Row>
Scratch<Number> packTiles(std::int64_t rows, std::int64_t columns, const Row& row)
{
    const std::int64_t tiles = (rows + tileRows - 1) / tileRows;
    Scratch<Number> packed(std::size_t(tiles * tileRows * columns));
    parallelFor(std::size_t(tiles), [&](std::size_t tile) {
        const std::int64_t first = std::int64_t(tile) * tileRows;
        Number* const own = packed.data() + first * columns;
        if (first + tileRows > rows)
            std::fill_n(own, tileRows * columns, Number());
        for (std::int64_t i = first; i < std::min(rows, first + tileRows); ++i) {
            const Number* source = row(i);
            Number* target = own + (i - first);
            for (std::int64_t k = 0; k < columns; ++k)
                target[k * tileRows] = source[k];
        }
    });
    return packed;
}

}  // namespace quantoscope::cpu
