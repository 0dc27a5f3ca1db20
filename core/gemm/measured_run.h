// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_error.h"

#include <functional>
#include <mutex>

namespace quantoscope {

/// Times one kernel and shows the growing run to whoever watches. `show` may be called from any thread.
class MeasuredRun {
public:
    using Show = std::function<void(const GemmRun&)>;
    /// Multiplies once; false once cancelled.
    using Multiply = std::function<bool()>;

    MeasuredRun(const GemmKernel&, std::string device, const GemmShape&, double compulsoryBytes, Show);

    void setBound(double bound) { m_run.bound = bound; }
    void setError(const GemmError&);
    /// The first product: warms caches and threads, fills y for the error, and tells how many products
    /// make a sample long enough for the clock.
    bool warmUp(const Multiply&);
    /// Samples until the budget is spent; at least one, and where the first product alone took longer
    /// than the budget, that one.
    bool sample(const Multiply&, const TimeBudget&);
    /// Times a part of the product by itself, for a tenth of the budget.
    bool sampleQuantizing(const Multiply& quantize, const TimeBudget&);
    void setQuantizing(double seconds);
    void addSamples(std::span<const double> seconds);
    bool hasSamples();
    void show();
    GemmRun finish();

private:
    void summarize();   ///< With m_mutex held.

    std::mutex m_mutex;
    GemmRun m_run;
    double m_operations, m_bytes;
    Show m_show;
    double m_firstSeconds = 0;
};

}  // namespace quantoscope
