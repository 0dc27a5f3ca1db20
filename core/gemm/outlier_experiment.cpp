// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/outlier_experiment.h"

#include "core/gemm/blas_product.h"
#include "core/gemm/stored_matrix.h"
#include "core/parallel_for.h"
#include "core/quantization/quantize.h"
#include "core/random.h"
#include "core/tensors/synthetic_tensors.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace quantoscope {
namespace {

constexpr double ordinaryBelow = 6;     ///< |x| of a channel without outliers: LLM.int8()'s threshold.
constexpr std::int64_t panelRows = 128;   ///< Of W: so many are widened to FP64 at a time.

std::set<std::size_t> drawChannels(const OutlierData& data)
{
    const auto columns = std::uint64_t(data.shape.k);
    const RandomStream stream(data.seed, 2);
    std::set<std::size_t> channels;
    for (std::uint64_t draw = 0; channels.size() < std::min<std::uint64_t>(std::uint64_t(std::max(0, data.channels)), columns); ++draw)
        channels.insert(stream.bits(draw) % columns);
    return channels;
}

void multiplyChannels(std::vector<float>& x, std::int64_t columns, const std::set<std::size_t>& channels, double factor)
{
    for (const std::size_t channel : channels)
        for (std::size_t i = channel; i < x.size(); i += std::size_t(columns))
            x[i] = float(x[i] * factor);
}

/// One operand as a treatment stores it, in FP64 and in its own units again.
struct Treated {
    std::int64_t columns = 0;
    StoredMatrix stored, kept;              ///< `kept`: FP16, only where some channels stay.
    std::vector<std::int64_t> keptChannels;
    std::vector<float> factors;             ///< What stored values are multiplied by, a channel; empty: 1.

    void decode(std::int64_t row, std::span<double> values) const
    {
        stored.decodeRow(row, 0, values);
        const double scale = stored.rowScale(row);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] *= factors.empty() ? scale : scale * factors[i];
        for (const std::int64_t channel : keptChannels)
            kept.decodeRow(row, channel, values.subspan(std::size_t(channel), 1));
    }
};

/// `factors`: stored is value / factor.
Result<Treated> treat(std::span<const float> values, std::int64_t rows, std::int64_t columns, const OperandStorage& storage,
                      const std::vector<std::int64_t>& keptChannels, std::vector<float> factors, const Progress& progress)
{
    Treated treated{columns, {}, {}, keptChannels, std::move(factors)};
    std::vector<float> changed;
    if (!treated.factors.empty() || !keptChannels.empty()) {
        changed.assign(values.begin(), values.end());
        for (std::size_t i = 0; i < changed.size() && !treated.factors.empty(); ++i)
            changed[i] /= treated.factors[i % std::size_t(columns)];
        // Channels that are multiplied apart are zero in the INT8 matrix, so no scale has to cover them.
        for (const std::int64_t channel : keptChannels)
            for (std::size_t i = std::size_t(channel); i < changed.size(); i += std::size_t(columns))
                changed[i] = 0;
    }
    auto stored = storeMatrix(changed.empty() ? values : std::span<const float>(changed), rows, columns, storage, progress);
    if (!stored)
        return tl::unexpected(stored.error());
    treated.stored = std::move(*stored);
    if (!keptChannels.empty()) {
        auto kept = storeMatrix(values, rows, columns, {ElementType::Fp16}, progress);
        if (!kept)
            return tl::unexpected(kept.error());
        treated.kept = std::move(*kept);
    }
    return treated;
}

/// Squared errors and squares of some values.
struct Squares {
    double wrong = 0, right = 0;
    void add(double stored, double value)
    {
        wrong += (stored - value) * (stored - value);
        right += value * value;
    }
    double ratio() const { return wrong == 0 ? 0 : std::sqrt(wrong / right); }
};

std::vector<double> decodeRows(const Treated& matrix, std::int64_t first, std::int64_t rows)
{
    std::vector<double> values(std::size_t(rows * matrix.columns));
    parallelFor(std::size_t(rows), [&](std::size_t i) {
        matrix.decode(first + std::int64_t(i), std::span(values).subspan(i * std::size_t(matrix.columns), std::size_t(matrix.columns)));
    });
    return values;
}

/// The FP64 product of the operands as they are, and what the treatments share.
struct Truth {
    std::vector<double> product;   ///< M × N
    std::vector<float> xMagnitudes, wMagnitudes;
    std::vector<bool> isOutlier;
};

Result<Truth> makeTruth(const GemmOperands& operands, const Pulse& pulse)
{
    const auto [m, n, k] = operands.shape;
    Truth truth;
    truth.xMagnitudes = columnMagnitudes(operands.x, m, k);
    truth.wMagnitudes = columnMagnitudes(*operands.w, n, k);
    for (const float magnitude : truth.xMagnitudes)
        truth.isOutlier.push_back(double(magnitude) >= ordinaryBelow);
    truth.product.resize(std::size_t(m * n));
    const std::vector<double> x(operands.x.begin(), operands.x.end());
    std::vector<double> panel;
    for (std::int64_t first = 0; first < n; first += panelRows) {
        const std::int64_t rows = std::min(panelRows, n - first);
        const std::vector<double> w(operands.w->begin() + first * k, operands.w->begin() + (first + rows) * k);
        panel.resize(std::size_t(m * rows));
        if (!multiplyByBlas(m, rows, k, x.data(), k, w.data(), k, panel.data(), pulse))
            return cancelled();
        for (std::int64_t i = 0; i < m; ++i)
            std::copy_n(panel.begin() + i * rows, rows, truth.product.begin() + i * n + first);
    }
    return truth;
}

Result<TreatmentResult> apply(const OutlierTreatment& treatment, const GemmOperands& operands, const Truth& truth, const Pulse& pulse)
{
    const auto [m, n, k] = operands.shape;
    const auto kept = outlierChannels(truth.xMagnitudes, treatment.splitThreshold);
    std::vector<float> factors, inverse;
    if (treatment.smoothing >= 0) {
        factors = smoothingFactors(truth.xMagnitudes, truth.wMagnitudes, treatment.smoothing);
        std::transform(factors.begin(), factors.end(), std::back_inserter(inverse), [](float factor) { return 1 / factor; });
    }
    const auto x = treat(operands.x, m, k, treatment.x, kept, factors, pulse.progress());
    const auto w = x ? treat(*operands.w, n, k, treatment.w, kept, inverse, pulse.progress()) : x;
    if (!w)
        return tl::unexpected(w.error());

    Squares activations, ordinary, weights, products;
    const std::vector<double> left = decodeRows(*x, 0, m);
    for (std::size_t i = 0; i < left.size(); ++i) {
        activations.add(left[i], operands.x[i]);
        if (!truth.isOutlier[i % std::size_t(k)])
            ordinary.add(left[i], operands.x[i]);
    }
    std::vector<double> panel;
    for (std::int64_t first = 0; first < n; first += panelRows) {
        const std::int64_t rows = std::min(panelRows, n - first);
        const std::vector<double> right = decodeRows(*w, first, rows);
        for (std::size_t i = 0; i < right.size(); ++i)
            weights.add(right[i], (*operands.w)[std::size_t(first * k) + i]);
        panel.resize(std::size_t(m * rows));
        if (!multiplyByBlas(m, rows, k, left.data(), k, right.data(), k, panel.data(), pulse))
            return cancelled();
        for (std::int64_t i = 0; i < m; ++i)
            for (std::int64_t j = 0; j < rows; ++j)
                products.add(panel[std::size_t(i * rows + j)], truth.product[std::size_t(i * n + first + j)]);
    }
    return TreatmentResult{treatment, products.ratio(), activations.ratio(), ordinary.ratio(), weights.ratio(), std::int64_t(kept.size())};
}

/// The relative error of the channels without outliers, x stored under the scheme.
Result<double> ordinaryError(const std::vector<float>& x, const GemmShape& shape, const std::set<std::size_t>& outliers,
                             const QuantizationScheme& scheme, const Progress& progress)
{
    const auto source = makeTensor("x", x, {shape.m, shape.k});
    Squares ordinary;
    std::size_t at = 0;
    QuantizationSink sink;
    sink.values = [&](std::span<const float> stored) -> Result<void> {
        for (const float value : stored) {
            if (!outliers.contains(at % std::size_t(shape.k)))
                ordinary.add(value, x[at]);
            ++at;
        }
        return {};
    };
    const auto report = quantize(*source, source->tensors().front(), scheme, sink, progress);
    if (!report)
        return tl::unexpected(report.error());
    return ordinary.ratio();
}

}  // namespace

Result<GemmOperands> makeOutlierOperands(const OutlierData& data, const Progress& progress)
{
    auto operands = makeGemmOperands({data.shape, GemmData::Normal, data.seed, nullptr}, progress);
    if (operands)
        multiplyChannels(operands->x, data.shape.k, drawChannels(data), data.magnitude);
    return operands;
}

Result<std::vector<TreatmentResult>> compareTreatments(const GemmOperands& operands, std::span<const OutlierTreatment> treatments,
                                                       const Progress& progress)
{
    const auto [m, n, k] = operands.shape;
    if (m < 1 || n < 1 || k < 1 || operands.x.size() != std::size_t(m * k) || !operands.w || operands.w->size() != std::size_t(n * k))
        return failure(Error::Kind::Usage, "The activations have to be M times K values and the weights N times K.");
    if (treatments.empty())
        treatments = outlierTreatments();
    const Pulse pulse(progress);
    const auto truth = makeTruth(operands, pulse);
    if (!truth)
        return tl::unexpected(truth.error());
    std::vector<TreatmentResult> results;
    for (const OutlierTreatment& treatment : treatments) {
        auto result = apply(treatment, operands, *truth, pulse);
        if (!result)
            return tl::unexpected(result.error());
        results.push_back(std::move(*result));
        progress.report(double(results.size()) / double(treatments.size()));
    }
    return results;
}

Result<std::vector<OutlierSweepPoint>> sweepOutliers(OutlierData data, std::span<const double> magnitudes,
                                                     std::span<const OutlierTreatment> treatments, const Progress& progress)
{
    std::vector<OutlierSweepPoint> points;
    for (const double magnitude : magnitudes) {
        data.magnitude = magnitude;
        const auto operands = makeOutlierOperands(data, progress);
        if (!operands)
            return tl::unexpected(operands.error());
        auto results = compareTreatments(*operands, treatments, Progress{progress.stop});
        if (!results)
            return tl::unexpected(results.error());
        points.push_back({magnitude, std::move(*results)});
        progress.report(double(points.size()) / double(magnitudes.size()));
    }
    return points;
}

Result<std::vector<FormatNoise>> measureFormatNoise(const OutlierData& data, std::vector<std::string> schemes, const Progress& progress)
{
    if (schemes.empty())
        schemes = {"fp16", "bf16", "e4m3", "e5m2", "int8,channel", "int8,group=128", "q8_0", "int4,group=128",
                   "int4,group=32", "nf4", "mxfp4", "nvfp4"};
    OutlierData calm = data;
    calm.magnitude = 1;
    const auto operands = makeOutlierOperands(calm, progress);
    if (!operands)
        return tl::unexpected(operands.error());
    const std::set<std::size_t> channels = drawChannels(data);
    std::vector<float> withOutliers = operands->x;
    multiplyChannels(withOutliers, data.shape.k, channels, data.magnitude);

    std::vector<FormatNoise> noise;
    for (const std::string& text : schemes) {
        const auto scheme = parseScheme(text);
        if (!scheme)
            return tl::unexpected(scheme.error());
        const auto without = ordinaryError(operands->x, data.shape, channels, *scheme, Progress{progress.stop});
        const auto with = without ? ordinaryError(withOutliers, data.shape, channels, *scheme, Progress{progress.stop}) : without;
        if (!with)
            return tl::unexpected(with.error());
        noise.push_back({text, schemeSentence(*scheme), *without, *with});
        progress.report(double(noise.size()) / double(schemes.size()));
    }
    return noise;
}

}  // namespace quantoscope
