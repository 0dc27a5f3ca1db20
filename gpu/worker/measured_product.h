// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernels/kernels.h"
#include "gpu/worker/activation_product.h"
#include "gpu/worker/library_product.h"

#include <functional>
#include <memory>
#include <span>

namespace quantoscope::gpu {

/// One product on one GPU. The operands lie there several times, twice the second-level cache together,
/// and launches take turns, so that no launch finds its operands in the cache; methodText() says where they are
/// too small for that.
class MeasuredProduct {
public:
    /// Copied so often that caches do not help; `once` for who only wants the numbers.
    enum class Copies { ForTiming, Once };
    MeasuredProduct(int device, const HostOperands&, Copies = Copies::ForTiming);
    ~MeasuredProduct();

    /// Fills y with NaN, multiplies once and waits: whatever a kernel does not write is seen.
    void multiplyOnce();
    /// Some rows of y, 32 bits an element.
    void readRows(std::span<const std::int64_t> rows, void* target);

    /// What is timed: everything, or of a row that quantizes x only that.
    enum class Part { Whole, QuantizingX };
    /// Times batches of about 10 ms between two events until about `seconds` of them are spent. `goesOn`
    /// gets the seconds of one product after every batch, and 0 while it warms up.
    /// Below one second: explores, a warm-up of 50 ms and five batches at least. From one second on:
    /// reports, a warm-up until times keep still (three seconds at most), 30 batches and half a second at
    /// least, until the 95 % interval of the median is narrower than ± 1 %.
    /// Products under 10 µs are launched as one graph, or starting them would be what is timed.
    void sample(double seconds, const std::function<bool(double secondsOfOne)>& goesOn, Part = Part::Whole);

    std::string methodText() const;   ///< How often the operands lie there, the algorithm, the graph.

private:
    void makeCopies(int device, const PreparedOperands&, Copies);
    void launch(std::size_t copy);
    double secondsOf(int launches);
    void makeGraph();
    void dropGraph();
    bool warmUp(double least, double most, const std::function<bool(double)>& goesOn);

    /// Before everything that belongs to a device.
    struct ChosenDevice {
        explicit ChosenDevice(int device) { check(cudaSetDevice(device), "choosing the GPU"); }
    };

    const KernelRow& m_row;
    const ChosenDevice m_device;
    ProductShape m_shape;
    cudaStream_t m_stream = nullptr;
    Event m_begin, m_end;
    DeviceMemory m_xScales, m_wScales, m_workspace;
    struct Copy {
        DeviceMemory x, w, y;
    };
    std::vector<Copy> m_copies;
    std::size_t m_turn = 0;
    bool m_fitIntoCache = false;   ///< Operands too small even for the most copies.
    std::unique_ptr<LibraryProduct> m_library;
    std::unique_ptr<ActivationProduct> m_activation;
    Launch* m_launch = nullptr;
    KernelArguments m_arguments{};
    Part m_part = Part::Whole;
    cudaGraphExec_t m_graph = nullptr;
    int m_graphLaunches = 0;
    double m_latestSeconds = 0;
    double m_loneSeconds = 0;   ///< Of one launch without a graph; 0 where there is no graph.
};

}  // namespace quantoscope::gpu
