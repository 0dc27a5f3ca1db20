// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/activation_stream.h"

#include "core/quantization/moving_average.h"
#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

constexpr std::array<RangePolicyRow, rangePolicyCount> rows{
    RangePolicyRow{RangePolicy::Static, "static", "static", "The range of the first batches, for ever"},
    RangePolicyRow{RangePolicy::MovingAverage, "average", "moving average", "The range of the batches before, newer ones counting more"},
    RangePolicyRow{RangePolicy::PerBatch, "batch", "per batch", "The range of the batch itself, found in a pass before"},
    RangePolicyRow{RangePolicy::PerToken, "token", "per token", "A range for every token, found in a pass over it"}};

// Numbers of one stream each: values, sizes of tokens.
constexpr std::uint64_t valueStream = 0, tokenStream = 1;

double largestOf(std::span<const float> values)
{
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

double decibels(double squares, double errors)
{
    if (errors == 0)
        return squares > 0 ? std::numeric_limits<double>::infinity() : 0;
    return 10 * std::log10(squares / errors);
}

/// Adds values stored with one symmetric range to a point.
void store(StreamPoint& point, std::span<const float> values, double range, int bits)
{
    const double highest = double((std::int64_t{1} << (bits - 1)) - 1);
    const double step = range > 0 && highest > 0 ? range / highest : 1;
    double beyond = 0;
    for (const float value : values) {
        const double code = std::clamp(std::nearbyint(value / step), -highest, highest);
        const double error = code * step - value;
        point.squaredError += error * error;
        // Half a step beyond the range still rounds to its end without loss; what lies further is cut.
        beyond += std::abs(value) > range + step / 2;
    }
    point.saturated += beyond;
    point.range = std::max(point.range, range);
}

}  // namespace

std::span<const RangePolicyRow> rangePolicies()
{
    return rows;
}

std::vector<float> activationBatch(const ActivationRecipe& recipe, int batch)
{
    const RandomStream values(recipe.seed, valueStream), sizes(recipe.seed, tokenStream);
    double level = 1;
    if (batch >= recipe.driftFrom && recipe.batches - 1 > recipe.driftFrom)
        level += (recipe.drift - 1) * double(batch - recipe.driftFrom) / double(recipe.batches - 1 - recipe.driftFrom);
    const bool hasSpike = recipe.spikeEvery > 0 && (batch + 1) % recipe.spikeEvery == 0;
    std::vector<float> made(std::size_t(recipe.tokens) * std::size_t(recipe.channels));
    std::uint64_t counter = std::uint64_t(batch) * made.size();
    auto value = made.begin();
    for (int token = 0; token < recipe.tokens; ++token) {
        const auto number = std::uint64_t(batch) * std::uint64_t(recipe.tokens) + std::uint64_t(token);
        double size = level * std::exp(0.25 * sizes.normal(number));
        if (hasSpike && token == recipe.tokens / 2)
            size *= recipe.spike;
        for (int channel = 0; channel < recipe.channels; ++channel)
            *value++ = float(size * (channel % 32 == 31 ? 4 : 1) * values.normal(counter++));
    }
    return made;
}

double StreamReport::sqnrDb(RangePolicy policy, int first, int end) const
{
    double signal = 0, errors = 0;
    for (int batch = std::max(0, first); batch < std::min(end, int(squares.size())); ++batch) {
        signal += squares[std::size_t(batch)];
        errors += of(policy)[std::size_t(batch)].squaredError;
    }
    return decibels(signal, errors);
}

int StreamReport::firstSaturated(RangePolicy policy, double share) const
{
    const auto all = of(policy);
    const auto found = std::find_if(all.begin(), all.end(), [&](const StreamPoint& point) { return point.saturated > share; });
    return found == all.end() ? -1 : int(found - all.begin());
}

StreamReport runActivationStream(const ActivationRecipe& recipe, const StreamSettings& settings, const Progress& progress)
{
    StreamReport report;
    double calibrated = 0;
    for (int batch = 0; batch < std::min(settings.calibration, recipe.batches); ++batch)
        calibrated = std::max(calibrated, largestOf(activationBatch(recipe, batch)));
    MovingAverage average(settings.constant);
    for (int batch = 0; batch < recipe.batches && !progress.cancelled(); ++batch) {
        const std::vector<float> values = activationBatch(recipe, batch);
        const double largest = largestOf(values);
        double squares = 0;
        for (const float value : values)
            squares += double(value) * value;
        report.largest.push_back(largest);
        report.squares.push_back(squares);

        const auto finish = [&](RangePolicy policy, StreamPoint point) {
            point.saturated /= std::max<double>(1, double(values.size()));
            point.sqnrDb = decibels(squares, point.squaredError);
            report.points[std::size_t(policy)].push_back(point);
        };
        StreamPoint fixed, followed, own, tokens;
        store(fixed, values, calibrated, settings.bits);
        // Its batches are looked at before the stream begins, and never again.
        fixed.readBefore = batch == 0 ? std::int64_t(values.size()) * std::min(settings.calibration, recipe.batches) : 0;
        finish(RangePolicy::Static, fixed);
        // The first batch has none before it and is looked at once.
        if (batch == 0)
            average.add(float(-largest), float(largest));
        store(followed, values, average.range().high, settings.bits);
        followed.readBefore = batch == 0 ? std::int64_t(values.size()) : 0;
        finish(RangePolicy::MovingAverage, followed);
        if (batch > 0)
            average.add(float(-largest), float(largest));
        store(own, values, largest, settings.bits);
        own.readBefore = std::int64_t(values.size());
        finish(RangePolicy::PerBatch, own);
        const auto columns = std::size_t(recipe.channels);
        for (std::size_t token = 0; token < std::size_t(recipe.tokens); ++token) {
            const auto row = std::span(values).subspan(token * columns, columns);
            store(tokens, row, largestOf(row), settings.bits);
        }
        tokens.readBefore = recipe.channels;
        tokens.scales = recipe.tokens;
        finish(RangePolicy::PerToken, tokens);
        progress.report(double(batch + 1) / recipe.batches);
    }
    return report;
}

}  // namespace quantoscope
