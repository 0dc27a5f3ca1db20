// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantize.h"
#include "core/quantization/weight_code.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace quantoscope {

/// Why one weight became what it became: everything between its value and the bytes it is stored as.
struct StoredWeight {
    std::int64_t index = 0;            ///< In C order.
    double value = 0, stored = 0;      ///< Before and after; the error is stored − value.
    std::int64_t unit = 0;             ///< Number of its tensor, channel, group, tile or block.
    std::int64_t neighbours = 0;       ///< Weights that share its scale, it among them.

    int codeBits = 0;
    std::optional<std::int64_t> code;  ///< As shown: −7 … 7 for INT4. Empty for block formats, whose bytes say it.
    std::uint64_t codeByte = 0;        ///< Of its first byte (of its block's, for block formats), from the first code.
    int codeShift = 0;                 ///< Of its lowest bit within that byte.
    std::vector<std::byte> codeBytes;

    /// What a method of error compensation multiplied the weight's column by before it was rounded. `stored` and the
    /// values of `own` are divided by it again, `step` is not.
    double columnFactor = 1;

    std::optional<double> step;        ///< What one code step is worth, as stored; empty where levels are stored.
    std::optional<std::int64_t> zeroPoint;
    std::uint64_t scaleByte = 0;       ///< Of its scale's record, from the first one.
    std::vector<std::byte> scaleBytes; ///< Empty where the block holds its scales, or there is none.

    /// Its bits, and what each other code in their place would make of it. Empty where it has no bits of its own.
    std::optional<WeightCode> own;
};

/// Quantizes the whole tensor and keeps what concerns one weight, so that it holds for every scheme and
/// is what would be written. Fails for an index outside the tensor.
Result<StoredWeight> storedWeightOf(const TensorSource&, const TensorInfo&, const QuantizationScheme&, std::int64_t index,
                                    const Progress& = {});

/// The first finite weight within `tolerance` of a value, else the nearest one. Empty where there is none.
Result<std::optional<std::int64_t>> findWeightNear(const TensorSource&, const TensorInfo&, double value, double tolerance,
                                                   const Progress& = {});
/// The first weight with the largest error under a scheme. Empty where nothing is finite.
Result<std::optional<std::int64_t>> findLargestError(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                                     const Progress& = {});

/// What a scheme does to each index of the first axis of a tensor.
struct ChannelError {
    double low = 0, high = 0;           ///< Of its finite weights.
    double squares = 0, squaredError = 0;
    double sqnrDb() const;              ///< Infinity where there is no error.
};
Result<std::vector<ChannelError>> channelErrors(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                                const Progress& = {});

}  // namespace quantoscope
