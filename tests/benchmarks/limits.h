// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace quantoscope::benchmarks {

/// Reads everything once, in as many independent sums as it takes to wait for memory alone.
inline std::uint64_t readingSum(std::span<const float> values)
{
    std::uint64_t sums[16] = {};
    const auto* bytes = reinterpret_cast<const char*>(values.data());
    for (std::size_t at = 0; at + 128 <= values.size_bytes(); at += 128)
        for (std::size_t lane = 0; lane < 16; ++lane) {
            std::uint64_t word;
            std::memcpy(&word, bytes + at + 8 * lane, sizeof word);
            sums[lane] += word;
        }
    std::uint64_t all = 0;
    for (const std::uint64_t sum : sums)
        all += sum;
    return all;
}

}  // namespace quantoscope::benchmarks
