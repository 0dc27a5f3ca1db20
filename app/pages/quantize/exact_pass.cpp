// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/exact_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

constexpr int cells = 2048;

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

Result<PassResult> runExactPass(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                                bool wantsPicture, double low, double high, PassWatch& watch, Progress progress)
{
    PictureMaker maker(source, info, low, high, watch);
    QuantizationSink sink;
    if (wantsPicture)
        sink.values = [&](std::span<const float> stored) { return maker.take(stored); };
    auto report = quantize(source, info, scheme, sink, std::move(progress));
    if (!report)
        return tl::unexpected(report.error());
    return PassResult{std::move(*report), wantsPicture ? maker.finish() : nullptr};
}

}  // namespace quantoscope
