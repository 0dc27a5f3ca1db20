// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/kernels.h"
#include "gpu/worker/library_product.h"

#include <functional>
#include <memory>
#include <span>

namespace quantoscope::gpu {

/// Stored operands in the memory of this process.
struct HostOperands {
    const KernelRow* row;
    ProductShape shape;
    const std::byte* x;
    const std::byte* w;
    const float* xScales;
    const float* wScales;
};

/// One product on one GPU. The operands lie there several times, twice the second-level cache together,
/// and launches take turns, so that no launch finds its operands in the cache.
class MeasuredProduct {
public:
    MeasuredProduct(int device, const HostOperands&);
    ~MeasuredProduct();

    /// Fills y with NaN, multiplies once and waits: whatever a kernel does not write is seen.
    void multiplyOnce();
    /// Some rows of y, 32 bits an element.
    void readRows(std::span<const std::int64_t> rows, void* target);

    /// Times batches of about 10 ms between two events, after a warm-up of at least 50 ms, until `seconds`
    /// are spent, five batches at least. `goesOn` gets the seconds of one product after every batch.
    void sample(double seconds, const std::function<bool(double secondsOfOne)>& goesOn);

    std::string methodText() const;   ///< How often the operands lie there, and the algorithm.

private:
    void launch(std::size_t copy);
    double secondsOf(int launches);

    const KernelRow& m_row;
    ProductShape m_shape;
    cudaStream_t m_stream = nullptr;
    cudaEvent_t m_begin = nullptr, m_end = nullptr;
    DeviceMemory m_xScales, m_wScales;
    struct Copy {
        DeviceMemory x, w, y;
    };
    std::vector<Copy> m_copies;
    std::size_t m_turn = 0;
    std::unique_ptr<LibraryProduct> m_library;
    Launch* m_launch = nullptr;
};

}  // namespace quantoscope::gpu
