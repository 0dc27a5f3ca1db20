// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/value_counts.h"

#include <limits>

namespace quantoscope {

/// What one reading tells: ends, mean and deviation of the finite values.
struct Moments {
    std::uint64_t count = 0, finite = 0, nan = 0, infinite = 0;
    double min = 0, max = 0, mean = 0;   ///< 0 where there are no finite values.
    double standardDeviation = 0;        ///< Of the population.
    double absoluteMaximum() const;
};

/// For those who ask for no more than that: streamed once, at the rate at which memory is read where values are FP32.
/// Types of at most 16 bits, and those that FP32 does not hold, are counted.
Result<Moments> momentsOf(const TensorSource&, const TensorInfo&, Progress = {});

/// The sums of one chunk, of the distances from `centre`: sums of squares of the values themselves lose their digits
/// where the mean is far from zero.
struct ChunkSums {
    double centre = 0, sum = 0, sumOfSquares = 0;
    std::uint64_t finite = 0, nan = 0, infinite = 0;
    float low = std::numeric_limits<float>::infinity(), high = -std::numeric_limits<float>::infinity();
};

/// Sums are kept in eight lanes whatever the processor, so that all print the same digits.
ChunkSums sumsOfChunk(std::span<const float> values);

}  // namespace quantoscope
