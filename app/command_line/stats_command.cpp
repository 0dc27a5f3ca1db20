// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "app/command_line/tensor_arguments.h"
#include "core/files/model_file.h"
#include "core/formats/stored_number.h"
#include "core/statistics/counting.h"
#include "core/statistics/moments.h"
#include "core/statistics/summary.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace quantoscope {

namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
    std::string file;
    std::vector<std::string> tensors;
    bool brief = false;
};

/// A row of the document and of the table.
struct Row {
    Json json;
    std::vector<std::string> line;
};

Json describe(const TensorInfo& tensor, const Summary& summary)
{
    Json row;
    row["name"] = tensor.name;
    row["dtype"] = tensor.typeName;
    row["shape"] = tensor.shape;
    row["count"] = summary.count;
    row["min"] = jsonNumber(summary.min);
    row["max"] = jsonNumber(summary.max);
    row["mean"] = jsonNumber(summary.mean);
    row["std"] = jsonNumber(summary.standardDeviation);
    row["absmax"] = jsonNumber(summary.absoluteMaximum);
    row["kurtosis"] = jsonNumber(summary.kurtosis);
    row["zeros"] = summary.zeros;
    row["subnormals"] = summary.subnormals;
    row["nan"] = summary.nan;
    row["inf"] = summary.infinite;
    row["outliers"] = summary.outliers;
    for (std::size_t i = 0; i < summary.quantiles.size(); ++i)
        row["quantiles"][fmt::format("{}", Summary::quantileShares[i])] = jsonNumber(summary.quantiles[i]);
    return row;
}

std::string shortNumber(double value) { return fmt::format("{:.6g}", value); }

std::vector<std::string> line(const TensorInfo& tensor, const Summary& summary)
{
    const auto number = shortNumber;
    return {plainText(tensor.name), tensor.typeName, shapeText(tensor.shape), number(summary.min), number(summary.max),
            number(summary.mean), number(summary.standardDeviation), number(summary.kurtosis),
            std::to_string(summary.zeros), std::to_string(summary.nan), std::to_string(summary.infinite),
            std::to_string(summary.outliers), number(summary.quantiles.front()), number(summary.quantiles[4]),
            number(summary.quantiles.back())};
}

Result<Row> allOf(const TensorSource& source, const TensorInfo& tensor, const Progress& progress)
{
    const auto summary = summarize(source, tensor, progress);
    if (!summary)
        return tl::unexpected(summary.error());
    return Row{describe(tensor, *summary), line(tensor, *summary)};
}

/// What one reading tells.
Result<Row> briefOf(const TensorSource& source, const TensorInfo& tensor, const Progress& progress)
{
    const auto moments = momentsOf(source, tensor, progress);
    if (!moments)
        return tl::unexpected(moments.error());
    Json row{{"name", tensor.name}, {"dtype", tensor.typeName}, {"shape", tensor.shape}, {"count", moments->count},
             {"min", jsonNumber(moments->min)}, {"max", jsonNumber(moments->max)}, {"mean", jsonNumber(moments->mean)},
             {"std", jsonNumber(moments->standardDeviation)}, {"absmax", jsonNumber(moments->absoluteMaximum())},
             {"nan", moments->nan}, {"inf", moments->infinite}};
    return Row{std::move(row), {plainText(tensor.name), tensor.typeName, shapeText(tensor.shape), shortNumber(moments->min),
                                shortNumber(moments->max), shortNumber(moments->mean), shortNumber(moments->standardDeviation),
                                std::to_string(moments->nan), std::to_string(moments->infinite)}};
}

Result<std::vector<const TensorInfo*>> chosenTensors(const TensorSource& source, const std::vector<std::string>& names)
{
    std::vector<const TensorInfo*> chosen;
    for (const std::string& name : names) {
        const auto tensor = tensorOf(source, name);
        if (!tensor)
            return tl::unexpected(tensor.error());
        chosen.push_back(*tensor);
    }
    if (names.empty())
        for (const TensorInfo& tensor : source.tensors())
            chosen.push_back(&tensor);
    return chosen;
}

Result<CommandOutput> stats(const Arguments& arguments)
{
    const auto source = openModelFile(arguments.file);
    if (!source)
        return tl::unexpected(source.error());
    const auto tensors = chosenTensors(**source, arguments.tensors);
    if (!tensors)
        return tl::unexpected(tensors.error());

    CommandOutput output;
    output.json["tensors"] = Json::array();
    std::vector<std::vector<std::string>> lines;
    std::size_t done = 0;
    const Progress whole = commandProgress("Reading");
    for (const TensorInfo* tensor : *tensors) {
        if (!numbersOf(*tensor)) {
            output.json["tensors"].push_back({{"name", tensor->name}, {"dtype", tensor->typeName},
                                              {"shape", tensor->shape}, {"count", tensor->count}});
            lines.push_back({plainText(tensor->name), tensor->typeName, shapeText(tensor->shape)});
        } else {
            const Progress part{whole.stop, [&](double fraction) {
                whole.report((double(done) + fraction) / double(tensors->size()));
            }};
            auto row = arguments.brief ? briefOf(**source, *tensor, part) : allOf(**source, *tensor, part);
            if (!row)
                return tl::unexpected(row.error());
            output.json["tensors"].push_back(std::move(row->json));
            lines.push_back(std::move(row->line));
        }
        ++done;
    }
    if (arguments.brief)
        output.text = textTable({"name", "type", "shape", "min", "max", "mean", "std", "nan", "inf"}, lines);
    else
        output.text = textTable({"name", "type", "shape", "min", "max", "mean", "std", "kurtosis", "zeros", "nan", "inf",
                                 "outliers", "0.1 %", "median", "99.9 %"}, lines);
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::stats(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    app.add_option("FILE", arguments->file, "A model file")->required();
    app.add_option("TENSOR", arguments->tensors, "Tensors of it; all without any");
    app.add_flag("--brief", arguments->brief, "Only what one reading tells: ends, mean, deviation, NaN and infinities");
    return [arguments] { return quantoscope::stats(*arguments); };
}

}  // namespace quantoscope
