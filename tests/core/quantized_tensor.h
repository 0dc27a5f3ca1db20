// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantize.h"

#include "tests/core/quantization_data.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace quantoscope::test {

/// All that quantize() makes of a tensor.
struct QuantizedTensor {
    QuantizationReport report;
    std::vector<float> values;
    std::vector<std::byte> codes, scales;
};

inline QuantizedTensor quantizeAll(const std::vector<float>& values, const Shape& shape, const QuantizationScheme& scheme)
{
    const auto source = makeTensor("x", values, shape);
    QuantizedTensor all;
    QuantizationSink sink;
    const auto appendTo = [](auto& target) {
        return [&target](auto part) -> Result<void> { target.insert(target.end(), part.begin(), part.end()); return {}; };
    };
    sink.values = appendTo(all.values);
    sink.codes = appendTo(all.codes);
    sink.scales = appendTo(all.scales);
    const auto report = quantize(*source, source->tensors().front(), scheme, sink);
    if (report)
        all.report = *report;
    else
        qWarning("%s", report.error().message.c_str());
    return all;
}

inline QuantizedTensor quantizeAll(const std::vector<float>& values, const Shape& shape, const std::string& scheme)
{
    return quantizeAll(values, shape, *parseScheme(scheme));
}

/// The code of a weight among codes that follow one another without gaps.
inline std::uint64_t packedCode(const std::vector<std::byte>& codes, std::size_t index, int bits)
{
    std::uint64_t code = 0;
    for (int bit = 0; bit < bits; ++bit) {
        const std::size_t at = index * std::size_t(bits) + std::size_t(bit);
        code |= std::uint64_t(std::to_integer<int>(codes[at / 8]) >> at % 8 & 1) << bit;
    }
    return code;
}

/// That the reported error of x is the one of what is stored; `stored(i)` is read back from the bytes.
template <class Stored>
void checkErrorOfStored(const QuantizationError& error, const std::vector<float>& x, Stored stored)
{
    long double squaredError = 0;
    double finite = 0, largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!std::isfinite(x[i]))
            continue;
        ++finite;
        const double difference = double(x[i]) - stored(i);
        squaredError += (long double)difference * difference;
        largest = std::max(largest, std::abs(difference));
    }
    QCOMPARE(error.count, finite);
    QCOMPARE(error.largestError, largest);
    const double mse = finite > 0 ? double(squaredError / finite) : 0;
    QVERIFY(std::abs(error.meanSquaredError - mse) <= 1e-12 * mse);
}

}  // namespace quantoscope::test
