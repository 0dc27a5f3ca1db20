// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/chosen_rows.h"
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "app/command_line/tensor_arguments.h"

#include "core/gemm/gemm_problem_text.h"
#include "core/gemm/outlier_experiment.h"
#include "core/language/model_operands.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

namespace quantoscope {
namespace {

struct Arguments {
    TensorArguments tensor;
    std::string shape;
    std::vector<std::string> treatments, schemes;
    std::vector<double> magnitudes{1, 3, 10, 30, 60, 100, 300, 1000};
    int channels = 3;
    bool asksForNoise = false;
    std::uint64_t seed = 7;
};

/// Makes both operands for one magnitude.
using Maker = std::function<Result<GemmOperands>(double magnitude, const Progress&)>;

Result<OutlierData> dataOf(const Arguments& arguments)
{
    OutlierData data;
    data.channels = arguments.channels;
    data.seed = arguments.seed;
    if (arguments.shape.empty())
        return data;
    const auto shape = parseGemmShape(arguments.shape);
    if (!shape)
        return tl::unexpected(shape.error());
    data.shape = *shape;
    if (const auto sentence = problemObstacle(*shape, makeCpuBackend()->device().memoryBytes))
        return failure(Error::Kind::Unsupported, *sentence);
    return data;
}

Result<Maker> makerOf(const Arguments& arguments, const OutlierData& data)
{
    if (arguments.tensor.file.empty())
        return Maker([data](double magnitude, const Progress& progress) {
            OutlierData own = data;
            own.magnitude = magnitude;
            return makeOutlierOperands(own, progress);
        });
    if (!arguments.shape.empty())
        return failure(Error::Kind::Usage, "A model's matrix has a shape of its own: leave --shape out.");
    const auto chosen = arguments.tensor.open();
    if (!chosen)
        return tl::unexpected(chosen.error());
    return Maker(modelOperands(chosen->source, chosen->tensor->name));
}

nlohmann::ordered_json jsonOf(double magnitude, const TreatmentResult& result)
{
    return {{"magnitude", magnitude}, {"treatment", result.treatment.id}, {"productError", jsonNumber(result.productError)},
            {"activationError", jsonNumber(result.activationError)}, {"ordinaryError", jsonNumber(result.ordinaryError)},
            {"weightError", jsonNumber(result.weightError)}, {"channelsKept", result.channelsKept}};
}

/// One magnitude: treatments down. Several: the product's error, magnitudes down and treatments across.
std::string textOf(const std::vector<OutlierSweepPoint>& points)
{
    std::vector<std::vector<std::string>> rows;
    if (points.size() == 1) {
        for (const TreatmentResult& one : points.front().results)
            rows.push_back({std::string(one.treatment.id), fmt::format("{:.3g}", one.productError), fmt::format("{:.3g}", one.activationError),
                            fmt::format("{:.3g}", one.ordinaryError), fmt::format("{:.3g}", one.weightError), fmt::format("{}", one.channelsKept)});
        return textTable({"treatment", "of the product", "of x", "of ordinary channels", "of W", "channels in FP16"}, rows);
    }
    std::vector<std::string> headings{"magnitude"};
    for (const TreatmentResult& one : points.front().results)
        headings.emplace_back(one.treatment.id);
    for (const OutlierSweepPoint& point : points) {
        rows.push_back({fmt::format("{:.6g}", point.magnitude)});
        for (const TreatmentResult& one : point.results)
            rows.back().push_back(fmt::format("{:.3g}", one.productError));
    }
    return "Error of the product: ||y - xW^T|| / ||xW^T||, products in FP64\n" + textTable(headings, rows);
}

Result<CommandOutput> compareAll(const Arguments& arguments, const OutlierData& data)
{
    const auto treatments = chosenRows(outlierTreatments(), arguments.treatments, "treatment");
    if (!treatments)
        return tl::unexpected(treatments.error());
    const auto maker = makerOf(arguments, data);
    if (!maker)
        return tl::unexpected(maker.error());
    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::vector<OutlierSweepPoint> points;
    const Progress progress = commandProgress("Multiplying");
    for (const double magnitude : arguments.magnitudes) {
        progress.report(double(points.size()) / double(arguments.magnitudes.size()));
        const auto operands = (*maker)(magnitude, Progress{progress.stop});
        if (!operands)
            return tl::unexpected(operands.error());
        auto results = compareTreatments(*operands, *treatments, Progress{progress.stop});
        if (!results)
            return tl::unexpected(results.error());
        for (const TreatmentResult& one : *results)
            output.json.push_back(jsonOf(magnitude, one));
        points.push_back({magnitude, std::move(*results)});
    }
    output.text = textOf(points) + legendOf(*treatments);
    return output;
}

/// What storing x costs its ordinary channels, in each format.
Result<CommandOutput> measureNoise(const Arguments& arguments, OutlierData data)
{
    if (!arguments.tensor.file.empty())
        return failure(Error::Kind::Usage, "--noise is measured on made-up activations: leave FILE and TENSOR out.");
    if (arguments.magnitudes.size() > 1)
        data.magnitude = OutlierData().magnitude;
    else
        data.magnitude = arguments.magnitudes.front();
    const auto noise = measureFormatNoise(data, arguments.schemes, commandProgress("Quantizing"));
    if (!noise)
        return tl::unexpected(noise.error());
    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    for (const FormatNoise& one : *noise) {
        output.json.push_back({{"scheme", one.scheme}, {"name", one.name}, {"magnitude", data.magnitude}, {"without", jsonNumber(one.without)},
                               {"with", jsonNumber(one.with)}});
        rows.push_back({one.scheme, fmt::format("{:.3g}", one.without), fmt::format("{:.3g}", one.with), one.name});
    }
    output.text = fmt::format("Error of the channels without outliers, alone and beside {} channels times {:.6g}\n", data.channels, data.magnitude)
        + textTable({"scheme", "alone", "beside outliers", ""}, rows);
    return output;
}

Result<CommandOutput> experiment(const Arguments& arguments)
{
    const auto data = dataOf(arguments);
    if (!data)
        return tl::unexpected(data.error());
    return arguments.asksForNoise ? measureNoise(arguments, *data) : compareAll(arguments, *data);
}

}  // namespace

std::function<Result<CommandOutput>()> command::outliers(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    app.add_option("FILE", arguments->tensor.file, "The sample model, in place of made-up operands: x is what flows into TENSOR as it reads");
    app.add_option("TENSOR", arguments->tensor.tensor, "One of its matrices, such as blk.0.ffn_up.weight");
    app.add_option("--magnitudes", arguments->magnitudes, "How much larger the channels are, separated by commas; a model's three largest are multiplied")
        ->delimiter(',')->check(CLI::Range(1e-6, 1e6));
    app.add_option("--channels", arguments->channels, "How many of the made-up ones (default 3)")->check(CLI::Range(0, 1 << 20));
    app.add_option("--shape", arguments->shape, "M,N,K of the made-up operands; 128,128,1024 unless given");
    app.add_option("--treatments", arguments->treatments, "Ids separated by commas, or all: e4m3, int8, int8_split, int8_smooth ...")->delimiter(',');
    app.add_flag("--noise", arguments->asksForNoise, "Instead: what storing x costs the channels without outliers, in each format");
    app.add_option("--schemes", arguments->schemes, "For --noise: schemes as for qscope quantize, each an option of its own");
    app.add_option("--seed", arguments->seed, "Of the random matrices (default 7)");
    return [arguments] { return experiment(*arguments); };
}

}  // namespace quantoscope
