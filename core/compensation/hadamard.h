// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace quantoscope {

/// The largest power of two that divides `columns`: rows are rotated in stretches of that length.
std::int64_t rotationLength(std::int64_t columns);

/// row ← row·(D·H/√n) in stretches of n = rotationLength(columns), D random signs by the seed and H the
/// Hadamard matrix of J. J. Sylvester (1867). An orthogonal map, so lengths and angles stay.
void rotateRow(std::span<double> row, std::uint64_t seed);
/// The inverse: row·(D·H/√n)ᵀ.
void rotateRowBack(std::span<double> row, std::uint64_t seed);

}  // namespace quantoscope
