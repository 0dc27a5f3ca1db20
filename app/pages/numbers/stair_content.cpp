// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/stair_content.h"

#include "app/pages/numbers/number_texts.h"
#include "core/formats/format_limits.h"
#include "widgets/plot_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr int draws = 1000;
constexpr int sampleCount = 720;   ///< About one every second pixel.

QString words(const char* text)
{
    return QCoreApplication::translate("NumbersPage", text);
}

QString roundingSentence(Rounding rounding)
{
    switch (rounding) {
    case Rounding::NearestEven: return words("To the nearer neighbour; a number in the middle goes to the one with an even code.");
    case Rounding::NearestAway: return words("To the nearer neighbour; a number in the middle goes away from zero.");
    case Rounding::TowardZero: return words("To the neighbour on zero's side: digits are cut off.");
    case Rounding::Up: return words("To the neighbour above, whatever the distance.");
    case Rounding::Down: return words("To the neighbour below, whatever the distance.");
    case Rounding::ToOdd: return words("To the neighbour with an odd code, unless the number is exact: rounding again later then rounds as if once.");
    case Rounding::Stochastic: return words("To either neighbour, the nearer one more often: on average nothing is lost.");
    }
    return {};
}

/// The gap a number lies in is as wide as from its stored value to the next one.
double stepAt(const NumberFormat& format, double value)
{
    const Code code = encode(format, value, {Rounding::NearestEven, Overflow::Saturate});
    const double here = valueOf(format, code), above = valueOf(format, nextCode(format, code)), below = valueOf(format, previousCode(format, code));
    const double step = std::isfinite(above) && above > here ? above - here : here - below;
    return step > 0 && std::isfinite(step) ? step : 1;
}

std::pair<double, double> rangeOf(const NumbersState& state, const NumberFormat& format, double value)
{
    const FormatLimits limits = limitsOf(format);
    if (state.stairs == QLatin1String("range")) {
        const double margin = std::min(0.06 * (limits.largest / 2 - limits.lowest / 2) * 2, 1e307);
        return {std::max(limits.lowest - margin, -1.7e308), std::min(limits.largest + margin, 1.7e308)};
    }
    const double centre = state.stairs == QLatin1String("overflow") ? limits.largest : std::clamp(value, limits.lowest, limits.largest);
    const double step = stepAt(format, centre);
    const double below = (state.stairs == QLatin1String("overflow") ? 4.4 : 5.2) * step, above = (state.stairs == QLatin1String("overflow") ? 3.1 : 5.2) * step;
    return {std::max(centre - below, -1.7e308), std::min(centre + above, 1.7e308)};
}

StairPicture picture(const NumberFormat& format, const RoundingRule& rule, double low, double high, int samples)
{
    StairPicture picture{rule.rounding, low, high, {}, {}, {}};
    const auto place = [&](int i) { return low + (high - low) * (double(i) + 0.5) / samples; };
    if (rule.rounding != Rounding::Stochastic) {
        picture.stairs = staircase(format, low, high, rule, 160);
        if (!picture.stairs.isTooFine)
            return picture;
        for (int i = 0; i < samples; ++i)
            picture.samples.push_back({place(i), valueOf(format, encode(format, place(i), rule))});
        return picture;
    }
    RoundingRule drawn = rule;
    for (int i = 0; i < samples; ++i) {
        drawn.draw = std::uint64_t(i);
        picture.odds.emplace_back(place(i), roundingOdds(format, place(i), rule.overflow));
        picture.samples.push_back({place(i), valueOf(format, encode(format, place(i), drawn))});
    }
    return picture;
}

void describe(StairContent& content, const NumbersState& state)
{
    content.sentence = roundingSentence(state.rounding);
    if (!content.typed)
        return;
    const QString name = content.typedText.size() > 16 ? content.typedText.left(15) + u'…' : content.typedText;
    if (state.rounding == Rounding::Stochastic && content.odds.below != content.odds.above) {
        content.sentence += u' ' + words("%1 becomes %2 with %3 and %4 with %5; of %6 draws with seed %7 it was %2 %8 times.")
            .arg(name, exactText(content.odds.above, 14), percentText(content.odds.probabilityAbove), exactText(content.odds.below, 14),
                 percentText(1 - content.odds.probabilityAbove)).arg(content.draws).arg(state.seed).arg(content.drawnAbove);
        return;
    }
    content.sentence += u' ' + words("%1 becomes %2.").arg(name, exactText(content.stored, 18));
}

}  // namespace

StairContent computeStairs(const NumbersState& state, const NumbersContent& numbers)
{
    const NumberRowContent& row = numbers.rows[std::size_t(std::max(0, state.indexOf(state.selected)))];
    StairContent content;
    content.format = row.format;
    content.formatName = row.name;
    content.typedText = numbers.typedText;
    content.stored = row.stored.value;
    const double typed = numbers.typed.toDouble();
    if (std::isfinite(typed))
        content.typed = typed;
    const double value = content.typed.value_or(1);
    const auto [low, high] = rangeOf(state, row.format, value);
    content.main = picture(row.format, state.rule(), low, high, sampleCount);

    const FormatLimits limits = limitsOf(row.format);
    const double centre = state.stairs == QLatin1String("overflow") ? limits.largest : std::clamp(value, limits.lowest, limits.largest);
    const double step = stepAt(row.format, centre);
    const double middle = valueOf(row.format, encode(row.format, centre, {Rounding::Down, Overflow::Saturate}));
    for (const RoundingRow& rounding : roundingRows()) {
        RoundingRule rule = state.rule();
        rule.rounding = rounding.rounding;
        content.small.push_back(picture(row.format, rule, middle - 1.15 * step, middle + 2.15 * step, 90));
    }
    content.odds = roundingOdds(row.format, value, state.overflow);
    content.draws = draws;
    for (int i = 0; i < draws; ++i) {
        RoundingRule rule = state.rule(quint64(i));
        rule.rounding = Rounding::Stochastic;
        content.drawnAbove += valueOf(row.format, encode(row.format, value, rule)) == content.odds.above;
    }
    describe(content, state);
    return content;
}

}  // namespace quantoscope
