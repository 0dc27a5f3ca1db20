// SPDX-License-Identifier: Apache-2.0
#include "core/compensation/compensation.h"

#include "core/gemm/blas_product.h"
#include "core/quantization/quantize.h"
#include "core/quantization/run_quantizer.h"
#include "core/tensors/synthetic_tensors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

constexpr std::array methods{
    CompensationMethod{"hqq", "HQQ", "The zero point of each group moves until the sparse part of the error is least (half-quadratic); needs no data",
                       false, false, quantizeByHqq},
    CompensationMethod{"gptq", "GPTQ", "Column after column, what rounding lost is made up for by the columns still to come", true, true, quantizeByGptq},
    CompensationMethod{"awq", "AWQ", "Columns that meet large activations are scaled up before rounding, by the power that loses least", true,
                       true, quantizeByAwq},
    CompensationMethod{"smoothquant", "SmoothQuant", "Activations are rounded to INT8 too, after half of their outliers moved into the weights",
                       true, true, quantizeBySmoothQuant},
    CompensationMethod{"int8-inputs", "INT8 inputs", "Activations are rounded to INT8 per token, nothing is moved: what SmoothQuant is compared with",
                       false, true, quantizeWithInt8Inputs},
    CompensationMethod{"hadamard", "Hadamard rotation", "Rows are rotated by a random Hadamard matrix, which spreads outliers over all columns",
                       false, false, quantizeRotated},
};

}  // namespace

std::span<const CompensationMethod> compensationMethods()
{
    return methods;
}

const CompensationMethod* findCompensationMethod(std::string_view id)
{
    const auto found = std::find_if(methods.begin(), methods.end(), [&](const CompensationMethod& method) { return method.id == id; });
    return found == methods.end() ? nullptr : &*found;
}

std::string compensationMethodList()
{
    std::string list;
    for (const CompensationMethod& method : methods)
        list += (list.empty() ? "" : ", ") + std::string(method.id);
    return list;
}

Result<CompensatedScheme> parseCompensatedScheme(std::string_view text)
{
    CompensatedScheme result;
    std::string rest;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        std::string part(text.substr(at, comma - at));
        at = comma + 1;
        std::string trimmed = part;
        std::erase_if(trimmed, [](char c) { return c == ' ' || c == '\t'; });
        if (const CompensationMethod* const method = findCompensationMethod(trimmed)) {
            if (result.method)
                return failure(Error::Kind::Usage, "A scheme takes one method; leave out " + std::string(result.method->id) + " or "
                                                       + std::string(method->id) + ".");
            if (rest.empty())
                return failure(Error::Kind::Usage, std::string(method->id) + " compensates a scheme; write one before it, for example int4,group=64,"
                                                       + std::string(method->id) + ".");
            result.method = method;
            continue;
        }
        rest += (rest.empty() ? "" : ",") + part;
    }
    auto scheme = parseScheme(rest);
    if (!scheme && scheme.error().message.find("is no option") != std::string::npos)
        return failure(Error::Kind::Usage, scheme.error().message + " Methods of error compensation are " + compensationMethodList() + ".");
    if (!scheme)
        return tl::unexpected(scheme.error());
    result.scheme = std::move(*scheme);
    return result;
}

std::string schemeText(const CompensatedScheme& scheme)
{
    return schemeText(scheme.scheme) + (scheme.method ? "," + std::string(scheme.method->id) : "");
}

std::string schemeSentence(const CompensatedScheme& scheme)
{
    return schemeSentence(scheme.scheme) + (scheme.method ? ", with " + std::string(scheme.method->name) : "");
}

Result<CompensatedWeights> quantizeWeights(const CompensationTask& task, const CompensationMethod* method, const Progress& progress)
{
    if (method && (task.activations || !method->needsActivations))
        return method->apply(task, progress);
    const auto source = makeTensor(task.name, {task.weights.begin(), task.weights.end()}, {task.rows, task.columns});
    CompensatedWeights result;
    result.values.reserve(task.weights.size());
    QuantizationSink sink;
    sink.values = [&](std::span<const float> part) -> Result<void> {
        result.values.insert(result.values.end(), part.begin(), part.end());
        return {};
    };
    const auto report = quantize(*source, source->tensors().front(), task.scheme, sink, progress);
    if (!report)
        return tl::unexpected(report.error());
    result.bitsPerWeight = report->bitsPerWeight;
    if (task.asked) {
        auto asked = storedWeightOf(*source, source->tensors().front(), task.scheme, *task.asked, progress);
        if (!asked)
            return tl::unexpected(asked.error());
        result.asked = std::move(*asked);
    }
    return result;
}

QuantizationError errorOfStored(std::span<const float> weights, std::span<const float> stored)
{
    ErrorSums sums;
    for (std::size_t i = 0; i < std::min(weights.size(), stored.size()); ++i) {
        const double x = weights[i], y = stored[i];
        if (!std::isfinite(x))
            continue;
        ++sums.finite;
        sums.squaredError += (x - y) * (x - y);
        sums.squares += x * x;
        sums.products += x * y;
        sums.storedSquares += y * y;
        sums.largestError = std::max(sums.largestError, std::abs(x - y));
    }
    return errorOfSums(sums);
}

void roundRowsToInt8(std::span<float> rows, std::int64_t columns)
{
    for (std::size_t at = 0; at + std::size_t(columns) <= rows.size(); at += std::size_t(columns)) {
        const std::span row = rows.subspan(at, std::size_t(columns));
        float largest = 0;
        for (const float x : row)
            largest = std::max(largest, std::abs(x));
        const float step = largest > 0 ? largest / 127 : 1;
        for (float& x : row)
            x = std::clamp(std::nearbyint(x / step), -127.0f, 127.0f) * step;
    }
}

Result<CompensatedWeights> quantizeWithInt8Inputs(const CompensationTask& task, const Progress& progress)
{
    auto result = quantizeWeights(task, nullptr, progress);
    if (result)
        result->roundsInputs = true;
    return result;
}

double productSqnrDb(const CompensationTask& task, const CompensatedWeights& stored)
{
    if (!task.activations)
        return std::numeric_limits<double>::quiet_NaN();
    const std::span<const float> kept = task.activations->keptRows();
    const std::int64_t tokens = std::int64_t(kept.size()) / task.columns;
    std::vector<float> inputs(kept.begin(), kept.end());
    if (stored.roundsInputs) {
        const auto scale = [&](bool divide) {
            for (std::size_t i = 0; i < inputs.size() && !stored.inputScales.empty(); ++i) {
                const float s = stored.inputScales[i % std::size_t(task.columns)];
                inputs[i] = divide ? inputs[i] / s : inputs[i] * s;
            }
        };
        scale(true);
        roundRowsToInt8(inputs, task.columns);
        scale(false);
    }
    const auto product = [&](std::span<const float> x, std::span<const float> w) {
        const std::vector<double> left(x.begin(), x.end()), right(w.begin(), w.end());
        std::vector<double> y(std::size_t(tokens * task.rows));
        multiplyByBlas(tokens, task.rows, task.columns, left.data(), task.columns, right.data(), task.columns, y.data(), Pulse({}));
        return y;
    };
    const std::vector<double> exact = product(kept, task.weights), found = product(inputs, stored.values);
    double squares = 0, lost = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        squares += exact[i] * exact[i];
        lost += (exact[i] - found[i]) * (exact[i] - found[i]);
    }
    return lost > 0 ? 10 * std::log10(squares / lost) : std::numeric_limits<double>::infinity();
}

}  // namespace quantoscope
