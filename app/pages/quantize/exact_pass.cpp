// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/exact_pass.h"

#include "core/language/activations_argument.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

constexpr int cells = 2048;
constexpr std::int64_t mostCompensated = std::int64_t{1} << 26;

/// Whether ‖X·Eᵀ‖ from XᵀX takes a moment: rows · columns² multiplications.
bool measuresOutputs(const TensorInfo& info)
{
    return info.count > 0 && info.count <= mostCompensated && double(info.count) * double(info.columns()) <= 3e10;
}

/// Rounding alone, its values kept.
Result<CompensatedWeights> quantizePlainly(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                                           QuantizationReport& report, const Progress& progress)
{
    CompensatedWeights stored;
    QuantizationSink sink;
    sink.values = [&](std::span<const float> part) -> Result<void> {
        stored.values.insert(stored.values.end(), part.begin(), part.end());
        return {};
    };
    auto found = quantize(source, info, scheme, sink, progress);
    if (!found)
        return tl::unexpected(found.error());
    report = std::move(*found);
    return stored;
}

/// Takes the stored values as they stream by, reads the weights they came from, and sorts both.
class PictureMaker {
public:
    PictureMaker(const TensorSource& source, const TensorInfo& info, double low, double high, PassWatch& watch)
        : m_source(source)
        , m_info(info)
        , m_watch(watch)
        , m_picture(std::make_shared<DequantizedPicture>())
    {
        // A tensor of one value still has a picture: that value in the middle.
        const double reach = high > low ? 0 : std::max(1e-30, std::abs(low));
        m_picture->low = low - reach;
        m_picture->high = high + reach;
        m_picture->stored.assign(cells, 0);
        m_picture->squaredError.assign(cells, 0);
        m_picture->lowestError.assign(cells, std::numeric_limits<float>::quiet_NaN());
        m_picture->highestError = m_picture->lowestError;
        m_cellsPerUnit = cells / (m_picture->high - m_picture->low);
    }

    Result<void> take(std::span<const float> stored)
    {
        m_weights.resize(stored.size());
        const auto read = m_source.read(m_info, {m_seen, std::int64_t(stored.size())}, std::span<float>(m_weights));
        if (!read)
            return read;
        m_seen += std::int64_t(stored.size());
        for (std::size_t i = 0; i < stored.size(); ++i)
            add(m_weights[i], stored[i]);
        m_watch.set(m_error);
        return {};
    }

    std::shared_ptr<const DequantizedPicture> finish()
    {
        m_picture->count = m_error.count;
        return m_picture;
    }

private:
    std::size_t cellOf(double value) const
    {
        return std::size_t(std::clamp((value - m_picture->low) * m_cellsPerUnit, 0.0, cells - 1.0));
    }
    void add(float weight, float stored)
    {
        if (!std::isfinite(weight) || !std::isfinite(stored))
            return;
        const float error = stored - weight;
        m_error.count += 1;
        m_error.squaredError += double(error) * error;
        m_error.squaredValues += double(weight) * weight;
        m_picture->stored[cellOf(stored)] += 1;
        const std::size_t cell = cellOf(weight);
        m_picture->squaredError[cell] += double(error) * error;
        float& lowest = m_picture->lowestError[cell];
        float& highest = m_picture->highestError[cell];
        if (!(lowest <= error))
            lowest = error;
        if (!(highest >= error))
            highest = error;
    }

    const TensorSource& m_source;
    const TensorInfo& m_info;
    PassWatch& m_watch;
    std::shared_ptr<DequantizedPicture> m_picture;
    std::vector<float> m_weights;
    double m_cellsPerUnit = 1;
    std::int64_t m_seen = 0;
    PartialError m_error;
};

}  // namespace

double PartialError::sqnrDb() const
{
    if (squaredError == 0)
        return squaredValues > 0 ? std::numeric_limits<double>::infinity() : 0;
    return 10 * std::log10(squaredValues / squaredError);
}

Result<PassResult> runExactPass(const TensorSource& source, const TensorInfo& info, const PassTask& task, PassWatch& watch, Progress progress)
{
    PassResult result;
    const CompensationMethod* const method = task.scheme.method;
    if (method && info.count > mostCompensated)
        return failure(Error::Kind::Unsupported, std::string(method->name) + " works on a whole matrix at once, of at most 67 million weights here; "
                                                     + info.name + " has more.");
    result.activations = task.activations;
    if (!task.inputs.empty() && !result.activations) {
        auto made = activationsFor(task.inputs, source, info, {progress.stop});
        if (made)
            result.activations = std::make_shared<const Activations>(std::move(*made));
        else if ((method && method->needsActivations) || task.inputs != "sample")
            return tl::unexpected(made.error());
    }
    PictureMaker maker(source, info, task.low, task.high, watch);
    const bool measures = result.activations && measuresOutputs(info);
    if (!method && !measures) {
        QuantizationSink sink;
        if (task.wantsPicture)
            sink.values = [&](std::span<const float> stored) { return maker.take(stored); };
        auto report = quantize(source, info, task.scheme.scheme, sink, std::move(progress));
        if (!report)
            return tl::unexpected(report.error());
        result.report = std::move(*report);
    } else {
        std::vector<float> weights(std::size_t(info.count));
        if (auto read = source.read(info, {0, info.count}, std::span<float>(weights)); !read)
            return tl::unexpected(read.error());
        const CompensationTask matrix{info.name, info.rows(), info.columns(), weights, task.scheme.scheme, result.activations.get()};
        auto stored = method ? quantizeWeights(matrix, method, progress) : quantizePlainly(source, info, task.scheme.scheme, result.report, progress);
        if (!stored)
            return tl::unexpected(stored.error());
        if (method) {
            result.report.error = errorOfStored(weights, stored->values);
            result.report.bitsPerWeight = stored->bitsPerWeight;
            result.report.bytes = std::uint64_t(std::ceil(stored->bitsPerWeight * double(info.count) / 8));
        }
        if (task.wantsPicture)
            if (auto taken = maker.take(stored->values); !taken)
                return tl::unexpected(taken.error());
        if (measures)
            result.outputs = OutputError{stored->roundsInputs ? productSqnrDb(matrix, *stored) : outputSqnrDb(weights, stored->values, *result.activations),
                                         result.activations->tokens(), stored->roundsInputs};
    }
    if (task.wantsPicture)
        result.picture = maker.finish();
    return result;
}

}  // namespace quantoscope
