// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_facts.h"

#include "core/formats/number_format.h"
#include "core/statistics/histogram.h"
#include "core/tensors/element_decoder.h"

#include <algorithm>
#include <cmath>

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

bool hasNumbers(const TensorInfo& info)
{
    return info.type && canDecode(*info.type) && info.count > 0;
}

bool isWeightMatrix(const TensorInfo& info)
{
    if (!hasNumbers(info) || info.shape.size() < 2 || info.columns() < 2 || info.rows() < 2)
        return false;
    const NumberFormat* format = findNumberFormat(info.type->formatId);
    return format && format->asFloat();
}

}  // namespace quantoscope
