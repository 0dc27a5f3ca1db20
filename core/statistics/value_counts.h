// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/tensor.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace quantoscope {

/// Finite values that share a bin: `low` ≤ x ≤ `high`, both values that occur or may occur there.
struct CountBin {
    double low;
    double high;                ///< Equal to low where the bin is one value.
    std::uint64_t count;
    double sum;                 ///< Exact, rounded once.
    double sumOfSquares;        ///< Exact, rounded once.

    bool isOneValue() const { return low == high; }
};

/// How often each value occurs in a tensor: exact for types of 16 bits or fewer (one bin per code),
/// and for wider types bins by the leading 16 bits of the FP32 code that also keep Σx and Σx². Built
/// in one streaming pass; every interactive question is answered from it without touching the
/// tensor again. Immutable; share it by shared_ptr.
class ValueCounts {
public:
    struct Totals {
        std::uint64_t count = 0;        ///< All elements.
        std::uint64_t finite = 0;
        std::uint64_t zeros = 0;
        std::uint64_t subnormals = 0;   ///< Of the storage type.
        std::uint64_t nan = 0;
        std::uint64_t infinite = 0;
        double min = 0, max = 0;        ///< Of the finite values, exact. 0 where there are none.
        double sum = 0, sumOfSquares = 0;
    };

    /// Sums of `totals` are taken from the bins.
    ValueCounts(std::vector<CountBin> ascendingBins, Totals totals, bool isExact);

    std::span<const CountBin> bins() const { return m_bins; }   ///< Ascending, none empty.
    const Totals& totals() const { return m_totals; }
    bool isExact() const { return m_isExact; }   ///< Every bin is one value.
    double absoluteMaximum() const;

    /// For O(log bins) questions about a range of bins [a, b): subtract entry a from entry b.
    /// `count` is of bins [0, index). The sums start at the first bin that is not negative and run
    /// outwards from there, so that one huge outlier does not wash out the digits of everything else.
    struct Prefix { double count, sum, sumOfSquares; };
    std::span<const Prefix> prefix() const { return m_prefix; }   ///< bins().size() + 1 entries.

    /// The value at `share` (0 … 1) of the sorted finite values, interpolated linearly as
    /// numpy.percentile does. Exact where the counts are, else within a bin's width. 0 where empty.
    double quantile(double share) const;
    /// The same of |x|.
    double absoluteQuantile(double share) const;

private:
    std::vector<CountBin> m_bins;
    std::vector<Prefix> m_prefix;
    Totals m_totals;
    bool m_isExact;
};

/// Counts one tensor in bounded memory, on all cores. Refuses types without numbers in a sentence.
Result<std::shared_ptr<const ValueCounts>> countValues(const TensorSource&, const TensorInfo&, Progress = {});
std::shared_ptr<const ValueCounts> countValues(std::span<const float> values);

}  // namespace quantoscope
