// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/tensor.h"

#include <span>
#include <vector>

namespace quantoscope {

/// A source whose F32 values lie in memory. Copying them into a buffer before every pass would cost as much
/// as the pass itself, so passes read them where they are.
class HeldValues {
public:
    virtual ~HeldValues() = default;
    virtual std::span<const float> heldValues() const = 0;   ///< Of the source's only tensor.
};

/// The values of a range, rounded to FP32: where they lie, or read into `buffer`, which then has their number.
Result<std::span<const float>> valuesOf(const TensorSource&, const TensorInfo&, ElementRange, std::vector<float>& buffer);

}  // namespace quantoscope
