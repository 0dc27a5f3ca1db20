// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/level_map.h"
#include "core/tensors/tensor.h"

#include <functional>

namespace quantoscope {

/// The exact result of quantizing one tensor.
struct QuantizationReport {
    QuantizationError error;
    double bitsPerWeight = 0;
    std::uint64_t bytes = 0;
    std::int64_t scales = 0;   ///< How many.
};

/// Where quantized values and codes go while the tensor streams by; every call is in C order.
struct QuantizationSink {
    std::function<Result<void>(std::span<const float> dequantized)> values;
    std::function<Result<void>(std::span<const std::byte> packed)> codes;
};

/// Runs the scheme over the tensor, streamed, on all cores, with the same digits whatever their number.
Result<QuantizationReport> quantize(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                    const QuantizationSink& = {}, Progress = {});

}  // namespace quantoscope
