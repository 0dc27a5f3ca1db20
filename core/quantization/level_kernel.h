// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/wide_float.h"
#include "core/quantization/level_map.h"
#include "core/quantization/run_scale.h"

#include <optional>
#include <vector>

namespace quantoscope {

/// The levels of an element or a codebook at step 1, made ready for look-ups.
struct LevelLookup {
    LevelLookup() = default;
    /// `format` where the levels are those of a float format, nearest even.
    LevelLookup(LevelMap, const FloatFormat* format);

    std::size_t levelOf(double quotient) const;

    LevelMap map;
    std::vector<std::uint16_t> firstLevel;   ///< Of quotients by the leading 16 bits of their FP32 code.
    std::optional<WideFloat> format;         ///< Levels are its values, both zeros one level.

    /// At most sixteen levels as FP32, each with the stretch of quotients that FP32 is sure belong to it.
    static constexpr std::size_t few = 16;
    struct Few {
        float levels[few], from[few], to[few];
        float thresholds[few + 3];   ///< Some more than there are, for whom looks them up from the fourth on.

        /// Bins of equal width from minus to plus the largest magnitude (the middles of 1 and 31), where each holds one
        /// threshold at the most: a quotient's bin is the whole number nearest to quotient · binsPerUnit + middleBin.
        static constexpr std::size_t bins = 32;
        static constexpr float middleBin = 16;
        float binsPerUnit = 0;   ///< 0 where a bin would hold two.
        float binThresholds[bins];          ///< Infinity where there is none.
        std::int32_t binLevels[bins];       ///< From the threshold on.
        float sureFrom = 0;                 ///< Distance from the threshold.

        void setBins(std::size_t levelCount);    };
    std::optional<Few> fewLevels;
    double largest = 0;                      ///< Magnitude

private:
    /// For the leading bits first … last, along which levels only rise or only fall.
    void setFirstLevels(std::size_t first, std::size_t last);
    void setFewLevels();
};

/// Quantizes consecutive runs to the levels times each run's step and adds the errors up; as
/// quantizeToGrids.
void quantizeToLevels(const float* values, const LevelLookup&, std::span<const RunScale>, std::span<const std::size_t> lengths,
                      StoredRuns, LaneSums&);

}  // namespace quantoscope
