// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "app/command_line/tensor_arguments.h"
#include "core/compensation/compensation.h"
#include "core/files/npy_header.h"
#include "core/language/activations_argument.h"
#include "core/quantization/quantize.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace quantoscope {

namespace {

struct Arguments {
    TensorArguments tensor;
    std::string scheme, output, codes, scales, activations;
};

/// The files asked for; they appear when everything has gone well.
struct Outputs {
    std::optional<OutputFile> values, codes, scales;
};

Result<void> create(std::optional<OutputFile>& file, const std::string& path, const std::string& model)
{
    if (path.empty())
        return {};
    std::error_code ignored;
    if (!model.empty() && std::filesystem::equivalent(model, path, ignored))
        return failure(Error::Kind::Usage, path + " is the model itself; name another file to write to.");
    auto created = OutputFile::create(path);
    if (!created)
        return tl::unexpected(created.error());
    file.emplace(std::move(*created));
    return {};
}

Result<void> createAll(Outputs& outputs, const Arguments& arguments, const TensorInfo& tensor)
{
    for (const auto& [one, other] : {std::pair{&arguments.output, &arguments.codes}, {&arguments.output, &arguments.scales},
                                     {&arguments.codes, &arguments.scales}})
        if (!one->empty() && std::filesystem::path(*one).lexically_normal() == std::filesystem::path(*other).lexically_normal())
            return failure(Error::Kind::Usage, *one + " is named twice; values, codes and scales go to files of their own.");
    for (const auto& [file, path] : {std::pair{&outputs.values, &arguments.output}, {&outputs.codes, &arguments.codes},
                                     {&outputs.scales, &arguments.scales}})
        if (auto created = create(*file, *path, arguments.tensor.file); !created)
            return created;
    if (outputs.values) {
        const std::string header = npyHeader("<f4", tensor.shape);
        return outputs.values->write(std::as_bytes(std::span(header)));
    }
    return {};
}

QuantizationSink sinkOf(Outputs& outputs)
{
    QuantizationSink sink;
    if (outputs.values)
        sink.values = [&](std::span<const float> values) { return outputs.values->write(std::as_bytes(values)); };
    if (outputs.codes)
        sink.codes = [&](std::span<const std::byte> bytes) { return outputs.codes->write(bytes); };
    if (outputs.scales)
        sink.scales = [&](std::span<const std::byte> bytes) { return outputs.scales->write(bytes); };
    return sink;
}

Result<void> commitAll(Outputs& outputs)
{
    for (auto* file : {&outputs.values, &outputs.codes, &outputs.scales})
        if (*file)
            if (auto committed = (*file)->commit(); !committed)
                return committed;
    return {};
}

double clippedShare(const QuantizationError& error)
{
    return error.count > 0 ? (error.clippedLow + error.clippedHigh) / error.count : 0;
}

CommandOutput describe(const TensorInfo& tensor, const QuantizationScheme& scheme, const QuantizationReport& report)
{
    const QuantizationError& error = report.error;
    CommandOutput output;
    output.json = {{"scheme", schemeText(scheme)},
                   {"sentence", schemeSentence(scheme)},
                   {"tensor", tensor.name},
                   {"count", tensor.count},
                   {"bitsPerWeight", report.bitsPerWeight},
                   {"bytes", report.bytes},
                   {"mse", jsonNumber(error.meanSquaredError)},
                   {"rmse", jsonNumber(std::sqrt(error.meanSquaredError))},
                   {"sqnrDb", jsonNumber(error.sqnrDb)},
                   {"maxAbsError", jsonNumber(error.largestError)},
                   {"cosine", jsonNumber(error.cosine)},
                   {"clippedShare", clippedShare(error)},
                   {"levelsUsed", error.levelsUsed},
                   {"scales", report.scales}};
    output.text = plainText(tensor.name) + ", " + shapeText(tensor.shape) + ", as " + schemeSentence(scheme) + "\n"
        + textTable({"", ""}, {{"SQNR", fmt::format("{:.2f} dB", error.sqnrDb)},
                               {"mean squared error", fmt::format("{:.6g}", error.meanSquaredError)},
                               {"largest error", fmt::format("{:.6g}", error.largestError)},
                               {"cosine", fmt::format("{:.8f}", error.cosine)},
                               {"clipped", fmt::format("{:.4g} %", 100 * clippedShare(error))},
                               {"levels used", fmt::format("{} of {}", error.levelsUsed, error.perLevel.size())},
                               {"scales", std::to_string(report.scales)},
                               {"bits per weight", fmt::format("{:.6g}", report.bitsPerWeight)},
                               {"bytes", std::to_string(report.bytes)}}).substr(1);
    return output;
}

/// For levels that are not the best: what the best would gain.
Result<void> addGap(CommandOutput& output, const ChosenTensor& chosen, const QuantizationScheme& scheme)
{
    if (scheme.kind != QuantizationScheme::Kind::Codebook || scheme.fit == Fit::Optimal)
        return {};
    const auto counts = countValues(*chosen.source, *chosen.tensor, commandProgress("Fitting"));
    if (!counts)
        return tl::unexpected(counts.error());
    const CodebookGap gap = codebookGapOf(scheme, **counts);
    output.json["optimalMse"] = jsonNumber(gap.optimalMeanSquaredError);
    output.json["gapDb"] = jsonNumber(gap.decibels);
    output.text += fmt::format("The best {} levels gain {:.3g} dB: mean squared error {:.6g}.\n", scheme.levels, gap.decibels,
                               gap.optimalMeanSquaredError);
    return {};
}

/// The figures of weights that a method chose, beside what they answer to the activations.
CommandOutput describe(const CompensationTask& task, const CompensatedScheme& scheme, const CompensatedWeights& stored)
{
    const QuantizationError error = errorOfStored(task.weights, stored.values);
    CommandOutput output;
    output.json = {{"scheme", schemeText(scheme)},
                   {"sentence", schemeSentence(scheme)},
                   {"tensor", task.name},
                   {"count", stored.values.size()},
                   {"bitsPerWeight", stored.bitsPerWeight},
                   {"bytes", std::uint64_t(std::ceil(stored.bitsPerWeight * double(stored.values.size()) / 8))},
                   {"mse", jsonNumber(error.meanSquaredError)},
                   {"rmse", jsonNumber(std::sqrt(error.meanSquaredError))},
                   {"sqnrDb", jsonNumber(error.sqnrDb)},
                   {"maxAbsError", jsonNumber(error.largestError)},
                   {"cosine", jsonNumber(error.cosine)}};
    std::vector<std::vector<std::string>> rows{{"SQNR of the weights", fmt::format("{:.2f} dB", error.sqnrDb)}};
    if (task.activations) {
        const double outputs = stored.roundsInputs ? productSqnrDb(task, stored)
                                                   : outputSqnrDb(task.weights, stored.values, *task.activations);
        output.json["outputSqnrDb"] = jsonNumber(outputs);
        output.json["tokens"] = task.activations->tokens();
        output.json["inputsRounded"] = stored.roundsInputs;
        rows.push_back({"SQNR of the outputs", fmt::format("{:.2f} dB{}", outputs, stored.roundsInputs ? ", inputs rounded to INT8 too" : "")});
        rows.push_back({"tokens", std::to_string(task.activations->tokens())});
    }
    rows.push_back({"mean squared error", fmt::format("{:.6g}", error.meanSquaredError)});
    rows.push_back({"largest error", fmt::format("{:.6g}", error.largestError)});
    rows.push_back({"bits per weight", fmt::format("{:.6g}", stored.bitsPerWeight)});
    output.text = plainText(task.name) + " as " + schemeSentence(scheme) + "\n" + textTable({"", ""}, rows).substr(1);
    return output;
}

/// With a method, or with activations to measure outputs on: the whole matrix at once.
Result<CommandOutput> runCompensated(const Arguments& arguments, const CompensatedScheme& scheme, const ChosenTensor& chosen)
{
    constexpr std::int64_t mostWeights = std::int64_t{1} << 28;
    if (!arguments.codes.empty() || !arguments.scales.empty())
        return failure(Error::Kind::Usage, "With a method or activations only values are written; leave out --codes and --scales.");
    if (scheme.method && scheme.method->needsActivations && arguments.activations.empty())
        return failure(Error::Kind::Usage, fmt::format("{} needs activations: add --activations X.npy (a row a token), sample for the sample "
                                                       "model, or synthetic:rho=0.5,outliers=2.", scheme.method->name));
    const TensorInfo& tensor = *chosen.tensor;
    if (!tensor.hasValues() || tensor.count > mostWeights)
        return failure(Error::Kind::Unsupported, plainText(tensor.name) + " has no values that can be read, or more than 268 million.");
    std::vector<float> weights(std::size_t(tensor.count));
    if (auto read = chosen.source->read(tensor, {0, tensor.count}, std::span<float>(weights)); !read)
        return tl::unexpected(read.error());
    const Progress progress = commandProgress("Quantizing");
    std::optional<Activations> activations;
    if (!arguments.activations.empty()) {
        auto found = activationsFor(arguments.activations, *chosen.source, tensor, {progress.stop});
        if (!found)
            return tl::unexpected(found.error());
        activations.emplace(std::move(*found));
    }
    const CompensationTask task{tensor.name, tensor.rows(), tensor.columns(), weights, scheme.scheme, activations ? &*activations : nullptr};
    const auto stored = quantizeWeights(task, scheme.method, progress);
    if (!stored)
        return tl::unexpected(stored.error());
    Outputs outputs;
    if (auto created = createAll(outputs, arguments, tensor); !created)
        return tl::unexpected(created.error());
    if (outputs.values)
        if (auto written = outputs.values->write(std::as_bytes(std::span(stored->values))); !written)
            return tl::unexpected(written.error());
    if (auto committed = commitAll(outputs); !committed)
        return tl::unexpected(committed.error());
    return describe(task, scheme, *stored);
}

Result<CommandOutput> run(const Arguments& arguments)
{
    const auto parsed = parseCompensatedScheme(arguments.scheme);
    if (!parsed)
        return tl::unexpected(parsed.error());
    const auto chosen = arguments.tensor.open();
    if (!chosen)
        return tl::unexpected(chosen.error());
    if (parsed->method || !arguments.activations.empty())
        return runCompensated(arguments, *parsed, *chosen);
    const QuantizationScheme* const scheme = &parsed->scheme;
    Outputs outputs;
    if (auto created = createAll(outputs, arguments, *chosen->tensor); !created)
        return tl::unexpected(created.error());
    const auto report = quantize(*chosen->source, *chosen->tensor, *scheme, sinkOf(outputs), commandProgress("Quantizing"));
    if (!report)
        return tl::unexpected(report.error());
    if (auto committed = commitAll(outputs); !committed)
        return tl::unexpected(committed.error());
    CommandOutput output = describe(*chosen->tensor, *scheme, *report);
    if (auto added = addGap(output, *chosen, *scheme); !added)
        return tl::unexpected(added.error());
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::quantize(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    arguments->tensor.addTo(app);
    app.add_option("--scheme", arguments->scheme, "For example int4,asymmetric,group=64,clip=mse, levels=16, or a name "
                                                  "that qscope schemes lists; a method may follow: " + compensationMethodList())->required();
    app.add_option("--output", arguments->output, "Write the dequantized values as FP32 NPY");
    app.add_option("--codes", arguments->codes, "Write the codes, packed as the scheme stores them");
    app.add_option("--scales", arguments->scales, "Write the scales, each followed by its zero point if there is one");
    app.add_option("--activations", arguments->activations, "What the weights meet, for gptq, awq, smoothquant and the error of the outputs: an NPY "
                                                            "file with a row a token, sample, or synthetic:rho=0.5,outliers=2,factor=20");
    return [arguments] { return run(*arguments); };
}

}  // namespace quantoscope
