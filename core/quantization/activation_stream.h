// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quantoscope {

/// A stream of activation batches that changes while it runs: what ranges of yesterday meet. Values are
/// normal; tokens differ in size (log-normal, σ 0.25), every 32nd channel is 4 times as large, as in
/// language models (Dettmers et al., "LLM.int8()", 2022).
struct ActivationRecipe {
    int batches = 60;
    int tokens = 32, channels = 64;   ///< Of each batch.
    int driftFrom = 30;               ///< From this batch on all values grow, linearly, …
    double drift = 4;                 ///< … to this multiple in the last one.
    int spikeEvery = 12;              ///< One token of every so many batches is larger; 0: none is.
    double spike = 6;
    std::uint64_t seed = 7;

    friend bool operator==(const ActivationRecipe&, const ActivationRecipe&) = default;
};

/// Batch number `batch` as tokens × channels values; the same whichever batches were asked for before.
std::vector<float> activationBatch(const ActivationRecipe&, int batch);

/// Where the range of a batch comes from.
enum class RangePolicy {
    Static,          ///< The largest of some first batches, then never again.
    MovingAverage,   ///< Of the batches before (MovingAverage): nothing is read twice.
    PerBatch,        ///< The batch's own largest: one pass before the first value can be stored.
    PerToken,        ///< One scale a row.
};
struct RangePolicyRow {
    RangePolicy policy;
    std::string_view id, name, sentence;
};
std::span<const RangePolicyRow> rangePolicies();
inline constexpr std::size_t rangePolicyCount = 4;

struct StreamSettings {
    int bits = 8;               ///< Symmetric integers, −(2^(bits−1) − 1) and up.
    int calibration = 8;        ///< Batches the static range is taken from.
    float constant = 0.1f;      ///< Of the moving average.

    friend bool operator==(const StreamSettings&, const StreamSettings&) = default;
};

/// One batch under one policy.
struct StreamPoint {
    double range = 0;             ///< Half of it; per token the largest.
    double saturated = 0;         ///< Share of values beyond the range.
    double squaredError = 0;      ///< Sum.
    double sqnrDb = 0;
    std::int64_t readBefore = 0;  ///< Values read before the first can be stored: what dynamic costs.
    std::int64_t scales = 1;
};

/// All batches under all policies.
struct StreamReport {
    std::vector<double> largest;   ///< |x| of each batch.
    std::vector<double> squares;   ///< Σx² of each batch.
    std::array<std::vector<StreamPoint>, rangePolicyCount> points;   ///< By RangePolicy.

    std::span<const StreamPoint> of(RangePolicy policy) const { return points[std::size_t(policy)]; }
    /// SQNR of batches [first, end) together.
    double sqnrDb(RangePolicy, int first, int end) const;
    /// The first batch of which more than this share is saturated, −1 where none is.
    int firstSaturated(RangePolicy, double share) const;
};

/// Cancelled runs return the batches so far.
StreamReport runActivationStream(const ActivationRecipe&, const StreamSettings&, const Progress& = {});

}  // namespace quantoscope
