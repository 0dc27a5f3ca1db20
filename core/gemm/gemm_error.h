// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_operands.h"
#include "core/gemm/pulse.h"
#include "core/gemm/stored_matrix.h"

namespace quantoscope {

/// How far a product is from the truth, split into what the storage did and what the sums did.
/// R0 is the FP64 product of the original operands, R1 that of the stored ones.
struct GemmError {
    double relative = 0;       ///< ‖Y−R0‖F / ‖R0‖F
    double quantization = 0;   ///< ‖R1−R0‖F / ‖R0‖F
    double accumulation = 0;   ///< Largest |Y−R1| / (|A||B|) over elements; 0/0 is 0.
};

/// The rows of y that are checked: all where the product is small, else 256 drawn from the seed,
/// which costs the same whatever M is.
std::vector<std::int64_t> checkedRows(const GemmShape&, std::uint64_t seed);

/// R0 on the checked rows, which every kernel of one problem shares.
struct GemmReference {
    GemmOperands operands;
    std::vector<std::int64_t> rows;
    std::vector<double> product;   ///< rows.size() × N
    double norm = 0;               ///< ‖R0‖F over the checked rows.
};
Result<GemmReference> makeGemmReference(GemmOperands, std::uint64_t seed, const Pulse&);

/// Reads one checked row of y, by its place in GemmReference::rows.
using RowReader = std::function<void(std::size_t checkedRow, std::span<double> y)>;
Result<GemmError> measureGemmError(const GemmReference&, const StoredMatrix& x, const StoredMatrix& w,
                                   const RowReader&, const Pulse&);
/// For kernels that sum in FP64 themselves: R0 by compensated dot products (Ogita, Rump and Oishi,
/// "Accurate sum and dot product", 2005), as if in twice the digits, on at most 2^22 products.
Result<GemmError> measureFp64Error(const GemmReference&, const RowReader&, const Pulse&);

/// γₙ = n·u / (1 − n·u) for n = K rounded sums and `extraRoundings` more: |Y−R1| ≤ γₙ |A||B| whatever
/// the order of the sums (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1).
/// Infinity where n·u ≥ 1: no guarantee.
double accumulationBound(std::int64_t k, double unitRoundoff, int extraRoundings = 0);

}  // namespace quantoscope
