// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/progress.h"
#include "core/result.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace quantoscope {

/// How many numbers are added in a format too small for their sum.
enum class Summation { Naive, Pairwise, Kahan, Blocked, Stochastic };

struct SummationRow {
    Summation summation;
    std::string_view id;         ///< "naive"
    std::string_view name;       ///< "One after the other"
    std::string_view sentence;
};
std::span<const SummationRow> summationRows();

struct RunningSum {
    std::vector<std::size_t> terms;   ///< After how many terms each of the following was taken, ascending.
    std::vector<double> sums;         ///< What the format holds there.
    std::vector<double> exact;        ///< The exact sum of the stored terms there, nearest double.
    double result = 0;
    double exactResult = 0;
    /// The number of terms after which the sum never changed again although terms other than 0 followed.
    std::optional<std::size_t> stuckAfter;
};

/// Stores each term in the format and adds them up in it, every intermediate result rounded as `rule`
/// says (Stochastic: stochastically, with its seed). Takes at most `samples` (at least 2) points on the
/// way, evenly spread and with the last. Blocked sums blocks of 32 first.
Result<RunningSum> runningSum(const NumberFormat&, Summation, std::span<const double> terms, std::size_t samples = 512,
                              const RoundingRule& rule = {}, const Progress& progress = {});

}  // namespace quantoscope
