// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/worker/prepared_operands.h"

#include <cstdint>
#include <vector>

namespace quantoscope::gpu {

/// What the worker multiplies when nobody hands it matrices: its own tests and recorded sweeps.
enum class ExampleData { Normal, Uniform, Outliers, Zeros, Largest, Positive };
const char* nameOf(ExampleData);

/// FP32 operands of a shape; the same seed gives the same numbers everywhere.
struct ExampleOperands {
    ProductShape shape;
    std::vector<float> x, w;
};
ExampleOperands makeExample(const ProductShape&, ExampleData, std::uint64_t seed);

/// The same, stored as a kernel wants them. The rounding is that of the program.
struct StoredExample {
    const KernelRow* row;
    ProductShape shape;
    std::vector<std::byte> x, w;
    std::vector<float> xScales, wScales;
    std::vector<std::byte> arrivingX;   ///< FP16, of a kernel that quantizes x itself.

    HostOperands operands() const { return {row, shape, row->quantizesX ? arrivingX.data() : x.data(), w.data(), xScales.data(), wScales.data()}; }
};
StoredExample store(const ExampleOperands&, const KernelRow&);

/// Another x of m rows for the same W, as if both had been made anew: W is most of the work of a batch.
void changeRows(ExampleOperands&, StoredExample&, std::int64_t m, ExampleData, std::uint64_t seed);

/// How far some rows of y are from FP64, as core/gemm/gemm_error.h defines it: R0 is the product of the
/// original operands, R1 that of the stored ones.
struct ExampleError {
    double accumulation = 0;   ///< Largest |y − R1| / (|A||B|)
    double relative = 0;       ///< ‖y − R0‖ / ‖R0‖
    double quantization = 0;   ///< ‖R1 − R0‖ / ‖R0‖
};
ExampleError errorOf(const ExampleOperands&, const StoredExample&, const std::vector<std::int64_t>& rows, const void* y);

}  // namespace quantoscope::gpu
