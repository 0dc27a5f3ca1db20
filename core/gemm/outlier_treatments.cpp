// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/outlier_treatments.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {
namespace {

using enum ElementType;
using enum ScaleSharing;

constexpr double llmInt8Threshold = 6;   // Section 3.2 of the paper.

constexpr std::array treatments{
    OutlierTreatment{"fp16", "FP16", "Both operands in FP16: what the others are held against.", {Fp16}, {Fp16}},
    OutlierTreatment{"e4m3", "FP8 E4M3", "Both operands in E4M3 with one scale each: a float's error is a share of the value.",
                     {E4m3, Matrix}, {E4m3, Matrix}},
    OutlierTreatment{"int8_tensor", "INT8, one scale", "Both operands in INT8 with one scale each: the largest value sets every step.",
                     {Int8, Matrix}, {Int8, Matrix}},
    OutlierTreatment{"int8", "INT8, a scale a row", "INT8 with a scale a token and a scale an output channel: every token has its outliers.",
                     {Int8, Row}, {Int8, Row}},
    OutlierTreatment{"int8_group", "INT8, groups", "INT8 with a scale for every 128 columns: an outlier spoils its own group only.",
                     {Int8, Group, 128}, {Int8, Group, 128}},
    OutlierTreatment{"int8_split", "LLM.int8()", "INT8 a row, but channels with outliers stay in FP16 and are multiplied apart.",
                     {Int8, Row}, {Int8, Row}, llmInt8Threshold},
    OutlierTreatment{"int8_smooth", "SmoothQuant", "INT8 a row, after a factor a channel moved part of the outliers from x into W.",
                     {Int8, Row}, {Int8, Row}, 0, 0.5},
};

}  // namespace

std::span<const OutlierTreatment> outlierTreatments()
{
    return treatments;
}

const OutlierTreatment* findOutlierTreatment(std::string_view id)
{
    const auto row = std::find_if(treatments.begin(), treatments.end(), [&](const OutlierTreatment& one) { return one.id == id; });
    return row == treatments.end() ? nullptr : &*row;
}

std::vector<float> columnMagnitudes(std::span<const float> values, std::int64_t rows, std::int64_t columns)
{
    std::vector<float> largest(static_cast<std::size_t>(columns));
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto line = values.subspan(std::size_t(row * columns), largest.size());
        for (std::size_t column = 0; column < largest.size(); ++column)
            largest[column] = std::max(largest[column], std::abs(line[column]));
    }
    return largest;
}

std::vector<std::int64_t> outlierChannels(std::span<const float> columnMagnitudes, double threshold)
{
    std::vector<std::int64_t> channels;
    for (std::size_t column = 0; threshold > 0 && column < columnMagnitudes.size(); ++column)
        if (double(columnMagnitudes[column]) >= threshold)
            channels.push_back(std::int64_t(column));
    return channels;
}

std::vector<float> smoothingFactors(std::span<const float> xMagnitudes, std::span<const float> wMagnitudes, double alpha)
{
    std::vector<float> factors(xMagnitudes.size(), 1);
    for (std::size_t column = 0; column < factors.size(); ++column) {
        const double x = xMagnitudes[column], w = wMagnitudes[column];
        const double factor = x > 0 && w > 0 ? std::pow(x, alpha) / std::pow(w, 1 - alpha) : 1;
        if (std::isnormal(float(factor)) && std::isnormal(float(1 / factor)))
            factors[column] = float(factor);
    }
    return factors;
}

}  // namespace quantoscope
