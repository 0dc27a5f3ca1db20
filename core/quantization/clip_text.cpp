// SPDX-License-Identifier: Apache-2.0
// `clip=` of the grammar, read and written.
#include "core/quantization/quantization_scheme.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace quantoscope {

namespace {

/// The clips that are a word.
struct ClipWord {
    std::string_view word;
    Clip clip;
};

constexpr std::array clipWords{
    ClipWord{"minmax", {}},
    ClipWord{"mse", {.kind = Clip::Kind::LeastSquares}},
    ClipWord{"kl", {.kind = Clip::Kind::Entropy}},
    ClipWord{"aciq", {.kind = Clip::Kind::Aciq}},
    ClipWord{"aciq:laplace", {.kind = Clip::Kind::Aciq, .model = Clip::Model::Laplace}},
    ClipWord{"aciq:gauss", {.kind = Clip::Kind::Aciq, .model = Clip::Model::Gauss}},
};

std::optional<double> finiteNumber(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return {};
    return value;
}

std::string shortest(double value)
{
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

}  // namespace

Result<Clip> parseClip(std::string_view text)
{
    for (const ClipWord& row : clipWords)
        if (row.word == text)
            return row.clip;
    if (text == "percentile" || text.starts_with("percentile:")) {
        const auto percentile = text == "percentile" ? std::optional(99.9) : finiteNumber(text.substr(11));
        if (!percentile || !(*percentile > 50) || !(*percentile <= 100))
            return failure(Error::Kind::Usage, "clip=percentile:P takes a number above 50 and up to 100, for example "
                                               "clip=percentile:99.9.");
        return Clip{.kind = Clip::Kind::Percentile, .percentile = *percentile};
    }
    if (const std::size_t colon = text.find(':'); colon != text.npos) {
        const auto low = finiteNumber(text.substr(0, colon)), high = finiteNumber(text.substr(colon + 1));
        if (low && high && *low <= *high)
            return Clip{.kind = Clip::Kind::ByHand, .low = *low, .high = *high};
    }
    return failure(Error::Kind::Usage,
                   fmt::format("clip={} is not known; clip takes minmax, percentile:P, mse, kl, aciq, aciq:laplace, "
                               "aciq:gauss, or LOW:HIGH such as clip=-0.1:0.1.", text));
}

std::string clipText(const Clip& clip)
{
    if (clip.kind == Clip::Kind::Percentile)
        return "percentile:" + shortest(clip.percentile);
    if (clip.kind == Clip::Kind::ByHand)
        return shortest(clip.low) + ":" + shortest(clip.high);
    for (const ClipWord& row : clipWords)
        if (row.clip.kind == clip.kind && row.clip.model == clip.model)
            return std::string(row.word);
    return "minmax";
}

}  // namespace quantoscope
