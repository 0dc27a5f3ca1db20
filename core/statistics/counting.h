// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/statistics/float_bins.h"
#include "core/statistics/float_scan.h"
#include "core/statistics/value_counts.h"

#include <limits>

namespace quantoscope {

/// The three ways to count, by storage type; countValues() chooses. Each streams the tensor once.
using CountsResult = Result<std::shared_ptr<const ValueCounts>>;

/// Types of at most 16 bits: how often each code occurs. Exact.
CountsResult countCodes(const TensorSource&, const TensorInfo&, const NumberFormat&, const Progress&);
/// FP32: bins by the leading 16 bits of the code, with exact integer sums of the trailing 16.
CountsResult countFloats(const TensorSource&, const TensorInfo&, const Progress&);
/// FP64 and wide integers: bins by the leading bits of the value rounded to FP32, sums in double.
CountsResult countWide(const TensorSource&, const TensorInfo&, const NumberFormat&, const Progress&);

/// The format of the tensor's numbers, or the sentence why it has none.
Result<const NumberFormat*> numbersOf(const TensorInfo&);

/// Whether the tensor's numbers are wider than 16 bits and all are FP32 numbers, as those of decoded blocks are.
bool holdsFloats(const TensorInfo&);

/// Codes of FP32 in the order of their values: −inf lowest, −0 just below +0.
constexpr std::uint32_t orderedKey(std::uint32_t code)
{
    return code >> 31 ? ~code : code | 0x80000000u;
}
constexpr std::uint32_t codeOfKey(std::uint32_t key)
{
    return key >> 31 ? key & 0x7FFFFFFFu : ~key;
}

/// FP32 codes counted by their leading 16 bits: n, Σl and Σl² of the trailing 16 bits l per bin, so
/// that Σx and Σx² follow exactly. Integers, so the order of additions never changes a digit.
class FloatCounter {
public:
    FloatCounter();
    void add(std::span<const float> values);
    void merge(const FloatCounter&);
    std::shared_ptr<const ValueCounts> finish();
    /// The same for a tensor of a few thousand values, without tables that cost more than the values.
    static std::shared_ptr<const ValueCounts> countFew(std::span<const float> values);

private:
    enum class Tables { Full, None };
    explicit FloatCounter(Tables);
    struct Wide {
        std::uint64_t count = 0, sum = 0;
        unsigned __int128 sumOfSquares = 0;
    };
    struct Occupied {
        std::size_t leadingBits;
        Wide sums;
    };
    void addBlock(std::span<const float> values);
    void noteExtremes(std::span<const float> block);
    void flush();
    static CountBin binOf(const Occupied&);
    std::shared_ptr<const ValueCounts> assemble(std::span<const Occupied> ascendingCodes) const;

    std::vector<FloatBin> m_packed;
    std::vector<Wide> m_wide;
    std::uint64_t m_sinceFlush = 0;
    std::uint64_t m_count = 0, m_infinite = 0, m_nan = 0;
    std::uint64_t m_zeros[2] = {};   ///< +0, −0
    FloatRange m_range{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
};

}  // namespace quantoscope
