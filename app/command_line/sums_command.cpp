// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/chosen_rows.h"
#include "app/command_line/command.h"
#include "app/command_line/output.h"

#include "core/gemm/error_growth.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

namespace quantoscope {
namespace {

struct Arguments {
    std::vector<std::string> methods;
    std::vector<std::int64_t> lengths;
    std::string data = "normal";
    int trials = 64, promoteEvery = 0;
    std::uint64_t seed = 7;
};

nlohmann::ordered_json jsonOf(const SumMethod& method, const GrowthPoint& point)
{
    return {{"method", method.id}, {"k", point.k}, {"relative", jsonNumber(point.relative)}, {"normwise", jsonNumber(point.normwise)},
            {"bound", jsonNumber(point.bound)}, {"probableBound", jsonNumber(point.probableBound)}, {"isModel", method.isModel()}};
}

/// K down, methods across.
std::string tableOf(const std::vector<GrowthCurve>& curves, double GrowthPoint::*figure)
{
    std::vector<std::string> headings{"K"};
    std::vector<std::vector<std::string>> rows;
    for (const GrowthCurve& curve : curves)
        headings.emplace_back(curve.method.id);
    for (std::size_t at = 0; at < curves.front().points.size(); ++at) {
        rows.push_back({fmt::format("{}", curves.front().points[at].k)});
        for (const GrowthCurve& curve : curves)
            rows.back().push_back(fmt::format("{:.3g}", curve.points[at].*figure));
    }
    return textTable(headings, rows);
}

/// One length: methods down, and their bounds.
std::string tableWithBounds(const std::vector<GrowthCurve>& curves)
{
    std::vector<std::vector<std::string>> rows;
    for (const GrowthCurve& curve : curves) {
        const GrowthPoint& point = curve.points.front();
        rows.push_back({std::string(curve.method.id), fmt::format("{:.3g}", point.relative), fmt::format("{:.3g}", point.normwise),
                        fmt::format("{:.3g}", point.bound), fmt::format("{:.3g}", point.probableBound)});
    }
    return textTable({"method", "of the sum", "of |a|.|b|", "bound", "probable bound"}, rows);
}

std::string textOf(const std::vector<GrowthCurve>& curves, const std::vector<SumMethod>& methods)
{
    std::string text;
    if (curves.front().points.size() == 1) {
        text = tableWithBounds(curves);
    } else {
        text = "Error of the sum: root of the sum of squared errors over that of squared sums\n" + tableOf(curves, &GrowthPoint::relative)
            + "\nThe largest error over |a|.|b|, which the bounds are about\n" + tableOf(curves, &GrowthPoint::normwise)
            + "\nWhat it is promised to stay below\n" + tableOf(curves, &GrowthPoint::bound);
    }
    text += legendOf(methods);
    for (const SumMethod& method : methods)
        if (method.isModel())
            text += std::string(method.id) + " is computed by a model of a matrix unit, not by one.\n";
    return text;
}

Result<CommandOutput> measure(const Arguments& arguments)
{
    const auto methods = chosenRows(sumMethods(), arguments.methods, "way to add");
    if (!methods)
        return tl::unexpected(methods.error());
    GrowthQuestion question;
    question.methods = *methods;
    for (SumMethod& method : question.methods)
        if (arguments.promoteEvery > 0 && method.id == "fp8_promoted")
            method.unit.promoteEvery = arguments.promoteEvery;
    question.lengths = arguments.lengths;
    question.data = arguments.data == "magnitudes" ? GrowthData::Magnitudes : GrowthData::Normal;
    question.trials = arguments.trials;
    question.seed = arguments.seed;
    const auto curves = measureErrorGrowth(question, commandProgress("Adding"));
    if (!curves)
        return tl::unexpected(curves.error());

    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    for (const GrowthCurve& curve : *curves)
        for (const GrowthPoint& point : curve.points)
            output.json.push_back(jsonOf(curve.method, point));
    output.text = textOf(*curves, *methods);
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::sums(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    app.add_option("--methods", arguments->methods, "Ids separated by commas, or all: fp32, fp32_kahan, fp8_fast ...")->delimiter(',');
    app.add_option("--lengths", arguments->lengths, "K, separated by commas; powers of two from 16 to 65536 unless given")->delimiter(',');
    app.add_option("--data", arguments->data, "normal: products of both signs; magnitudes: of one sign")->check(CLI::IsMember({"normal", "magnitudes"}));
    app.add_option("--promote-every", arguments->promoteEvery, "For fp8_promoted: after how many products the sum moves into FP32 (default 128)")
        ->check(CLI::Range(1, 1 << 22));
    app.add_option("--trials", arguments->trials, "Dot products at each K (default 64)");
    app.add_option("--seed", arguments->seed, "Of the random vectors (default 7)");
    return [arguments] { return measure(*arguments); };
}

}  // namespace quantoscope
