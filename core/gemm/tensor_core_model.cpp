// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/tensor_core_model.h"

#include "core/formats/narrow_float.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cmath>

namespace quantoscope {
namespace {

using Unit = TensorCoreModel::Unit;

constexpr std::array models{
    TensorCoreModel{"fp32_fma", "FP32 FMA", "Fused multiply-add in FP32, one product after the other.", Unit::Fp32Fma, 1, 0, 23, 0},
    TensorCoreModel{"hopper_fp16", "Hopper, FP16 path", "16 products a step, 25 fraction bits, sums truncated to FP32.",
                    Unit::AlignAndTruncate, 16, 25, 23, 0},
    TensorCoreModel{"ampere_fp16", "Ampere, FP16 path", "8 products a step, 24 fraction bits, sums truncated to FP32.",
                    Unit::AlignAndTruncate, 8, 24, 23, 0},
    TensorCoreModel{"hopper_fp8_fast", "Hopper FP8, fast accumulation", "32 products a step and only 13 fraction bits in terms and sums.",
                    Unit::AlignAndTruncate, 32, 13, 13, 0},
    TensorCoreModel{"hopper_fp8_promoted", "Hopper FP8, promoted", "As fast accumulation, but every 128 products the sum moves into an FP32 one.",
                    Unit::AlignAndTruncate, 32, 13, 13, 128},
    TensorCoreModel{"fp16_sums", "FP16 sums", "Sums rounded to FP16 after every step of 16 products.", Unit::Fp16Sums, 16, 24, 10, 0},
};

/// Cut toward zero to whole multiples of 2^exponent.
double truncateTo(double value, int exponent)
{
    return std::ldexp(std::trunc(std::ldexp(value, -exponent)), exponent);
}

/// One step: the exact sum of the aligned and cut terms.
double alignedSum(double sum, std::span<const float> a, std::span<const float> b, int fractionBits)
{
    int largest = sum == 0 ? INT_MIN : std::ilogb(sum);
    for (std::size_t i = 0; i < a.size(); ++i)
        if (const double product = double(a[i]) * b[i]; product != 0)
            largest = std::max(largest, std::ilogb(product));
    if (largest == INT_MIN)
        return 0;
    // At most 33 terms of at most 26 bits: the FP64 sum is exact, whatever the order.
    const int lastBit = largest - fractionBits;
    double total = truncateTo(sum, lastBit);
    for (std::size_t i = 0; i < a.size(); ++i)
        total += truncateTo(double(a[i]) * b[i], lastBit);
    return total;
}

/// Rounded to a sum of the unit: toward zero, to so many bits after the leading one.
double truncateMantissa(double value, int mantissaBits)
{
    return value == 0 || !std::isfinite(value) ? value : truncateTo(value, std::ilogb(value) - mantissaBits);
}

}  // namespace

std::span<const TensorCoreModel> tensorCoreModels()
{
    return models;
}

const TensorCoreModel* findTensorCoreModel(std::string_view id)
{
    const auto row = std::find_if(models.begin(), models.end(), [&](const TensorCoreModel& model) { return model.id == id; });
    return row == models.end() ? nullptr : &*row;
}

float dotByModel(const TensorCoreModel& model, std::span<const float> a, std::span<const float> b)
{
    if (model.unit == Unit::Fp32Fma) {
        float sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
            sum = std::fma(a[i], b[i], sum);
        return sum;
    }
    double sum = 0;
    float promoted = 0;
    for (std::size_t first = 0; first < a.size(); first += std::size_t(model.productsAStep)) {
        const std::size_t count = std::min(std::size_t(model.productsAStep), a.size() - first);
        const double exact = alignedSum(sum, a.subspan(first, count), b.subspan(first, count), model.fractionBits);
        sum = model.unit == Unit::Fp16Sums ? double(decodeNarrow<NarrowFp16>(encodeNarrow<NarrowFp16>(float(exact))))
                                           : truncateMantissa(exact, model.mantissaBits);
        if (model.promoteEvery > 0 && (first + count) % std::size_t(model.promoteEvery) == 0) {
            promoted += float(sum);
            sum = 0;
        }
    }
    return promoted + float(sum);
}

}  // namespace quantoscope
