// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quantoscope {

enum class Rounding { NearestEven, NearestAway, TowardZero, Up, Down, ToOdd, Stochastic };

/// What a value beyond the largest finite one becomes. `Default` is `Ieee` where the format has an
/// infinity, else `Saturate`.
enum class Overflow { Default, Saturate, Ieee };

/// How a real number becomes a code.
struct RoundingRule {
    Rounding rounding = Rounding::NearestEven;
    Overflow overflow = Overflow::Default;
    std::uint64_t seed = 0;      ///< For Stochastic: the draw is a pure function of seed and draw number.
    std::uint64_t draw = 0;

    friend constexpr bool operator==(const RoundingRule&, const RoundingRule&) = default;
};

/// The id of the command line ("nearest-even") and of links, for every row of the rounding table.
struct RoundingRow {
    Rounding rounding;
    std::string_view id;
    std::string_view name;   ///< "Nearest even"
};
std::span<const RoundingRow> roundingRows();
std::optional<Rounding> findRounding(std::string_view id);

}  // namespace quantoscope
