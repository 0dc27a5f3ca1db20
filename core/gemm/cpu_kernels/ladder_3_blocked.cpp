// SPDX-License-Identifier: Apache-2.0
// Rung 3: four rows of x by four rows of W at a time, in blocks of K that stay in the first-level cache.
// A number that was fetched serves four products, and sixteen sums that do not wait for each other fill
// the gaps. Still one number an instruction and one core.
#include "core/gemm/cpu_kernels/cpu_kernel.h"

#include <algorithm>

namespace quantoscope::cpu {
namespace {

constexpr std::int64_t tile = 4, depth = 512;

void addTile(const StoredMatrix& x, const StoredMatrix& w, std::int64_t i, std::int64_t j, std::int64_t first,
             std::int64_t columns, float* y)
{
    const std::int64_t rows = std::min(tile, x.rows - i), across = std::min(tile, w.rows - j);
    float sums[tile][tile] = {};
    const float* a[tile];
    const float* b[tile];
    // Beyond the edge the last row is computed again and thrown away.
    for (std::int64_t r = 0; r < tile; ++r) {
        a[r] = x.rowAs<float>(i + std::min(r, rows - 1)) + first;
        b[r] = w.rowAs<float>(j + std::min(r, across - 1)) + first;
    }
    for (std::int64_t k = 0; k < columns; ++k)
        for (std::int64_t r = 0; r < tile; ++r)
            for (std::int64_t c = 0; c < tile; ++c)
                sums[r][c] += a[r][k] * b[c][k];
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < across; ++c) {
            float& target = y[(i + r) * w.rows + j + c];
            target = first == 0 ? sums[r][c] : target + sums[r][c];
        }
}

}  // namespace

bool multiplyBlocked(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    for (std::int64_t first = 0; first < x.columns; first += depth)
        for (std::int64_t j = 0; j < w.rows; j += tile) {
            if (!pulse.goesOn())
                return false;
            for (std::int64_t i = 0; i < x.rows; i += tile)
                addTile(x, w, i, j, first, std::min(depth, x.columns - first), y.as<float>());
        }
    return true;
}

}  // namespace quantoscope::cpu
