// SPDX-License-Identifier: Apache-2.0
#include "core/language/words_under_scheme.h"

#include "core/quantization/quantize.h"
#include "core/tensors/synthetic_tensors.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

/// A part of a longer computation, as its own progress.
Progress partOf(const Progress& whole, double from, double to)
{
    return {whole.stop, [&whole, from, to](double fraction) { whole.report(from + fraction * (to - from)); }};
}

}  // namespace

Result<QuantizedWordsModel> quantizeModel(const WordsModel& model, const QuantizationScheme& scheme, const Progress& progress)
{
    QuantizedWordsModel result{model};
    double bits = 0, count = 0, squares = 0, squaredError = 0;
    const std::vector<std::size_t> matrices = model.matrices();
    for (std::size_t i = 0; i < matrices.size(); ++i) {
        const WordsModel::Weight& weight = model.weights()[matrices[i]];
        const auto source = makeTensor(weight.name, weight.values, {weight.rows, weight.columns});
        std::vector<float> values;
        values.reserve(weight.values.size());
        QuantizationSink sink;
        sink.values = [&](std::span<const float> part) -> Result<void> {
            values.insert(values.end(), part.begin(), part.end());
            return {};
        };
        const auto report = quantize(*source, source->tensors().front(), scheme, sink, {progress.stop});
        if (!report)
            return tl::unexpected(report.error());
        for (std::size_t k = 0; k < values.size(); ++k) {
            const double error = double(weight.values[k]) - values[k];
            squares += double(weight.values[k]) * weight.values[k];
            squaredError += error * error;
        }
        bits += report->bitsPerWeight * double(values.size());
        count += double(values.size());
        result.model.setValues(matrices[i], std::move(values));
        progress.report(double(i + 1) / double(matrices.size()));
    }
    result.bitsPerWeight = count > 0 ? bits / count : 0;
    result.sqnrDb = squaredError > 0 ? 10 * std::log10(squares / squaredError) : std::numeric_limits<double>::infinity();
    return result;
}

Result<WordsUnderScheme> wordsUnderScheme(const WordsModel& model, const QuantizationScheme& scheme,
                                          std::span<const std::string> heldOut, std::size_t samples,
                                          std::uint64_t seed, const Progress& progress)
{
    auto quantized = quantizeModel(model, scheme, partOf(progress, 0, 0.4));
    if (!quantized)
        return tl::unexpected(quantized.error());
    const auto loss = lossOf(quantized->model, heldOut.first(std::min(lossWords, heldOut.size())), partOf(progress, 0.4, 0.8));
    if (!loss)
        return tl::unexpected(loss.error());
    auto words = inventWords(quantized->model, samples, seed, partOf(progress, 0.8, 1));
    if (!words)
        return tl::unexpected(words.error());
    return WordsUnderScheme{quantized->bitsPerWeight, quantized->sqnrDb, *loss, std::move(*words)};
}

}  // namespace quantoscope
