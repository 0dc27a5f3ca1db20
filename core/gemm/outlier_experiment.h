// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_operands.h"
#include "core/gemm/outlier_treatments.h"

#include <string>
#include <vector>

namespace quantoscope {

/// Activations and weights as large language models have them: N(0, 1) with a few input channels of x
/// `magnitude` times as large.
struct OutlierData {
    GemmShape shape{128, 128, 1024};
    int channels = 3;
    double magnitude = 60;
    std::uint64_t seed = 7;
};
Result<GemmOperands> makeOutlierOperands(const OutlierData&, const Progress& = {});

/// What a treatment did to one product.
struct TreatmentResult {
    OutlierTreatment treatment;
    double productError = 0;      ///< ‖x̂Ŵᵀ − xWᵀ‖F / ‖xWᵀ‖F, all products in FP64: of quantization alone.
    double activationError = 0;   ///< ‖x̂ − x‖F / ‖x‖F
    double ordinaryError = 0;     ///< The same over the channels without outliers, relative to them.
    double weightError = 0;       ///< ‖Ŵ − W‖F / ‖W‖F
    std::int64_t channelsKept = 0;   ///< Channels that stayed in FP16.
};

/// Every treatment on the same operands: synthetic ones, or the activations and weights of a model. A channel
/// is ordinary if all its |x| are below LLM.int8()'s threshold of 6. Empty treatments: the whole table.
Result<std::vector<TreatmentResult>> compareTreatments(const GemmOperands&, std::span<const OutlierTreatment> = {},
                                                       const Progress& = {});

/// compareTreatments() for one magnitude after the other, as a slider would visit them.
struct OutlierSweepPoint {
    double magnitude = 1;
    std::vector<TreatmentResult> results;
};
Result<std::vector<OutlierSweepPoint>> sweepOutliers(OutlierData, std::span<const double> magnitudes,
                                                     std::span<const OutlierTreatment> = {}, const Progress& = {});

/// What storing x costs the ordinary channels, in each format: relative error of the other channels without
/// outliers and with them.
struct FormatNoise {
    std::string scheme, name;
    double without = 0, with = 0;
};
/// Schemes as one writes them; empty: FP16, BF16, FP8, and INT8, INT4 and FP4 at several granularities. K must
/// be a multiple of the schemes' blocks.
Result<std::vector<FormatNoise>> measureFormatNoise(const OutlierData&, std::vector<std::string> schemes = {}, const Progress& = {});

}  // namespace quantoscope
