// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/unit_spans.h"

#include "core/quantization/scale_units.h"
#include "core/quantization/unit_ranges.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

/// Sixteen bytes a range: 128 MiB.
constexpr std::int64_t mostUnits = std::int64_t{1} << 23;

Result<UnitSpans> unitSpansOf(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                              const Progress& progress)
{
    const ScaleUnits units(scheme.granularity, info.shape);
    if (units.count() < 1 || units.count() > mostUnits || scheme.kind == QuantizationScheme::Kind::Codebook)
        return failure(Error::Kind::Unsupported, "Ranges of this many scales are not shown.");
    auto ranges = rangesOfUnits(source, info, scheme, units, progress);
    if (!ranges)
        return tl::unexpected(ranges.error());
    const auto reach = [](const ClipRange& r) { return std::max(std::abs(r.low), std::abs(r.high)); };
    const auto middle = ranges->begin() + std::ptrdiff_t(ranges->size() / 2);
    std::ranges::nth_element(*ranges, middle, {}, reach);
    const ClipRange widest = *std::ranges::max_element(*ranges, {}, reach);
    QuantizationScheme single = scheme;
    single.granularity = {};
    return UnitSpans{levelMapOf(single, middle->low, middle->high), levelMapOf(single, widest.low, widest.high), units.count()};
}

}  // namespace quantoscope
