// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/operand_storage.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace quantoscope {

/// How a product y = x·Wᵀ with a few large input channels in x is brought to eight bits.
struct OutlierTreatment {
    std::string_view id, name, sentence;
    OperandStorage x, w;
    /// LLM.int8(): input channels in which some |x| reaches this stay in FP16, in x and in W (Dettmers et
    /// al., 2022). 0: none does.
    double splitThreshold = 0;
    /// SmoothQuant: x is divided and W multiplied by s_j = max|X_j|^α / max|W_j|^(1−α), which leaves the
    /// product as it is (Xiao et al., 2023). Negative: neither is.
    double smoothing = -1;
};

/// The rows of the table. A copy with another threshold or α is a treatment as well.
std::span<const OutlierTreatment> outlierTreatments();
const OutlierTreatment* findOutlierTreatment(std::string_view id);

/// The largest magnitude of each column.
std::vector<float> columnMagnitudes(std::span<const float> values, std::int64_t rows, std::int64_t columns);
/// Columns in which some magnitude reaches `threshold`, ascending.
std::vector<std::int64_t> outlierChannels(std::span<const float> columnMagnitudes, double threshold);
/// SmoothQuant's factors; 1 where x or W has nothing but zeros.
std::vector<float> smoothingFactors(std::span<const float> xMagnitudes, std::span<const float> wMagnitudes, double alpha);

}  // namespace quantoscope
