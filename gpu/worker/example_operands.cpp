// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/example_operands.h"

#include "core/gemm/element_codec.h"
#include "core/random.h"

#include <atomic>
#include <bit>
#include <limits>
#include <thread>

namespace quantoscope::gpu {
namespace {

/// On all cores; the worker has no thread library but the standard one.
template <class Work>
void inParallel(std::int64_t count, const Work& work)
{
    std::atomic<std::int64_t> next = 0;
    std::vector<std::thread> threads;
    const std::int64_t wanted = std::min<std::int64_t>(count, std::max(1u, std::thread::hardware_concurrency()));
    for (std::int64_t i = 0; i < wanted; ++i)
        threads.emplace_back([&] {
            for (std::int64_t index = next++; index < count; index = next++)
                work(index);
        });
    for (std::thread& thread : threads)
        thread.join();
}

float exampleValue(ExampleData data, const RandomStream& stream, std::uint64_t counter)
{
    switch (data) {
    case ExampleData::Normal:
    case ExampleData::Outliers: return float(stream.normal(counter));
    case ExampleData::Uniform: return float(2 * stream.uniform(counter) - 1);
    case ExampleData::Positive: return std::abs(float(stream.normal(counter)));
    case ExampleData::Zeros: return 0;
    case ExampleData::Largest: return stream.bits(counter) % 2 ? 127.0f : -127.0f;   // Every INT8 code at its end.
    }
    return 0;
}

std::vector<float> makeMatrix(std::int64_t rows, std::int64_t columns, ExampleData data, const RandomStream& stream)
{
    std::vector<float> values(std::size_t(rows * columns));
    inParallel(rows, [&](std::int64_t row) {
        for (std::int64_t i = row * columns; i < (row + 1) * columns; ++i)
            values[std::size_t(i)] = exampleValue(data, stream, std::uint64_t(i));
    });
    return values;
}

void storeMatrix(const std::vector<float>& values, std::int64_t rows, std::int64_t columns, const OperandStorage& storage,
                 std::vector<std::byte>& bytes, std::vector<float>& scales)
{
    const std::size_t rowBytes = storedRowBytes(storage.element, columns);
    bytes.assign(std::size_t(rows) * rowBytes, std::byte{0});
    scales.assign(std::size_t(scaleCount(storage, rows, columns)), 1);
    const float matrixScale = prepareScales(values, rows, columns, storage, matrixScaleFor(values, storage), scales);
    inParallel(rows, [&](std::int64_t row) {
        storeRow(std::span(values).subspan(std::size_t(row * columns), std::size_t(columns)), storage, matrixScale,
                 bytes.data() + std::size_t(row) * rowBytes, scales.data() + firstScaleOfRow(storage, row, columns));
    });
}

/// A stored row in FP64, with its scale where that does not wait for the sum.
std::vector<double> decodeRow(const OperandStorage& storage, const std::vector<std::byte>& bytes, const std::vector<float>& scales,
                              std::int64_t row, std::int64_t columns)
{
    std::vector<double> values(static_cast<std::size_t>(columns));
    decodeStoredRow(storage, bytes.data() + std::size_t(row) * storedRowBytes(storage.element, columns), scales, row, columns, 0, values);
    return values;
}

}  // namespace

const char* nameOf(ExampleData data)
{
    constexpr const char* names[] = {"normal", "uniform", "outliers", "zeros", "largest", "positive"};
    return names[int(data)];
}

namespace {

std::vector<float> makeX(const ProductShape& shape, ExampleData data, std::uint64_t seed)
{
    std::vector<float> x = makeMatrix(shape.m, shape.k, data, RandomStream(seed, 0));
    if (data == ExampleData::Outliers)   // One input channel, sixty times as large.
        for (std::int64_t row = 0; row < shape.m; ++row)
            x[std::size_t(row * shape.k + shape.k / 2)] *= 60;
    return x;
}

void storeX(const ExampleOperands& example, StoredExample& stored)
{
    const auto [m, n, k] = example.shape;
    const KernelRow& row = *stored.row;
    if (!row.quantizesX)
        return storeMatrix(example.x, m, k, row.x, stored.x, stored.xScales);
    std::vector<float> none;   // It quantizes what FP16 has left of x.
    storeMatrix(example.x, m, k, arrivingX(row), stored.arrivingX, none);
    std::vector<float> rounded(example.x.size());
    const std::size_t rowBytes = storedRowBytes(ElementType::Fp16, k);
    inParallel(m, [&, k = k](std::int64_t i) {
        for (std::int64_t column = 0; column < k; ++column)
            rounded[std::size_t(i * k + column)] = float(elementAt(ElementType::Fp16, stored.arrivingX.data() + std::size_t(i) * rowBytes, column));
    });
    storeMatrix(rounded, m, k, row.x, stored.x, stored.xScales);
}

}  // namespace

ExampleOperands makeExample(const ProductShape& shape, ExampleData data, std::uint64_t seed)
{
    return {shape, makeX(shape, data, seed), makeMatrix(shape.n, shape.k, data, RandomStream(seed, 1))};
}

StoredExample store(const ExampleOperands& example, const KernelRow& row)
{
    StoredExample stored{&row, example.shape, {}, {}, {}, {}, {}};
    storeX(example, stored);
    storeMatrix(example.w, example.shape.n, example.shape.k, row.w, stored.w, stored.wScales);
    return stored;
}

void changeRows(ExampleOperands& example, StoredExample& stored, std::int64_t m, ExampleData data, std::uint64_t seed)
{
    example.shape.m = stored.shape.m = m;
    example.x = makeX(example.shape, data, seed);
    storeX(example, stored);
}

ExampleError errorOf(const ExampleOperands& example, const StoredExample& stored, const std::vector<std::int64_t>& rows, const void* y)
{
    const auto [m, n, k] = example.shape;
    const KernelRow& kernel = *stored.row;
    const auto columns = static_cast<std::size_t>(n);
    std::vector<double> largest(columns), difference(columns), rounding(columns), norm(columns);
    std::vector<std::vector<double>> checked(rows.size());
    for (std::size_t place = 0; place < rows.size(); ++place)
        checked[place] = decodeRow(kernel.x, stored.x, stored.xScales, rows[place], k);
    inParallel(n, [&, n = n, k = k](std::int64_t j) {
        const std::vector<double> b = decodeRow(kernel.w, stored.w, stored.wScales, j, k);
        const float* w = example.w.data() + j * k;
        for (std::size_t place = 0; place < rows.size(); ++place) {
            const std::vector<double>& a = checked[place];
            const float* x = example.x.data() + rows[place] * k;
            double r0 = 0, r1 = 0, magnitude = 0;
            for (std::int64_t l = 0; l < k; ++l) {
                r0 += double(x[l]) * w[l];
                r1 += a[std::size_t(l)] * b[std::size_t(l)];
                magnitude += std::abs(a[std::size_t(l)] * b[std::size_t(l)]);
            }
            const double scale = rowScaleOf(kernel.x, stored.xScales, rows[place]) * rowScaleOf(kernel.w, stored.wScales, j);
            std::uint32_t bits = 0;
            std::memcpy(&bits, static_cast<const char*>(y) + 4 * (std::int64_t(place) * n + j), 4);
            const double value = kernel.sumsAreIntegers ? double(std::bit_cast<std::int32_t>(bits)) * scale : double(std::bit_cast<float>(bits));
            const double off = std::abs(value - scale * r1);
            const double share = off == 0 ? 0 : std::isfinite(off) ? off / (scale * magnitude) : std::numeric_limits<double>::infinity();
            largest[std::size_t(j)] = std::max(largest[std::size_t(j)], share);
            difference[std::size_t(j)] += (value - r0) * (value - r0);
            rounding[std::size_t(j)] += (scale * r1 - r0) * (scale * r1 - r0);
            norm[std::size_t(j)] += r0 * r0;
        }
    });
    double total = 0, ofStorage = 0, all = 0;
    ExampleError error;
    for (std::size_t j = 0; j < columns; ++j) {
        error.accumulation = std::max(error.accumulation, largest[j]);
        total += difference[j];
        ofStorage += rounding[j];
        all += norm[j];
    }
    error.relative = total == 0 ? 0 : std::sqrt(total / all);
    error.quantization = ofStorage == 0 ? 0 : std::sqrt(ofStorage / all);
    return error;
}

}  // namespace quantoscope::gpu
