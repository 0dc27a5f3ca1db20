// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/element.h"
#include "core/quantization/level_map.h"
#include "core/quantization/scale_units.h"
#include "core/statistics/value_counts.h"

namespace quantoscope {

/// The range of a handful of values, as the scheme's clip rule has it (for min-max the values' own
/// ends, which ScaleRule makes symmetric where needed). NaN and infinities do not count.
ClipRange rangeOfValues(const QuantizationScheme&, std::span<const float> values);

/// The range of every unit of a tensor, in bounded memory.
Result<std::vector<ClipRange>> rangesOfUnits(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                             const ScaleUnits&, const Progress&);

/// The largest step of all units before it is stored: what a second scale for the whole tensor follows from.
Result<double> largestStepOf(const TensorSource&, const TensorInfo&, const QuantizationScheme&, const ScaleUnits&,
                             const ScaleRule&, const Progress&);

/// The ranges of schemes that clip at percentiles and differ in nothing else, exact: one reading for all of them.
Result<std::vector<ClipRange>> percentileRanges(const TensorSource&, const TensorInfo&, std::span<const QuantizationScheme>,
                                                const ValueCounts&, const Progress&);

/// The range of the whole tensor; percentiles and histograms are exact.
Result<ClipRange> rangeOfTensor(const TensorSource&, const TensorInfo&, const QuantizationScheme&,
                                const ValueCounts&, const Progress&);

}  // namespace quantoscope
