// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/uniform_runs.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

std::vector<UniformRun> positiveRuns(const FloatFormat& format)
{
    const double perBinade = std::ldexp(1.0, format.mantissaBits);
    const double largest = decode(format, largestFiniteCode(format)).value;
    std::vector<UniformRun> runs;
    if (format.hasSubnormals && format.mantissaBits > 0) {
        // Zero is a run of its own: it belongs to neither side.
        const double step = std::ldexp(1.0, format.minExponent() - format.mantissaBits);
        runs.push_back({step, step, perBinade - 1});
    }
    for (int exponent = format.minExponent(); exponent <= std::ilogb(largest); ++exponent) {
        const double first = std::ldexp(1.0, exponent);
        const double step = std::ldexp(1.0, exponent - format.mantissaBits);
        // The top binade gives up codes to infinity or NaN.
        const double count = exponent == std::ilogb(largest) ? (largest - first) / step + 1 : perBinade;
        runs.push_back({first, step, count});
    }
    return runs;
}

std::vector<UniformRun> floatRuns(const FloatFormat& format)
{
    const std::vector<UniformRun> positive = positiveRuns(format);
    std::vector<UniformRun> runs;
    if (format.isSigned)
        for (auto run = positive.rbegin(); run != positive.rend(); ++run)
            runs.push_back({-run->last(), run->step, run->count});
    if (format.hasSubnormals)
        runs.push_back({0, 0, 1});
    runs.insert(runs.end(), positive.begin(), positive.end());
    return runs;
}

/// Ascending values, joined where they lie at equal distances: level tables and posits.
std::vector<UniformRun> grouped(const std::vector<double>& values)
{
    std::vector<UniformRun> runs;
    for (const double value : values) {
        if (!runs.empty()) {
            UniformRun& run = runs.back();
            const double step = run.count == 1 ? value - run.first : run.step;
            if (run.first + run.count * step == value) {
                run.step = step;
                ++run.count;
                continue;
            }
        }
        runs.push_back({value, 0, 1});
    }
    return runs;
}

}  // namespace

std::vector<UniformRun> uniformRuns(const NumberFormat& format)
{
    if (const FloatFormat* floating = format.asFloat())
        return floatRuns(*floating);
    if (const IntegerFormat* integer = format.asInteger()) {
        const double lowest = integer->scale * double(integer->lowest() - integer->zeroPoint);
        const double highest = integer->scale * double(integer->highest() - integer->zeroPoint);
        return {{std::min(lowest, highest), std::abs(integer->scale), double(integer->highest() - integer->lowest()) + 1}};
    }
    return grouped(finiteValues(format));
}

}  // namespace quantoscope
