// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/element.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace quantoscope {

struct BlockFormat;
struct BlockContext;

/// The code of one stored weight, and what the weight would be with any other code in its place: what
/// flipping its bits does, its scale and its neighbours left as they are.
struct WeightCode {
    int bits = 0;
    std::uint64_t code = 0;
    std::vector<double> values;   ///< By code, 2^bits of them; NaN where the scheme has no such code.

    /// Id of the number format that this is a code of: "int4", "nf4", "e2m1". Empty where there is none,
    /// as for the levels of a codebook.
    std::string format;
    /// A value is scale · (code − zero) + offset for integers, scale · (what the format says) else.
    double scale = 1, offset = 0;
    std::int64_t zero = 0;

    double value() const { return values[std::size_t(code)]; }
};

/// Of a uniform scheme's element under a scale.
WeightCode uniformCode(const Element&, const AffineScale&, std::uint64_t code);
/// Of a codebook: the code is the index of a level. `bits` wide.
WeightCode codebookCode(std::span<const double> levels, int bits, std::uint64_t code);
/// Of value `index` of a block. Which bits are its own is found by flipping bits and decoding, so it holds
/// for every format of the table. Empty where values share their bits, as five ternary digits in a byte do.
/// `factor` multiplies what is decoded: the scale of a filter.
std::optional<WeightCode> blockCode(const BlockFormat&, const BlockContext&, std::span<const std::byte> codes,
                                    std::span<const std::byte> scales, std::size_t count, std::size_t index, double factor = 1);

}  // namespace quantoscope
