// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace quantoscope {

/// Adds how often each level occurs; every level must be below counts.size().
void addLevelCounts(std::span<const std::uint16_t> levels, std::span<std::uint64_t> counts);
/// The same for the levels of finite values alone. `allFinite`: all of them are known to be.
void addLevelCounts(std::span<const std::uint16_t> levels, std::span<const float> values, bool allFinite, std::span<std::uint64_t> counts);

}  // namespace quantoscope
