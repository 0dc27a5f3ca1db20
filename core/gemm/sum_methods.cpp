// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/sum_methods.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace quantoscope {
namespace {

using enum SumMethod::Order;
constexpr double fp32Roundoff = 0x1p-24, fp16Roundoff = 0x1p-11;
constexpr double noGuarantee = std::numeric_limits<double>::infinity();

std::vector<SumMethod> makeTable()
{
    const auto unit = [](std::string_view id) { return *findTensorCoreModel(id); };
    return {
        {"fp32", "FP32", "One product after the other, sums rounded to FP32.", OneAfterTheOther},
        {"fp32_split_k", "FP32, split K", "K in 16 slices that are summed apart, then the slices: as kernels share K among cores.",
         SplitK, false, 16},
        {"fp32_pairwise", "FP32, pairwise", "A tree of sums: neighbours, then neighbours of sums.", Pairwise},
        {"fp32_kahan", "FP32, Kahan", "What a rounding loses is carried into the next step.", Compensated},
        {"fp16", "FP16", "One product after the other, sums rounded to FP16.", OneAfterTheOther, true},
        {"fp16_split_k", "FP16, split K", "K in 16 slices that are summed apart in FP16, then the slices.", SplitK, true, 16},
        {"fp16_kahan", "FP16, Kahan", "Sums in FP16 with what each rounding lost carried on.", Compensated, true},
        {"fp16_unit", "FP16 matrix unit", "Sums rounded to FP16 after every 16 products.", MatrixUnit, false, 1, unit("fp16_sums")},
        {"fp8_fast", "FP8, fast accumulation", "Hopper: 13 fraction bits in terms and sums, the rest is cut off.", MatrixUnit, false, 1,
         unit("hopper_fp8_fast")},
        {"fp8_promoted", "FP8, promoted", "Fast accumulation whose sum moves into an FP32 one every so many products.", MatrixUnit, false, 1,
         unit("hopper_fp8_promoted")},
        {"fp16_hopper", "FP16 inputs, Hopper", "25 fraction bits, sums cut to FP32.", MatrixUnit, false, 1, unit("hopper_fp16")},
    };
}

/// Nearest FP16 value, ties to even, of an FP64 number: rounded once.
double roundToFp16(double value)
{
    if (std::abs(value) < 0x1p-14)
        return (value + 0x1.8p28) - 0x1.8p28;   // FP16's subnormals are multiples of 2^-24.
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t halfBelow = (std::uint64_t{1} << 41) - 1 + (bits >> 42 & 1);
    const double rounded = std::bit_cast<double>((bits + halfBelow) & ~((std::uint64_t{1} << 42) - 1));
    return std::abs(rounded) > 65504 ? std::copysign(noGuarantee, value) : rounded;
}

struct InFp32 {
    static float round(double value) { return float(value); }
    /// One rounding of sum + a·b.
    static float add(float sum, float a, float b) { return std::fma(a, b, sum); }
};

struct InFp16 {
    static float round(double value) { return float(roundToFp16(value)); }
    // The product has at most 22 significant bits and the sum 11: their FP64 sum is exact unless one is
    // below a 2^30th part of the other.
    static float add(float sum, float a, float b) { return round(double(a) * b + sum); }
};

template <class Type>
float inOrder(std::span<const float> a, std::span<const float> b)
{
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum = Type::add(sum, a[i], b[i]);
    return sum;
}

template <class Type>
float inSlices(std::span<const float> a, std::span<const float> b, std::size_t parts)
{
    float sum = 0;
    for (std::size_t part = 0; part < parts; ++part) {
        const std::size_t first = part * a.size() / parts, last = (part + 1) * a.size() / parts;
        sum = Type::round(double(sum) + inOrder<Type>(a.subspan(first, last - first), b.subspan(first, last - first)));
    }
    return sum;
}

template <class Type>
float asTree(std::span<const float> a, std::span<const float> b)
{
    if (a.size() == 1)
        return Type::round(double(a[0]) * b[0]);
    if (a.empty())
        return 0;
    const std::size_t half = std::bit_ceil(a.size()) / 2;
    return Type::round(double(asTree<Type>(a.first(half), b.first(half))) + asTree<Type>(a.subspan(half), b.subspan(half)));
}

/// Kahan, Communications of the ACM 8, 1965. A sum of two numbers of the type is exact in FP64, or so
/// nearly that rounding twice changes nothing that could be seen here.
template <class Type>
float compensated(std::span<const float> a, std::span<const float> b)
{
    float sum = 0, lost = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const float term = Type::round(double(a[i]) * b[i] - lost);
        const float next = Type::round(double(sum) + term);
        lost = Type::round(double(Type::round(double(next) - sum)) - term);
        sum = next;
    }
    return sum;
}

template <class Type>
float dotIn(const SumMethod& method, std::span<const float> a, std::span<const float> b)
{
    switch (method.order) {
    case SplitK: return inSlices<Type>(a, b, std::size_t(std::max(1, method.parts)));
    case Pairwise: return asTree<Type>(a, b);
    case Compensated: return compensated<Type>(a, b);
    default: return inOrder<Type>(a, b);
    }
}

double gamma(double relativeLoss)
{
    return relativeLoss < 1 ? relativeLoss / (1 - relativeLoss) : noGuarantee;
}

/// Roundings that a product of K meets on its way into the result.
double roundings(const SumMethod& method, std::int64_t k)
{
    switch (method.order) {
    case SplitK: return std::ceil(double(k) / method.parts) + method.parts;
    case Pairwise: return std::ceil(std::log2(double(k))) + 1;   // The product's own comes first.
    case MatrixUnit: return std::ceil(double(k) / method.unit.productsAStep);
    default: return double(k);
    }
}

/// What one step of a matrix unit loses beside rounding the sum: every aligned term is cut.
double alignmentLoss(const TensorCoreModel& unit)
{
    return (unit.productsAStep + 1) * std::ldexp(1.0, -unit.fractionBits);
}

double unitBound(const TensorCoreModel& unit, std::int64_t k)
{
    using Unit = TensorCoreModel::Unit;
    if (unit.unit == Unit::Fp32Fma)
        return gamma(double(k) * fp32Roundoff);
    const double sumLoss = unit.unit == Unit::Fp16Sums ? fp16Roundoff : std::ldexp(1.0, -unit.mantissaBits);
    const double stepLoss = alignmentLoss(unit) + sumLoss;
    if (unit.promoteEvery <= 0)
        return gamma(std::ceil(double(k) / unit.productsAStep) * stepLoss);
    const double stretch = double(std::min<std::int64_t>(k, unit.promoteEvery));
    const double inside = gamma(std::ceil(stretch / unit.productsAStep) * stepLoss);
    const double outside = gamma(std::ceil(double(k) / unit.promoteEvery + 1) * fp32Roundoff);
    return inside + outside + inside * outside;
}

}  // namespace

std::span<const SumMethod> sumMethods()
{
    static const std::vector<SumMethod> table = makeTable();
    return table;
}

const SumMethod* findSumMethod(std::string_view id)
{
    const auto all = sumMethods();
    const auto row = std::find_if(all.begin(), all.end(), [&](const SumMethod& method) { return method.id == id; });
    return row == all.end() ? nullptr : &*row;
}

double dotBy(const SumMethod& method, std::span<const float> a, std::span<const float> b)
{
    if (method.order == MatrixUnit)
        return dotByModel(method.unit, a, b);
    return method.isFp16 ? dotIn<InFp16>(method, a, b) : dotIn<InFp32>(method, a, b);
}

double worstCaseBound(const SumMethod& method, std::int64_t k)
{
    const double u = method.isFp16 ? fp16Roundoff : fp32Roundoff;
    switch (method.order) {
    case MatrixUnit: return unitBound(method.unit, k);
    // 2u + O(K·u²); the 3u are for terms that round as they are taken up, the constant of the second term
    // is not in the source and taken generously.
    case Compensated: return double(k) * u < 1 ? 3 * u + 8 * double(k) * u * u : noGuarantee;
    default: return gamma(roundings(method, k) * u);
    }
}

double probabilisticBound(const SumMethod& method, std::int64_t k, std::int64_t sums, double probability)
{
    if (method.order == Compensated)
        return worstCaseBound(method, k);   // Has no √n to gain: it does not grow with n.
    if (method.order == MatrixUnit && method.unit.unit == TensorCoreModel::Unit::AlignAndTruncate)
        return noGuarantee;
    const bool isFp16 = method.isFp16 || (method.order == MatrixUnit && method.unit.unit == TensorCoreModel::Unit::Fp16Sums);
    const double u = isFp16 ? fp16Roundoff : fp32Roundoff;
    const double n = roundings(method, k);
    // One sum fails with at most 2n·exp(−λ²(1 − u)²/2).
    const double lambda = std::sqrt(2 * std::log(2 * n * double(sums) / (1 - probability))) / (1 - u);
    const double aligned = method.order == MatrixUnit && isFp16 ? n * alignmentLoss(method.unit) : 0;
    return std::expm1(lambda * std::sqrt(n) * u + n * u * u / (1 - u)) + aligned;
}

}  // namespace quantoscope
