// SPDX-License-Identifier: Apache-2.0
#include "core/formats/value_facts.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

ValueFacts valueFacts(const NumberFormat& format)
{
    ValueFacts facts;
    const std::vector<double> values = finiteValues(format);
    if (values.empty())
        return facts;
    facts.codes = std::size_t{1} << significantBitsOf(format);
    facts.finite = values.size();
    for (Code code = 0; code < facts.codes; ++code) {
        const double value = valueOf(format, code << unusedLowBitsOf(format));
        facts.infinities += std::isinf(value);
        facts.notNumbers += std::isnan(value);
    }
    for (std::size_t i = 1; i < values.size(); ++i) {
        const double gap = values[i] - values[i - 1];
        facts.smallestGap = i == 1 ? gap : std::min(facts.smallestGap, gap);
        facts.largestGap = std::max(facts.largestGap, gap);
    }
    const bool anyPositive = values.back() > 0;
    for (const double value : values) {
        const double magnitude = anyPositive ? value : -value;
        facts.magnitudes += magnitude > 0;
        facts.aboveOne += magnitude > 1;
    }
    return facts;
}

}  // namespace quantoscope
