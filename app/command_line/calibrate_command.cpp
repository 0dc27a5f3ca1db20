// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "app/command_line/tensor_arguments.h"
#include "core/quantization/level_map.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace quantoscope {

namespace {

constexpr int curvePoints = 128;

struct Arguments {
    TensorArguments tensor;
    int bits = 8;
    bool asymmetric = false;
};

/// A line of the table: a point of the curve, or a method at its place on it.
struct Line {
    double reach;
    std::string method;
    double low, high, meanSquaredError, sqnrDb;
};

nlohmann::ordered_json jsonOf(std::string_view method, const Line& line)
{
    return {{"method", method}, {"low", jsonNumber(line.low)}, {"high", jsonNumber(line.high)},
            {"mse", jsonNumber(line.meanSquaredError)}, {"sqnrDb", jsonNumber(line.sqnrDb)}};
}

std::string tableOf(std::vector<Line> lines)
{
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.reach < b.reach; });
    std::vector<std::vector<std::string>> rows;
    for (const Line& line : lines)
        rows.push_back({fmt::format("{:.6g}", line.low), fmt::format("{:.6g}", line.high), fmt::format("{:.6g}", line.meanSquaredError),
                        fmt::format("{:.2f}", line.sqnrDb), line.method});
    return textTable({"low", "high", "mean squared error", "SQNR dB", ""}, rows);
}

Result<CommandOutput> calibrate(const Arguments& arguments)
{
    const auto scheme = parseScheme(fmt::format("int{}{}", arguments.bits, arguments.asymmetric ? ",asymmetric" : ""));
    if (!scheme)
        return tl::unexpected(scheme.error());
    const auto chosen = arguments.tensor.open();
    if (!chosen)
        return tl::unexpected(chosen.error());
    const auto counts = countValues(*chosen->source, *chosen->tensor, commandProgress("Counting"));
    if (!counts)
        return tl::unexpected(counts.error());
    const auto marks = calibrationMarks(*chosen->source, *chosen->tensor, *scheme, **counts, commandProgress("Calibrating"));
    if (!marks)
        return tl::unexpected(marks.error());

    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::vector<Line> methods, lines;
    for (const CalibrationMark& mark : *marks) {
        methods.push_back({std::max(-mark.low, mark.high), mark.name, mark.low, mark.high, mark.meanSquaredError, mark.sqnrDb});
        output.json.push_back(jsonOf(mark.id, methods.back()));
    }
    const ClipRange full = clipRangeOf(*scheme, **counts);
    for (const ClipCost& point : clipCostCurve(*scheme, **counts, curvePoints)) {
        const double factor = point.clip / std::max(-full.low, full.high);
        lines.push_back({point.clip, "", full.low * factor, full.high * factor, point.meanSquaredError, point.sqnrDb});
        output.json.push_back(jsonOf("curve", lines.back()));
    }
    // The methods by themselves, then at their places on the curve.
    output.text = tableOf(methods);
    lines.insert(lines.end(), methods.begin(), methods.end());
    output.text += "\n" + tableOf(std::move(lines));
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::calibrate(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    arguments->tensor.addTo(app);
    app.add_option("--bits", arguments->bits, "Bits of the integers")->check(CLI::Range(1, 16))->required();
    app.add_flag("--asymmetric", arguments->asymmetric, "With a zero point");
    return [arguments] { return quantoscope::calibrate(*arguments); };
}

}  // namespace quantoscope
