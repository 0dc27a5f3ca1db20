// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/moving_average.h"

#include "core/statistics/chunks.h"
#include "core/statistics/counting.h"
#include "core/tensors/held_values.h"

#include <algorithm>

namespace quantoscope {

void MovingAverage::add(float batchLow, float batchHigh)
{
    m_low = m_isEmpty ? batchLow : m_low + m_constant * (batchLow - m_low);
    m_high = m_isEmpty ? batchHigh : m_high + m_constant * (batchHigh - m_high);
    m_isEmpty = false;
}

Result<ClipRange> movingAverageRange(const TensorSource& source, const TensorInfo& info, float constant,
                                     const Progress& progress)
{
    MovingAverage average(constant);
    const std::int64_t batches = info.shape.empty() ? 1 : info.shape.front();
    const std::int64_t each = batches > 0 ? info.count / batches : 0;
    std::vector<float> buffer;
    for (std::int64_t batch = 0; batch < batches && each > 0; ++batch) {
        FloatRange range{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
        for (std::int64_t first = 0; first < each; first += chunkElements) {
            if (progress.cancelled())
                return cancelled();
            const auto values = valuesOf(source, info, {batch * each + first, std::min(chunkElements, each - first)}, buffer);
            if (!values)
                return tl::unexpected(values.error());
            const FloatRange found = finiteRange(*values);
            range = {std::min(range.low, found.low), std::max(range.high, found.high)};
        }
        if (range.low <= range.high)
            average.add(range.low, range.high);
        progress.report(double(batch + 1) / double(batches));
    }
    return average.range();
}

}  // namespace quantoscope
