// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/stored_matrix.h"

#include "core/formats/narrow_float.h"
#include "core/gemm/nf4_levels.h"
#include "core/parallel_for.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace quantoscope {
namespace {

/// What the largest magnitude under a scale becomes.
double largestCode(ElementType element)
{
    switch (element) {
    case ElementType::E4m3: return 448;
    case ElementType::Int8: return 127;
    case ElementType::Int4: return 7;
    default: return 1;   // NF4's levels end at ±1.
    }
}

float largestMagnitude(std::span<const float> values)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

float scaleFor(std::span<const float> values, const OperandStorage& storage)
{
    const float scale = float(largestMagnitude(values) / largestCode(storage.element));
    const float rounded = storage.sharing == ScaleSharing::Group
        ? decodeNarrow<NarrowFp16>(encodeNarrow<NarrowFp16>(scale, true)) : scale;
    return rounded > 0 ? rounded : 1;   // All zeros: any scale does.
}

int integerCode(double value, int largest)
{
    return int(std::nearbyint(std::clamp<double>(value, -largest, largest)));
}

void putNibble(std::byte* row, std::int64_t column, unsigned code)
{
    row[column / 2] |= std::byte(column % 2 ? code << 4 : code);
}

unsigned nibble(const std::byte* row, std::int64_t column)
{
    return unsigned(row[column / 2]) >> (column % 2 ? 4 : 0) & 15u;
}

/// Writes the code of one value that is already divided by its scale.
void putElement(ElementType element, std::byte* row, std::int64_t column, double value)
{
    const auto put = [&](auto stored) { std::memcpy(row + column * sizeof stored, &stored, sizeof stored); };
    switch (element) {
    case ElementType::Fp64: return put(value);
    case ElementType::Fp32: return put(float(value));
    case ElementType::Tf32: return put(roundToTf32(float(value)));
    case ElementType::Fp16: return put(std::uint16_t(encodeNarrow<NarrowFp16>(float(value))));
    case ElementType::Bf16: return put(std::uint16_t(encodeNarrow<NarrowBf16>(float(value))));
    case ElementType::E4m3: return put(std::uint8_t(encodeNarrow<NarrowE4m3>(float(value), true)));
    case ElementType::Int8: return put(std::int8_t(integerCode(value, 127)));
    case ElementType::Int4: return putNibble(row, column, unsigned(integerCode(value, 7)) & 15u);
    case ElementType::Nf4: return putNibble(row, column, nearestNf4Code(value));
    }
}

double elementAt(ElementType element, const std::byte* row, std::int64_t column)
{
    const auto get = [&](auto stored) {
        std::memcpy(&stored, row + column * sizeof stored, sizeof stored);
        return stored;
    };
    switch (element) {
    case ElementType::Fp64: return get(double{});
    case ElementType::Fp32:
    case ElementType::Tf32: return get(float{});
    case ElementType::Fp16: return decodeNarrow<NarrowFp16>(get(std::uint16_t{}));
    case ElementType::Bf16: return decodeNarrow<NarrowBf16>(get(std::uint16_t{}));
    case ElementType::E4m3: return decodeNarrow<NarrowE4m3>(get(std::uint8_t{}));
    case ElementType::Int8: return get(std::int8_t{});
    case ElementType::Int4: return int(nibble(row, column) ^ 8u) - 8;
    case ElementType::Nf4: return nf4Levels[nibble(row, column)];
    }
    return 0;
}

void storeRow(std::span<const float> values, std::int64_t row, StoredMatrix& matrix)
{
    const OperandStorage& storage = matrix.storage;
    std::byte* target = matrix.bytes.data() + std::size_t(row) * matrix.rowBytes;
    if (storage.element == ElementType::Fp32) {
        std::memcpy(target, values.data(), values.size_bytes());
        return;
    }
    const std::int64_t columns = matrix.columns;
    const std::int64_t group = storage.sharing == ScaleSharing::Group ? storage.groupColumns : columns;
    for (std::int64_t first = 0; first < columns; first += group) {
        const auto part = values.subspan(std::size_t(first), std::size_t(std::min(group, columns - first)));
        float scale = 1;
        if (storage.sharing == ScaleSharing::Matrix) {
            scale = matrix.scales.front();
        } else if (storage.sharing != ScaleSharing::None) {
            scale = scaleFor(part, storage);
            const std::int64_t groups = storage.sharing == ScaleSharing::Group ? matrix.groups() : 1;
            matrix.scales[std::size_t(row * groups + first / group)] = scale;
        }
        for (std::size_t column = 0; column < part.size(); ++column)
            putElement(storage.element, target, first + std::int64_t(column), double(part[column]) / scale);
    }
}

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
    if (storage.sharing == ScaleSharing::Matrix)
        matrix.scales = {matrixScale(values, storage, progress)};
    const std::int64_t step = rowsAChunk(columns);
    const bool finished = parallelFor(std::size_t((rows + step - 1) / step), [&](std::size_t chunk) {
        const std::int64_t first = std::int64_t(chunk) * step;
        for (std::int64_t row = first; row < std::min(rows, first + step); ++row)
            storeRow(values.subspan(std::size_t(row * columns), std::size_t(columns)), row, matrix);
    }, progress.stop);
    if (!finished)
        return cancelled();
    return matrix;
}

}  // namespace quantoscope
