// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/element_codec.h"
#include "core/random.h"
#include "gpu/kernels/quantize_activations.h"
#include "tests/gpu/host_cuda/check.h"
#include "tests/gpu/host_cuda/memory.h"

#include <cstdio>
#include <cstring>
#include <vector>

namespace host_cuda {
namespace {

using namespace quantoscope;
using namespace quantoscope::gpu;

struct Shape {
    std::int64_t rows, columns;
};

std::string complaints()
{
    std::string all;
    for (const std::string& one : takeComplaints())
        all += one + "; ";
    return all;
}

/// FP16 rows as the program stores them: random, one of zeros, one with an outlier.
std::vector<std::byte> someRows(const Shape& shape)
{
    const std::size_t rowBytes = storedRowBytes(ElementType::Fp16, shape.columns);
    std::vector<std::byte> x(std::size_t(shape.rows) * rowBytes);
    const RandomStream stream(5);
    for (std::int64_t row = 0; row < shape.rows; ++row)
        for (std::int64_t column = 0; column < shape.columns; ++column) {
            const double value = row == 1 ? 0 : (row == 2 && column == shape.columns / 2 ? 300 : 1) * stream.normal(std::uint64_t(row * shape.columns + column));
            putElement({ElementType::Fp16}, x.data() + std::size_t(row) * rowBytes, column, value);
        }
    return x;
}

/// Against core's own rounding: codes and scales bit for bit, and zeros where rows are filled up.
std::string quantizeComplaint(ActivationTarget target, const Shape& shape, bool isStatic)
{
    const OperandStorage storage{target == ActivationTarget::Int8 ? ElementType::Int8 : ElementType::E4m3, isStatic ? ScaleSharing::Matrix : ScaleSharing::Row};
    const std::vector<std::byte> source = someRows(shape);
    const std::size_t rowBytes = storedRowBytes(ElementType::Fp16, shape.columns), codeBytes = storedRowBytes(storage.element, shape.columns);
    const float given = 0.011f;
    const DeviceMemory x(source.data(), source.size()), codes(std::size_t(shape.rows) * codeBytes), scales(4 * std::size_t(shape.rows)), givenScale(&given, 4);
    launchQuantizeActivations(target, {x.get(), codes.get(), static_cast<float*>(scales.get()), isStatic ? static_cast<const float*>(givenScale.get()) : nullptr,
                                       shape.rows, shape.columns, std::int64_t(rowBytes), std::int64_t(codeBytes)}, nullptr);
    std::string complaint = complaints();
    for (std::int64_t row = 0; row < shape.rows; ++row) {
        std::vector<float> values(static_cast<std::size_t>(shape.columns));
        for (std::int64_t column = 0; column < shape.columns; ++column)
            values[std::size_t(column)] = float(elementAt(ElementType::Fp16, source.data() + std::size_t(row) * rowBytes, column));
        std::vector<std::byte> expected(codeBytes);
        float scale = given;
        storeRow(values, storage, given, expected.data(), &scale);
        if (std::memcmp(expected.data(), static_cast<char*>(codes.get()) + std::size_t(row) * codeBytes, codeBytes) != 0)
            complaint += "row " + std::to_string(row) + " has other codes than the processor gives it; ";
        if (!isStatic && static_cast<float*>(scales.get())[row] != scale)
            complaint += "row " + std::to_string(row) + " has another scale; ";
    }
    return complaint;
}

std::string scaleSumsComplaint(const Shape& shape, bool isOneForAll)
{
    const std::int64_t m = shape.rows, n = shape.columns;
    std::vector<std::int32_t> sums(std::size_t(m * n));
    std::vector<float> xs(std::size_t(isOneForAll ? 1 : m)), ws(static_cast<std::size_t>(n));
    const RandomStream stream(6);
    for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i] = std::int32_t(stream.bits(i)) >> 4;
    for (std::size_t i = 0; i < xs.size(); ++i)
        xs[i] = float(stream.uniform(i));
    for (std::size_t i = 0; i < ws.size(); ++i)
        ws[i] = float(stream.uniform(1000000 + i));
    const DeviceMemory y(sums.data(), 4 * sums.size()), xScales(xs.data(), 4 * xs.size()), wScales(ws.data(), 4 * ws.size());
    launchScaleSums(y.get(), static_cast<const float*>(xScales.get()), isOneForAll, static_cast<const float*>(wScales.get()), m, n, nullptr);
    std::string complaint = complaints();
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const float expected = float(sums[i]) * (xs[isOneForAll ? 0 : i / std::size_t(n)] * ws[i % std::size_t(n)]);
        if (static_cast<float*>(y.get())[i] != expected)
            return complaint + "element " + std::to_string(i) + " is scaled wrongly";
    }
    return complaint;
}

}  // namespace

int checkActivations()
{
    constexpr Shape shapes[] = {{1, 1}, {3, 7}, {5, 33}, {4, 64}, {3, 2049}, {2, 5000}};
    int failures = 0;
    for (const Shape& shape : shapes)
        for (const bool isOne : {false, true}) {
            const std::string what = std::to_string(shape.rows) + " x " + std::to_string(shape.columns) + (isOne ? ", one scale" : ", a scale a row");
            failures += report("INT8 codes " + what, quantizeComplaint(ActivationTarget::Int8, shape, isOne));
            failures += report("E4M3 codes " + what, quantizeComplaint(ActivationTarget::E4m3, shape, isOne));
            failures += report("scaled sums " + what, scaleSumsComplaint(shape, isOne));
        }
    failures += report("scaled sums of 65537 rows", scaleSumsComplaint({65537, 1}, false));   // More than a grid's second side.
    failures += report("scaled sums of 20000 columns", scaleSumsComplaint({1, 20000}, false));   // More than one turn of a block.
    std::printf("activations\n");
    return failures;
}

}  // namespace host_cuda
