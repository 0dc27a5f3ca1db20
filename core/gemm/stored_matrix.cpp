// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/stored_matrix.h"

#include "core/gemm/element_codec.h"
#include "core/parallel_for.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {
namespace {

constexpr std::int64_t rowsAChunk(std::int64_t columns)
{
    return std::max<std::int64_t>(1, (1 << 16) / std::max<std::int64_t>(1, columns));
}

/// For ScaleSharing::Matrix: the largest magnitude of each chunk, then of all.
float matrixScale(std::span<const float> values, const OperandStorage& storage, const Progress& progress)
{
    constexpr std::size_t chunk = 1 << 16;
    std::vector<float> largest((values.size() + chunk - 1) / chunk);
    parallelFor(largest.size(), [&](std::size_t index) {
        largest[index] = largestMagnitude(values.subspan(index * chunk, std::min(chunk, values.size() - index * chunk)));
    }, progress.stop);
    return scaleFor(largest, storage);
}

}  // namespace

double storedBytes(const OperandStorage& storage, std::int64_t rows, std::int64_t columns)
{
    const double elements = double(rows) * double(columns) * bitsOf(storage.element) / 8;
    switch (storage.sharing) {
    case ScaleSharing::None: return elements;
    case ScaleSharing::Matrix: return elements + 4;
    case ScaleSharing::Row: return elements + 4.0 * double(rows);
    case ScaleSharing::Group: return elements + 2.0 * double(rows) * std::ceil(double(columns) / storage.groupColumns);
    }
    return elements;
}

double StoredMatrix::rowScale(std::int64_t index) const
{
    switch (storage.sharing) {
    case ScaleSharing::Matrix: return scales.front();
    case ScaleSharing::Row: return scales[std::size_t(index)];
    default: return 1;
    }
}

void StoredMatrix::decodeRow(std::int64_t index, std::int64_t first, std::span<double> values) const
{
    const bool grouped = storage.sharing == ScaleSharing::Group;
    const std::byte* source = row(index);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t column = first + std::int64_t(i);
        values[i] = elementAt(storage.element, source, column);
        if (grouped)
            values[i] *= scales[std::size_t(index * groups() + column / storage.groupColumns)];
    }
}

Result<StoredMatrix> storeMatrix(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                                 const OperandStorage& storage, const Progress& progress)
{
    StoredMatrix matrix{storage, rows, columns, 0, {}, {}};
    matrix.rowBytes = storedRowBytes(storage.element, columns);
    matrix.bytes.resize(std::size_t(rows) * matrix.rowBytes);
    matrix.scales.resize(std::size_t(scaleCount(storage, rows, columns)));
    const float oneScale = storage.sharing == ScaleSharing::Matrix ? matrixScale(values, storage, progress) : 1;
    if (storage.sharing == ScaleSharing::Matrix)
        matrix.scales = {oneScale};
    const std::int64_t scalesARow = storage.sharing == ScaleSharing::Matrix ? 0 : scaleCount(storage, 1, columns);
    const std::int64_t step = rowsAChunk(columns);
    const bool finished = parallelFor(std::size_t((rows + step - 1) / step), [&](std::size_t chunk) {
        const std::int64_t first = std::int64_t(chunk) * step;
        for (std::int64_t row = first; row < std::min(rows, first + step); ++row)
            storeRow(values.subspan(std::size_t(row * columns), std::size_t(columns)), storage, oneScale,
                     matrix.bytes.data() + std::size_t(row) * matrix.rowBytes, matrix.scales.data() + row * scalesARow);
    }, progress.stop);
    if (!finished)
        return cancelled();
    return matrix;
}

}  // namespace quantoscope
