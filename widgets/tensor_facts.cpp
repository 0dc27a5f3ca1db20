// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_facts.h"

#include "core/formats/number_format.h"
#include "core/statistics/histogram.h"
#include "core/tensors/element_decoder.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace quantoscope {

SparkBars sparkBarsOf(const ValueCounts& counts)
{
    SparkBars bars{};
    if (counts.totals().finite == 0)
        return bars;
    const Histogram histogram = histogramOf(counts, counts.totals().min, counts.totals().max, int(bars.size()));
    const double highest = *std::ranges::max_element(histogram.counts);
    for (std::size_t i = 0; i < bars.size() && highest > 0; ++i) {
        const double height = std::sqrt(histogram.counts[i] / highest) * 255;
        // A bin that holds anything at all is seen.
        bars[i] = std::uint8_t(histogram.counts[i] > 0 ? std::clamp(height, 14.0, 255.0) : 0);
    }
    return bars;
}

void TensorFacts::setSummary(const Summary& summary)
{
    isCounted = true;
    min = summary.min;
    max = summary.max;
    mean = summary.mean;
    deviation = summary.standardDeviation;
    kurtosis = summary.kurtosis;
    count = summary.count;
    outliers = summary.outliers;
    nan = summary.nan;
    infinite = summary.infinite;
}

namespace {

/// What is asked of every tensor of a model again and again depends on its type alone: looked up once a type.
struct TypeFacts {
    bool hasNumbers = false;
    bool isReal = false;
};

TypeFacts factsOf(const StorageType& type)
{
    const auto lookUp = [](const StorageType& row) {
        const NumberFormat* format = findNumberFormat(row.formatId);
        return TypeFacts{canDecode(row), format && format->asFloat()};
    };
    static const std::vector<TypeFacts> known = [&] {
        std::vector<TypeFacts> all;
        for (const StorageType& row : storageTypes())
            all.push_back(lookUp(row));
        return all;
    }();
    const std::span<const StorageType> rows = storageTypes();
    const bool isRow = !std::less<>()(&type, rows.data()) && std::less<>()(&type, rows.data() + rows.size());
    return isRow ? known[std::size_t(&type - rows.data())] : lookUp(type);
}

}  // namespace

bool hasNumbers(const TensorInfo& info)
{
    return info.type && info.count > 0 && factsOf(*info.type).hasNumbers;
}

bool isWeightMatrix(const TensorInfo& info)
{
    return hasNumbers(info) && info.shape.size() >= 2 && info.columns() >= 2 && info.rows() >= 2 && factsOf(*info.type).isReal;
}

}  // namespace quantoscope
