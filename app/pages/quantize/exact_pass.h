// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/compensation/compensation.h"
#include "core/quantization/quantize.h"
#include "widgets/histogram_content.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace quantoscope {

/// What a running pass has seen so far.
struct PartialError {
    double count = 0;
    double squaredError = 0, squaredValues = 0;
    double sqnrDb() const;
    double meanSquaredError() const { return count > 0 ? squaredError / count : 0; }
};

/// Filled by the pass on its own thread, read by the window meanwhile.
class PassWatch {
public:
    void set(const PartialError& error)
    {
        std::lock_guard lock(m_mutex);
        m_error = error;
    }
    PartialError get() const
    {
        std::lock_guard lock(m_mutex);
        return m_error;
    }

private:
    mutable std::mutex m_mutex;
    PartialError m_error;
};

/// What a matrix answers to its inputs, stored against original: the error of the task it has, X·Wᵀ.
struct OutputError {
    double sqnrDb = 0;
    std::int64_t tokens = 0;
    bool roundsInputs = false;   ///< The inputs are rounded to INT8 too.
};

struct PassResult {
    QuantizationReport report;
    std::shared_ptr<const DequantizedPicture> picture;   ///< Where one was asked for.
    std::shared_ptr<const Activations> activations;      ///< Where there are any; made once, then handed back in.
    std::optional<OutputError> outputs;
};

struct PassTask {
    CompensatedScheme scheme;
    bool wantsPicture = false;   ///< Stored values and their errors sorted into equal cells of [low, high].
    double low = 0, high = 0;
    std::string inputs;          ///< As activationsFor() takes it; empty: the matrix has none.
    std::shared_ptr<const Activations> activations;   ///< What `inputs` made earlier.
};

/// The scheme over the values themselves, with the error of the outputs where there are inputs and the matrix
/// is small enough to wait for it.
Result<PassResult> runExactPass(const TensorSource&, const TensorInfo&, const PassTask&, PassWatch&, Progress);

}  // namespace quantoscope
