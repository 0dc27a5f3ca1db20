// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "app/command_line/tensor_arguments.h"
#include "core/quantization/level_map.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

namespace quantoscope {

namespace {

constexpr int curvePoints = 128;

struct Arguments {
    TensorArguments tensor;
    int bits = 8;
    bool asymmetric = false;
};

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

    CommandOutput output;
    output.json = nlohmann::ordered_json::array();
    std::vector<std::vector<std::string>> rows;
    const auto marks = calibrationMarks(*chosen->source, *chosen->tensor, *scheme, **counts, commandProgress("Calibrating"));
    if (!marks)
        return tl::unexpected(marks.error());
    for (const CalibrationMark& mark : *marks) {
        output.json.push_back({{"method", mark.id}, {"low", jsonNumber(mark.low)}, {"high", jsonNumber(mark.high)},
                               {"mse", jsonNumber(mark.meanSquaredError)}, {"sqnrDb", jsonNumber(mark.sqnrDb)}});
        rows.push_back({mark.name, fmt::format("{:.6g}", mark.low), fmt::format("{:.6g}", mark.high),
                        fmt::format("{:.6g}", mark.meanSquaredError), fmt::format("{:.2f}", mark.sqnrDb)});
    }
    output.text = textTable({"method", "low", "high", "mean squared error", "SQNR dB"}, rows);

    std::vector<std::vector<std::string>> curve;
    for (const ClipCost& point : clipCostCurve(*scheme, **counts, curvePoints)) {
        const ClipRange range = clipRangeOf(*scheme, **counts);
        const double factor = point.clip / std::max(-range.low, range.high);
        output.json.push_back({{"method", "curve"}, {"low", jsonNumber(range.low * factor)},
                               {"high", jsonNumber(range.high * factor)},
                               {"mse", jsonNumber(point.meanSquaredError)}, {"sqnrDb", jsonNumber(point.sqnrDb)}});
        curve.push_back({fmt::format("{:.6g}", point.clip), fmt::format("{:.6g}", point.meanSquaredError),
                         fmt::format("{:.2f}", point.sqnrDb)});
    }
    output.text += "\n" + textTable({"clip", "mean squared error", "SQNR dB"}, curve);
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
