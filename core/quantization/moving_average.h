// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/level_map.h"
#include "core/tensors/tensor.h"

namespace quantoscope {

/// A range that follows batches: the first batch's ends, then ends + constant · (batch's ends − ends),
/// in FP32 as PyTorch's MovingAverageMinMaxObserver adds them.
class MovingAverage {
public:
    static constexpr float usualConstant = 0.01f;

    explicit MovingAverage(float constant = usualConstant) : m_constant(constant) {}

    void add(float batchLow, float batchHigh);
    /// The ends so far; 0 and 0 before the first batch.
    ClipRange range() const { return {m_low, m_high}; }

private:
    float m_constant;
    bool m_isEmpty = true;
    float m_low = 0, m_high = 0;
};

/// The moving average over the batches of a tensor: the indices of its first axis, in order. Batches
/// without a finite value are left out.
Result<ClipRange> movingAverageRange(const TensorSource&, const TensorInfo&, float constant, const Progress&);

}  // namespace quantoscope
