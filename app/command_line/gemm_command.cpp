// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"

#include "core/files/model_file.h"
#include "core/gemm/gemm_problem_text.h"
#include "gpu/client/gpu_client.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace quantoscope {
namespace {

struct Arguments {
    std::string shape, kernels = "all", device = "cpu", data = "normal";
    std::uint64_t seed = 7;
    double seconds = 0.3;
};

Result<std::shared_ptr<GemmBackend>> openDevice(const std::string& id)
{
    if (id == "cpu")
        return makeCpuBackend();
    return makeGpuBackend(id);
}

/// FILE:TENSOR, where either may contain a colon: the file is the longest one that exists.
Result<std::pair<std::string, std::string>> splitTensorName(const std::string& text)
{
    for (std::size_t colon = text.rfind(':'); colon != std::string::npos && colon > 0; colon = text.rfind(':', colon - 1)) {
        std::error_code error;
        if (std::filesystem::exists(text.substr(0, colon), error))
            return std::pair(text.substr(0, colon), text.substr(colon + 1));
    }
    return failure(Error::Kind::Usage, "--data takes normal, uniform, outliers, or FILE:TENSOR of a file that exists, not \"" + text + "\".");
}

/// The tensor as W[N,K], and N and K into the shape.
Result<void> readWeights(const std::string& text, bool shapeWasGiven, GemmProblem& problem)
{
    const auto names = splitTensorName(text);
    if (!names)
        return tl::unexpected(names.error());
    const auto& [file, name] = *names;
    const auto source = openModelFile(file);
    if (!source)
        return tl::unexpected(source.error());
    const TensorInfo* tensor = findTensor(**source, name);
    if (!tensor)
        return failure(Error::Kind::NotFound, file + " has no tensor called \"" + name + "\"; qscope tensors lists them.");
    if (tensor->shape.size() < 2 || tensor->count == 0)
        return failure(Error::Kind::Unsupported, "\"" + name + "\" is no matrix: its shape is " + shapeText(tensor->shape) + ".");
    GemmShape shape{problem.shape.m, tensor->rows(), tensor->columns()};
    if (shapeWasGiven && shape != problem.shape)
        return failure(Error::Kind::Usage, fmt::format("\"{}\" is {}, so the shape is M,{},{}.", name, shapeText(tensor->shape), shape.n, shape.k));
    if (const auto sentence = problemObstacle(shape, makeCpuBackend()->device().memoryBytes))
        return failure(Error::Kind::Unsupported, *sentence);

    auto values = std::make_shared<std::vector<float>>(std::size_t(tensor->count));
    if (auto read = (*source)->read(*tensor, {0, tensor->count}, std::span(*values)); !read)
        return read;
    problem.shape = shape;
    problem.weights = std::move(values);
    return {};
}

Result<GemmProblem> makeProblem(const Arguments& arguments)
{
    GemmProblem problem;
    problem.seed = arguments.seed;
    if (!arguments.shape.empty()) {
        const auto shape = parseGemmShape(arguments.shape);
        if (!shape)
            return tl::unexpected(shape.error());
        problem.shape = *shape;
    }
    if (const auto data = findGemmData(arguments.data)) {
        problem.data = *data;
    } else if (auto read = readWeights(arguments.data, !arguments.shape.empty(), problem); !read) {
        return tl::unexpected(read.error());
    }
    return problem;
}

Result<std::vector<GemmKernel>> chooseKernels(const GemmBackend& backend, const std::string& ids)
{
    if (ids == "all")
        return std::vector<GemmKernel>(backend.kernels().begin(), backend.kernels().end());
    std::vector<GemmKernel> chosen;
    for (std::size_t first = 0; first <= ids.size();) {
        const std::size_t comma = std::min(ids.find(',', first), ids.size());
        const std::string id = ids.substr(first, comma - first);
        const auto row = std::find_if(backend.kernels().begin(), backend.kernels().end(),
                                      [&](const GemmKernel& kernel) { return kernel.id == id; });
        if (row == backend.kernels().end()) {
            std::string known;
            for (const GemmKernel& kernel : backend.kernels())
                known += " " + kernel.id;
            return failure(Error::Kind::Usage, backend.device().id + " has no kernel \"" + id + "\"; it has" + known + ".");
        }
        chosen.push_back(*row);
        first = comma + 1;
    }
    return chosen;
}

nlohmann::ordered_json describe(const GemmRun& run)
{
    nlohmann::ordered_json row;
    row["kernel"] = run.kernel;
    row["device"] = run.device;
    row["status"] = "done";
    row["medianSeconds"] = run.medianSeconds;
    row["ci95"] = {run.confidenceLow, run.confidenceHigh};
    row["samples"] = run.samples.size();
    row["teraflops"] = run.teraflops;
    row["gigabytesPerSecond"] = run.gigabytesPerSecond;
    row["relativeError"] = jsonNumber(run.relativeError);
    row["quantizationError"] = jsonNumber(run.quantizationError);
    row["accumulationError"] = jsonNumber(run.accumulationError);
    row["bound"] = jsonNumber(run.bound);
    row["quantizingSeconds"] = run.quantizingSeconds;
    return row;
}

std::vector<std::string> cells(const GemmRun& run)
{
    const double halfWidth = (run.confidenceHigh - run.confidenceLow) / 2 / run.medianSeconds;
    return {run.kernel, fmt::format("{:.4g} ms", run.medianSeconds * 1e3), fmt::format("± {:.1f} %", 100 * halfWidth),
            fmt::format("{:.4g}", run.teraflops * 1e3), fmt::format("{:.4g}", run.gigabytesPerSecond),
            fmt::format("{:.3g}", run.relativeError), fmt::format("{:.3g}", run.quantizationError),
            fmt::format("{:.3g}", run.accumulationError), fmt::format("{:.3g}", run.bound),
            run.quantizingSeconds > 0 ? fmt::format("{:.4g} ms", run.quantizingSeconds * 1e3) : std::string()};
}

Result<CommandOutput> multiply(const Arguments& arguments)
{
    if (!(arguments.seconds > 0 && arguments.seconds <= 3600))
        return failure(Error::Kind::Usage, "--seconds takes a time above 0 and up to 3600 for each kernel.");
    const auto problem = makeProblem(arguments);
    if (!problem)
        return tl::unexpected(problem.error());
    const auto backend = openDevice(arguments.device);
    if (!backend)
        return tl::unexpected(backend.error());
    const auto kernels = chooseKernels(**backend, arguments.kernels);
    if (!kernels)
        return tl::unexpected(kernels.error());

    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    const Progress progress = commandProgress("Multiplying");
    for (const GemmKernel& kernel : *kernels) {
        progress.report(double(rows.size()) / double(kernels->size()));
        if (const auto obstacle = (*backend)->obstacle(kernel, problem->shape)) {
            output.json.push_back({{"kernel", kernel.id}, {"device", arguments.device}, {"status", "unsupported"}, {"obstacle", *obstacle}});
            rows.push_back({kernel.id, *obstacle});
            continue;
        }
        const auto run = (*backend)->run(kernel, *problem, {arguments.seconds}, {}, progress);
        if (!run)
            return tl::unexpected(run.error());
        output.json.push_back(describe(*run));
        rows.push_back(cells(*run));
    }
    output.text = textTable({"kernel", "median", "95 %", "GFLOP/s", "GB/s", "error", "of quantization", "of sums", "bound", "quantizing x"}, rows);
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::gemm(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    app.add_option("--shape", arguments->shape, "M,N,K of y[M,N] = x[M,K] W[N,K]^T; 512,512,512 unless given");
    app.add_option("--kernels", arguments->kernels, "Ids separated by commas, or all");
    app.add_option("--device", arguments->device, "cpu, cuda:0 ...; qscope devices lists them");
    app.add_option("--data", arguments->data, "normal, uniform, outliers, or FILE:TENSOR as the weights");
    app.add_option("--seed", arguments->seed, "Of the random matrices");
    app.add_option("--seconds", arguments->seconds, "Time to spend on each kernel");
    return [arguments] { return multiply(*arguments); };
}

}  // namespace quantoscope
