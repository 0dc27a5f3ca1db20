// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"
#include "app/command_line/output.h"
#include "app/command_line/tensor_arguments.h"
#include "core/statistics/histogram.h"

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quantoscope {

namespace {

struct Arguments {
    TensorArguments tensor;
    int bins = 64;
    std::string range;
};

Result<std::pair<double, double>> parseRange(std::string_view text)
{
    const std::size_t comma = text.find(',');
    const auto number = [](std::string_view part) {
        double value = NAN;
        while (part.starts_with(' '))
            part.remove_prefix(1);
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        return error == std::errc() && end == part.data() + part.size() ? value : double(NAN);
    };
    const double low = number(text.substr(0, comma));
    const double high = comma == text.npos ? double(NAN) : number(text.substr(comma + 1));
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high) || !std::isfinite(high - low))
        return failure(Error::Kind::Usage, "--range takes two numbers, the smaller first, such as --range=-0.1,0.1.");
    return std::pair{low, high};
}

std::string picture(const Histogram& histogram)
{
    const double most = std::max(1.0, *std::max_element(histogram.counts.begin(), histogram.counts.end()));
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        std::string bar;
        for (int block = 0; block < int(std::lround(40 * histogram.counts[i] / most)); ++block)
            bar += "█";
        rows.push_back({fmt::format("{:.6g}", histogram.edges[i]), fmt::format("{:.6g}", histogram.edges[i + 1]),
                        fmt::format("{:.0f}", histogram.counts[i]), bar});
    }
    return textTable({"from", "to", "count", ""}, rows)
        + fmt::format("{:.0f} below, {:.0f} above\n", histogram.underflow, histogram.overflow);
}

Result<CommandOutput> histogram(const Arguments& arguments)
{
    const auto chosen = arguments.tensor.open();
    if (!chosen)
        return tl::unexpected(chosen.error());
    std::pair<double, double> range;
    const Progress progress = commandProgress("Counting");
    if (arguments.range.empty()) {
        const auto counts = countValues(*chosen->source, *chosen->tensor, progress);
        if (!counts)
            return tl::unexpected(counts.error());
        range = {(*counts)->totals().min, (*counts)->totals().max};
    } else {
        const auto parsed = parseRange(arguments.range);
        if (!parsed)
            return tl::unexpected(parsed.error());
        range = *parsed;
    }
    const auto result = exactHistogram(*chosen->source, *chosen->tensor, range.first, range.second, arguments.bins, progress);
    if (!result)
        return tl::unexpected(result.error());
    CommandOutput output;
    output.json = {{"edges", result->edges}};
    output.json["counts"] = nlohmann::ordered_json::array();
    for (const double count : result->counts)
        output.json["counts"].push_back(std::uint64_t(count));
    output.json["underflow"] = std::uint64_t(result->underflow);
    output.json["overflow"] = std::uint64_t(result->overflow);
    output.text = picture(*result);
    return output;
}

}  // namespace

std::function<Result<CommandOutput>()> command::histogram(CLI::App& app)
{
    auto arguments = std::make_shared<Arguments>();
    arguments->tensor.addTo(app);
    app.add_option("--bins", arguments->bins, "How many bins of equal width")->check(CLI::Range(1, 1 << 20));
    app.add_option("--range", arguments->range, "Where the first bin begins and the last ends: A,B; else the values decide");
    return [arguments] { return quantoscope::histogram(*arguments); };
}

}  // namespace quantoscope
