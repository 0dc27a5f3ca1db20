// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/element.h"
#include "core/quantization/integer_kernel.h"
#include "core/quantization/level_kernel.h"
#include "core/quantization/level_map.h"
#include "core/random.h"
#include "core/statistics/float_scan.h"

namespace quantoscope {

/// What adds up over the values of a chunk.
struct ErrorSums {
    std::uint64_t finite = 0, clippedLow = 0, clippedHigh = 0;
    double squaredError = 0;   ///< Σ (x − x̂)²
    double squares = 0;        ///< Σ x²
    double products = 0;       ///< Σ x·x̂
    double storedSquares = 0;  ///< Σ x̂²
    double largestError = 0;

    LaneSums lanes;            ///< Of the vector kernels; the rest above.

    /// Combines the lanes; what is handed on and added up has none.
    ErrorSums collected() const;
    void add(const ErrorSums& collected);
};

/// The figures that follow from the sums, and from how often each level occurs; that is empty where nobody counted.
QuantizationError errorOfSums(const ErrorSums&, std::span<const std::uint64_t> perLevel = {});

/// Quantizes stretches of values that share one scale, for one scheme.
class RunQuantizer {
public:
    /// For uniform schemes.
    RunQuantizer(const QuantizationScheme&, const Element&);
    /// For codebooks: the levels themselves.
    explicit RunQuantizer(LevelMap codebook);

    int levels() const { return m_levels; }
    /// The run's scale for a range, clips included.
    RunScale scaleFor(double low, double high) const;
    /// The same for a run whose finite values have this range themselves.
    RunScale scaleForAllOf(double low, double high) const;
    /// The same for consecutive runs of `values`.
    void scalesForAllOf(const float* values, std::span<const std::size_t> lengths, std::span<RunScale> scales) const;
    const ScaleRule& rule() const { return *m_rule; }
    /// For schemes with one more scale for the whole tensor; before any scaleFor().
    void setLargestStep(double largest) { m_rule->setLargestStep(largest); }

    /// Level numbers (0 is the lowest) and values of a run; adds to the sums. `firstElement` is the place of
    /// the first value in its tensor: stochastic rounding draws by it, so that threads and chunks change nothing.
    void quantize(std::span<const float> values, const RunScale& run, std::span<std::uint16_t> levels,
                  std::span<float> dequantized, ErrorSums& sums, std::uint64_t firstElement = 0) const
    {
        const std::size_t length = values.size();
        quantize(values, {&run, 1}, {&length, 1}, levels, dequantized, sums, firstElement);
    }
    /// The same for consecutive runs of the given lengths. `levels` and `dequantized` may be empty: nobody wants them.
    void quantize(std::span<const float> values, std::span<const RunScale>, std::span<const std::size_t> lengths,
                  std::span<std::uint16_t> levels, std::span<float> dequantized, ErrorSums&,
                  std::uint64_t firstElement = 0) const;
    /// The same for runs whose scales come from their own ranges, found on the way: the usual rule alone, integers whose
    /// range has no ends but its own. Returns false, with nothing done, where something else is asked.
    bool quantizeOwn(std::span<const float> values, std::span<const std::size_t> lengths, std::span<float> steps,
                     std::span<std::uint16_t> levels, std::span<float> dequantized, ErrorSums&) const;
    /// What is stored for a level: two's complement, a format's code, or an index.
    std::uint16_t storedCode(std::uint16_t level) const;

private:
    bool isUsual() const;
    /// The roundings that have no kernel.
    void roundRun(std::span<const float>, const RunScale&, StoredRuns, ErrorSums&) const;
    void quantizeByDraw(std::span<const float>, const RunScale&, StoredRuns, ErrorSums&, std::uint64_t firstElement) const;

    std::optional<ScaleRule> m_rule;
    bool m_isInteger = false;
    bool m_asymmetric = false;
    bool m_isSigned = true;
    CodeSpan m_codes{0, 0};
    Rounding m_rounding = Rounding::NearestEven;
    RandomStream m_draws{0};   ///< For stochastic rounding
    LevelLookup m_table;   ///< For all that is no integer.
    int m_levels = 0;
};

}  // namespace quantoscope
