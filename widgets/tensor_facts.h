// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/summary.h"
#include "core/tensors/tensor.h"

#include <array>
#include <cstdint>
#include <functional>

namespace quantoscope {

/// The bars of a small histogram: heights 0 … 255 of the square root of the share, from min to max.
using SparkBars = std::array<std::uint8_t, 24>;
SparkBars sparkBarsOf(const ValueCounts&);

/// What is kept of one tensor after it was scanned: about two hundred bytes, whatever its size.
struct TensorFacts {
    bool isCounted = false;        ///< The statistics below are known.
    bool isReadable = true;        ///< False: reading failed; the rest says nothing.
    double min = 0, max = 0, mean = 0, deviation = 0, kurtosis = 0;
    std::uint64_t count = 0, outliers = 0, nan = 0, infinite = 0;
    SparkBars bars{};

    enum class Sqnr : std::uint8_t { Unknown, Known, Refused } sqnrState = Sqnr::Unknown;
    double sqnrDb = 0;             ///< Of the scheme in force.

    void setSummary(const Summary&);
    double outlierShare() const { return count > 0 ? double(outliers) / double(count) : 0; }
};

/// Facts of a tensor by its index in the model; nullptr while nothing is known.
using FactsOf = std::function<const TensorFacts*(std::uint32_t tensor)>;

/// Whether a scheme would be put on a tensor at all: a matrix of real numbers. Vectors (norms, biases)
/// are a thousandth of a model and are kept as they are, as all common quantizers do; so are indices.
bool isWeightMatrix(const TensorInfo&);
/// Whether its values can be read and counted.
bool hasNumbers(const TensorInfo&);

}  // namespace quantoscope
