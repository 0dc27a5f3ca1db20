// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace quantoscope {

/// The 64-bit finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014, section 4). A bijection that spreads every input bit over all output bits.
constexpr std::uint64_t mixBits(std::uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

/// Counter-based random numbers: the n-th number of a seed is a pure function of both, so any part
/// of a stream can be made on any thread and the same seed gives the same picture everywhere.
class RandomStream {
public:
    explicit constexpr RandomStream(std::uint64_t seed, std::uint64_t stream = 0)
        : m_key(mixBits(seed * golden + mixBits(stream + 1)))
    {
    }

    constexpr std::uint64_t bits(std::uint64_t counter) const
    {
        return mixBits(m_key + (counter + 1) * golden);
    }

    /// Uniform on (0, 1): never 0 and never 1, so that logarithms are safe.
    constexpr double uniform(std::uint64_t counter) const
    {
        return (double(bits(counter) >> 11) + 0.5) * 0x1p-53;
    }

    /// Standard normal by Box and Muller (Annals of Mathematical Statistics 29, 1958); numbers 2n
    /// and 2n+1 share one pair of uniforms.
    double normal(std::uint64_t counter) const
    {
        const std::uint64_t pair = counter & ~std::uint64_t{1};
        const double radius = std::sqrt(-2 * std::log(uniform(pair)));
        const double angle = 2 * std::numbers::pi * uniform(pair + 1);
        return radius * (counter % 2 == 0 ? std::cos(angle) : std::sin(angle));
    }

private:
    static constexpr std::uint64_t golden = 0x9E3779B97F4A7C15ull;   ///< 2^64 over the golden ratio
    std::uint64_t m_key;
};

}  // namespace quantoscope
