// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/stored_matrix.h"

#include "core/gemm/element_codec.h"
#include "core/gemm/q4_k_rows.h"
#include "core/parallel_for.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {
namespace {

constexpr std::int64_t rowsAChunk(std::int64_t columns)
{
    return std::max<std::int64_t>(1, (1 << 16) / std::max<std::int64_t>(1, columns));
}

/// The scale of the whole matrix, where there is one: the largest magnitude of each chunk, then of all.
float matrixScale(std::span<const float> values, const OperandStorage& storage, const Progress& progress)
{
    constexpr std::size_t chunk = 1 << 16;
    std::vector<float> largest((values.size() + chunk - 1) / chunk);
    parallelFor(largest.size(), [&](std::size_t index) {
        largest[index] = largestMagnitude(values.subspan(index * chunk, std::min(chunk, values.size() - index * chunk)));
    }, progress.stop);
    return matrixScaleFor(largest, storage);
}

}  // namespace

double storedBytes(const OperandStorage& storage, std::int64_t rows, std::int64_t columns)
{
    if (storage.element == ElementType::Q4k)
        return double(rows) * std::ceil(double(columns) / q4kColumns) * q4kBytes;
    const double elements = double(rows) * double(columns) * bitsOf(storage.element) / 8;
    switch (storage.sharing) {
    case ScaleSharing::None: return elements;
    case ScaleSharing::Matrix: return elements + 4;
    case ScaleSharing::Row: return elements + 4.0 * double(rows);
    case ScaleSharing::Group: {
        constexpr double bytes[] = {2, 4, 1, 1};   // In the order of ScaleFormat.
        return elements + bytes[int(storage.scaleFormat)] * double(scaleCount(storage, rows, columns))
            + (storage.scaleFormat == ScaleFormat::Ue4m3 ? 3 : 0);   // The matrix's own is FP32.
    }
    }
    return elements;
}

double StoredMatrix::rowScale(std::int64_t index) const
{
    return rowScaleOf(storage, scales, index);
}

void StoredMatrix::decodeRow(std::int64_t index, std::int64_t first, std::span<double> values) const
{
    if (storage.element == ElementType::Q4k)
        return decodeQ4kRow(row(index), first, values);
    decodeStoredRow(storage, row(index), scales, index, columns, first, values);
}

Result<StoredMatrix> storeMatrix(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                                 const OperandStorage& storage, const Progress& progress)
{
    StoredMatrix matrix{storage, rows, columns, 0, {}, {}};
    matrix.rowBytes = storedRowBytes(storage.element, columns);
    matrix.bytes.resize(std::size_t(rows) * matrix.rowBytes);
    matrix.scales.resize(std::size_t(scaleCount(storage, rows, columns)));
    const bool hasMatrixScale = storage.sharing == ScaleSharing::Matrix || storage.scaleFormat == ScaleFormat::Ue4m3;
    const float oneScale = hasMatrixScale ? matrixScale(values, storage, progress) : 1;
    prepareScales(values, rows, columns, storage, oneScale, matrix.scales);
    const std::int64_t step = rowsAChunk(columns);
    const bool finished = parallelFor(std::size_t((rows + step - 1) / step), [&](std::size_t chunk) {
        const std::int64_t first = std::int64_t(chunk) * step;
        for (std::int64_t row = first; row < std::min(rows, first + step); ++row) {
            const auto own = values.subspan(std::size_t(row * columns), std::size_t(columns));
            std::byte* target = matrix.bytes.data() + std::size_t(row) * matrix.rowBytes;
            if (storage.element == ElementType::Q4k)
                storeQ4kRow(own, target);
            else
                storeRow(own, storage, oneScale, target, matrix.scales.data() + firstScaleOfRow(storage, row, columns));
        }
    }, progress.stop);
    if (!finished)
        return cancelled();
    return matrix;
}

}  // namespace quantoscope
