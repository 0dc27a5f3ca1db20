// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/quantize.h"
#include "widgets/histogram_content.h"

#include <memory>
#include <mutex>

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

struct PassResult {
    QuantizationReport report;
    std::shared_ptr<const DequantizedPicture> picture;   ///< Where one was asked for.
};

/// The scheme over the values themselves. With `wantsPicture` the stored values and their errors are
/// also sorted into equal cells of [low, high].
Result<PassResult> runExactPass(const TensorSource&, const TensorInfo&, const QuantizationScheme&, bool wantsPicture,
                                double low, double high, PassWatch&, Progress);

}  // namespace quantoscope
