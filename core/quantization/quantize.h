// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/level_map.h"
#include "core/tensors/tensor.h"

#include <functional>

namespace quantoscope {

/// The exact result of quantizing one tensor. Error figures are over the finite values: NaN is stored
/// as what 0 would be, infinities as the outermost levels, and neither widens a range.
struct QuantizationReport {
    QuantizationError error;
    double bitsPerWeight = 0;
    std::uint64_t bytes = 0;   ///< Codes, scales, zero points and codebook, each rounded up to bytes.
    std::int64_t scales = 0;   ///< How many.
};

/// Where quantized values and codes go while the tensor streams by; every call is in C order.
struct QuantizationSink {
    std::function<Result<void>(std::span<const float> dequantized)> values;
    /// Codes without gaps, lowest bits first: two 4-bit codes a byte, the first in the low half;
    /// 16-bit codes little-endian. Signed integers in two's complement, floats as their own codes,
    /// levels by index. The last byte is filled up with zeros.
    std::function<Result<void>(std::span<const std::byte> packed)> codes;
    /// One record a scale, in the order of the channels or groups: the scale's code, little-endian, and
    /// for asymmetric schemes the zero point as one signed byte (two above 8 bits; unsigned elements
    /// unsigned). A scale of the whole tensor comes last. For codebooks the levels, ascending.
    std::function<Result<void>(std::span<const std::byte> records)> scales;
    /// Whether somebody asks how often each level occurs. Errors alone take half the time; then perLevel is empty and
    /// levelsUsed 0.
    bool levelCounts = true;
};

/// Runs the scheme over the tensor, streamed, on all cores, with the same digits whatever their number.
Result<QuantizationReport> quantize(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                    const QuantizationSink& = {}, Progress = {});

}  // namespace quantoscope
