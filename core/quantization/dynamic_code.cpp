// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/dynamic_code.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// Edge `index` of 2^decade equal intervals between 0.1 and 1, with the rounding errors that the table
/// people's files were written with has: PyTorch's linspace in FP32, which counts from the nearer end, and
/// in eights from a base where at least sixteen are left.
float edge(int index, int decade)
{
    const int intervals = 1 << decade, edges = intervals + 1;
    const float step = (1.0f - 0.1f) / float(intervals);
    const auto single = [&](int i) {
        return i < edges / 2 ? std::fma(step, float(i), 0.1f) : std::fma(-step, float(intervals - i), 1.0f);
    };
    const int inEights = edges / 16 * 16;
    return index < inEights ? single(index / 8 * 8) + step * float(index % 8) : single(index);
}

}  // namespace

const std::array<float, 256>& dynamicCode()
{
    static const std::array<float, 256> code = [] {
        std::array<float, 256> values;
        std::size_t next = 0;
        for (int decade = 0; decade < 7; ++decade) {
            const auto power = float(std::pow(10.0, decade - 6));
            for (int i = 0; i < 1 << decade; ++i) {
                const float value = power * ((edge(i, decade) + edge(i + 1, decade)) / 2);
                values[next++] = value;
                values[next++] = -value;
            }
        }
        values[next++] = 0;
        values[next++] = 1;
        std::sort(values.begin(), values.end());
        return values;
    }();
    return code;
}

float quantizeDynamic(std::span<const float> values, std::size_t wholeBlock, std::uint8_t* codes)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    const float divisor = std::max(largest, 1e-38f), reciprocal = 1 / divisor;
    const auto& code = dynamicCode();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float scaled = std::clamp(values.size() == wholeBlock ? values[i] * reciprocal : values[i] / divisor, -1.0f, 1.0f);
        const auto above = std::lower_bound(code.begin() + 1, code.end() - 1, scaled);
        const bool isLower = scaled <= (above[-1] + above[0]) / 2;   // A threshold rounded to FP32, as in bitsandbytes.
        codes[i] = std::uint8_t(above - code.begin() - isLower);
    }
    return largest;
}

}  // namespace quantoscope
