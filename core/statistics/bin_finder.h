// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace quantoscope {

/// Slots of even width: the place of a value, cut to a whole number, is `value` times `perUnit` plus `offset`. Slot 0 is
/// below, slot bins + 1 above all bins.
struct EvenSlots {
    double perUnit, offset;
    std::size_t bins;
    bool ofMagnitude;   ///< |value|
};

/// Counts the finite values by slot. FP32 says which slot is a value's own where it is sure; `slotOf` where it is not.
void countInSlots(std::span<const float> values, const EvenSlots&, const std::function<std::size_t(double)>& slotOf,
                  std::span<std::uint64_t> counts);

/// Finds the bin of a value by one multiplication and puts right what that rounded wrongly. Bins are evenly
/// spaced, closed below; the last one is closed above too, as in NumPy.
class BinFinder {
public:
    /// `edges`: ascending, one more than bins.
    explicit BinFinder(const std::vector<double>& edges);

    /// The value must lie between the first and the last edge.
    std::size_t operator()(double value) const;

    /// Counts the finite values: counts[0] below the first edge, then the bins, then above the last edge.
    void count(std::span<const float> values, std::span<std::uint64_t> counts) const;

private:
    std::size_t slotOf(double value) const;

    const std::vector<double>& m_edges;
    double m_low;
    double m_perUnit;
    std::size_t m_last;
};

}  // namespace quantoscope
