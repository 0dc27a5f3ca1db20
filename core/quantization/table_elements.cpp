// SPDX-License-Identifier: Apache-2.0
// Level tables that multiply by shifting: powers of two, and sums of a few of them.
#include "core/quantization/element.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// Both signs of the magnitudes, and 0 once.
std::vector<double> withSigns(const std::vector<double>& magnitudes)
{
    std::vector<double> levels{0};
    for (const double magnitude : magnitudes)
        if (magnitude > 0)
            levels.insert(levels.end(), {magnitude, -magnitude});
    std::sort(levels.begin(), levels.end());
    return levels;
}

/// ±2^−k for k = 0 … 2^(bits−1) − 2, and 0 (Miyashita, Lee and Murmann, "Convolutional neural networks
/// using logarithmic data representation", 2016).
TableElement powersOfTwo(int bits)
{
    std::vector<double> magnitudes;
    for (int k = 0; k <= (1 << (bits - 1)) - 2; ++k)
        magnitudes.push_back(std::ldexp(1.0, -k));
    return {fmt::format("log2_{}", bits), fmt::format("{}-bit powers of two", bits), bits, withSigns(magnitudes)};
}

/// Additive powers of two (Li, Dong and Wang, "Additive powers-of-two quantization", ICLR 2020): a
/// magnitude of bits − 1 = 2n bits is γ times a sum of n terms, term i one of 0, 2^−(i+1), 2^−(i+1+n),
/// 2^−(i+1+2n); where bits − 1 is odd, one more term of a single bit takes the exponent after the first
/// two rounds, as the authors' program `build_power_value` has it. γ makes the largest magnitude 1.
TableElement additivePowersOfTwo(int bits)
{
    const int terms = (bits - 1) / 2;
    const bool hasSingle = (bits - 1) % 2 != 0;
    std::vector<std::vector<double>> choices(std::size_t(terms + hasSingle), {0});
    int exponent = 0;
    for (int round = 0; round < 3; ++round) {
        if (round == 2 && hasSingle)
            choices.back().push_back(std::ldexp(1.0, -++exponent));
        for (int term = 0; term < terms; ++term)
            choices[std::size_t(term)].push_back(std::ldexp(1.0, -++exponent));
    }
    std::vector<double> sums{0};
    for (const auto& term : choices) {
        std::vector<double> longer;
        for (const double sum : sums)
            for (const double power : term)
                longer.push_back(sum + power);
        sums = std::move(longer);
    }
    const double largest = *std::max_element(sums.begin(), sums.end());
    for (double& sum : sums)
        sum = double(float(sum / largest));   // as FP32, which the authors' levels are
    return {fmt::format("apot_{}", bits), fmt::format("{}-bit additive powers of two", bits), bits, withSigns(sums)};
}

}  // namespace

std::span<const TableElement> tableElements()
{
    static const std::vector<TableElement> rows = [] {
        std::vector<TableElement> made;
        for (int bits = 2; bits <= 6; ++bits)
            made.push_back(powersOfTwo(bits));
        for (int bits = 3; bits <= 7; ++bits)
            made.push_back(additivePowersOfTwo(bits));
        return made;
    }();
    return rows;
}

}  // namespace quantoscope
