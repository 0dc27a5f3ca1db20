// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/block_content.h"

#include "app/pages/numbers/number_texts.h"
#include "core/random.h"
#include "widgets/plot_text.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QString translated(const char* words)
{
    return QCoreApplication::translate("NumbersPage", words);
}

struct Encoded {
    std::vector<float> stored;
    std::vector<std::uint16_t> levels;
    QByteArray codes, scales;
    float tensorScale = 1;
};

Encoded encoded(const BlockFormat& format, const std::vector<float>& values, PowerOfTwoRule rule)
{
    Encoded result;
    float largest = 0;
    for (const float value : values)
        largest = std::max(largest, std::abs(value));
    BlockContext context;
    context.scaleRule = rule;
    if (format.largestForTensor > 0 && largest > 0)
        context.tensorScale = float(largest / format.largestForTensor);
    result.tensorScale = context.tensorScale;
    result.codes.resize(format.codeBytes);
    result.scales.resize(format.scaleBytes);
    result.stored.resize(values.size());
    result.levels.resize(values.size());
    auto* codes = reinterpret_cast<std::byte*>(result.codes.data());
    auto* scales = reinterpret_cast<std::byte*>(result.scales.data());
    format.encode(values, context, codes, scales);
    format.decode(codes, scales, context, result.stored, result.levels.data());
    return result;
}

double rmsErrorBut(std::size_t left, const std::vector<float>& values, const std::vector<float>& stored)
{
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (i != left)
            sum += (double(values[i]) - stored[i]) * (double(values[i]) - stored[i]);
    return std::sqrt(sum / double(values.size() - 1));
}

int zerosAmong(const std::vector<float>& values, const std::vector<float>& stored, std::size_t left)
{
    int zeros = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        zeros += i != left && values[i] != 0 && stored[i] == 0;
    return zeros;
}

void describe(BlockContent& content, double factor)
{
    const auto& values = content.values;
    const float largest = values[content.outlier];
    if (factor > 1) {
        const double growth = content.rmsErrorWithout > 0 ? content.rmsError / content.rmsErrorWithout : 0;
        QString words = translated("One value of %1: the error of its %2 neighbours goes from %3 to %4 (root mean square)")
                            .arg(roundedNumber(largest, 3)).arg(values.size() - 1)
                            .arg(roundedNumber(content.rmsErrorWithout, 3), roundedNumber(content.rmsError, 3));
        if (growth > 1.05)
            words += translated(", %1 times as much").arg(roundedNumber(growth, 2));
        if (content.zeros > content.zerosWithout)
            words += translated("; %1 of them become 0").arg(content.zeros);
        content.sentences << words + u'.';
    } else {
        content.sentences << translated("The error of the values is %1 (root mean square).").arg(roundedNumber(content.rmsError, 3));
    }
    if (content.outlierClipped)
        content.sentences << translated("The largest value itself is clipped: %1 is stored as %2.")
                                 .arg(roundedNumber(largest, 3), roundedNumber(content.stored[content.outlier], 3));
}

/// The line through the levels of each sub-block, where they lie on one.
std::vector<BlockBand> bandsOf(const BlockContent& content)
{
    std::vector<BlockBand> bands;
    const auto size = std::size_t(content.anatomy.subBlock);
    for (std::size_t first = 0; first < content.stored.size(); first += size) {
        const std::size_t end = std::min(first + size, content.stored.size());
        const auto lowest = std::size_t(std::min_element(content.levels.begin() + std::ptrdiff_t(first), content.levels.begin() + std::ptrdiff_t(end)) - content.levels.begin());
        const auto highest = std::size_t(std::max_element(content.levels.begin() + std::ptrdiff_t(first), content.levels.begin() + std::ptrdiff_t(end)) - content.levels.begin());
        if (content.levels[lowest] == content.levels[highest])
            return {};   // One level says nothing of the others.
        const double step = (double(content.stored[highest]) - content.stored[lowest]) / (content.levels[highest] - content.levels[lowest]);
        const double low = content.stored[lowest] - step * content.levels[lowest];
        for (std::size_t i = first; i < end; ++i)
            if (std::abs(low + step * content.levels[i] - content.stored[i]) > 1e-5 * std::abs(step) * content.format->levels + 1e-30)
                return {};   // A codebook or a float: its levels are not evenly spaced.
        bands.push_back({first, end - first, low, low + step * (content.format->levels - 1), step});
    }
    return bands;
}

QString bitsWords(quint8 bits)
{
    QStringList numbers;
    for (int bit = 0; bit < 8; ++bit)
        if (bits >> bit & 1)
            numbers << QString::number(bit);
    const bool isRun = numbers.size() > 2 && numbers.last().toInt() - numbers.first().toInt() + 1 == numbers.size();
    if (isRun)
        return translated("bits %1 to %2").arg(numbers.first(), numbers.last());
    return numbers.size() == 1 ? translated("bit %1").arg(numbers.first()) : translated("bits %1").arg(numbers.join(translated(" and ")));
}

void describeChosen(BlockContent& content)
{
    const std::size_t i = content.chosen;
    for (std::size_t at = 0; at < content.anatomy.codes.size(); ++at) {
        quint8 own = 0;
        for (int bit = 0; bit < 8; ++bit)
            if (const BitReach& reach = content.anatomy.codes[at][std::size_t(bit)]; reach.count == 1 && reach.first == int(i))
                own |= quint8(1 << bit);
        if (own)
            content.chosenCodes.push_back({at, own});
    }
    QString words = translated("Value %1 of %2: %3 is stored as %4, level %5 (0 to %6)").arg(i + 1).arg(content.values.size())
                        .arg(roundedNumber(content.values[i], 4), roundedNumber(content.stored[i], 4)).arg(content.levels[i]).arg(content.format->levels - 1);
    QStringList places;
    for (const ByteBits& place : content.chosenCodes)
        places << translated("%1 of byte %2").arg(bitsWords(place.bits)).arg(place.byte);
    if (!places.isEmpty())
        words += translated(", in %1").arg(places.join(translated(" and ")));
    for (const BlockBand& band : content.bands)
        if (i >= band.first && i < band.first + band.count)
            words += content.bands.size() > 1
                ? translated("; sub-block %1 of %2 has steps of %3 from %4 to %5").arg(i / band.count + 1).arg(content.bands.size())
                      .arg(roundedNumber(band.step, 3), roundedNumber(band.low, 3), roundedNumber(band.high, 3))
                : translated("; the block has steps of %1 from %2 to %3").arg(roundedNumber(band.step, 3), roundedNumber(band.low, 3), roundedNumber(band.high, 3));
    content.chosenWords = words + u'.';
}

}  // namespace

std::vector<const BlockFormat*> shownBlockFormats()
{
    std::vector<const BlockFormat*> shown;
    for (const BlockFormat& format : blockFormats())
        if (format.elements <= mostShownElements)
            shown.push_back(&format);
    return shown;
}

QString blockName(const BlockFormat& format)
{
    QString name = QString::fromUtf8(format.id.data(), qsizetype(format.id.size())).toUpper();
    // ggml's names are known with their underscores: Q4_K, IQ4_NL.
    static const QRegularExpression ggml(QStringLiteral("^(I|T)?Q[0-9]_"));
    return ggml.match(name).hasMatch() ? name : name.replace(u'_', u' ');
}

BlockContent computeBlock(const BlockSettings& settings)
{
    BlockContent content;
    content.format = findBlockFormat(settings.format.toStdString());
    content.name = blockName(*content.format);
    const RandomStream random(settings.seed);
    std::vector<float> plain(std::size_t(content.format->elements));
    for (std::size_t i = 0; i < plain.size(); ++i)
        plain[i] = float(random.normal(i));
    // The largest of them grows: with a factor of 1 it is an ordinary block.
    const auto largest = std::max_element(plain.begin(), plain.end(), [](float a, float b) { return std::abs(a) < std::abs(b); });
    content.outlier = std::size_t(largest - plain.begin());
    content.values = plain;
    content.values[content.outlier] *= float(settings.factor);

    Encoded now = encoded(*content.format, content.values, settings.rule);
    const Encoded before = encoded(*content.format, plain, settings.rule);
    content.rmsError = rmsErrorBut(content.outlier, content.values, now.stored);
    content.rmsErrorWithout = rmsErrorBut(content.outlier, plain, before.stored);
    content.zeros = zerosAmong(content.values, now.stored, content.outlier);
    content.zerosWithout = zerosAmong(plain, before.stored, content.outlier);
    content.outlierClipped = std::abs(now.stored[content.outlier]) < 0.95 * std::abs(content.values[content.outlier]);
    content.stored = std::move(now.stored);
    content.levels = std::move(now.levels);
    content.codeBytes = now.codes;
    content.scaleBytes = now.scales;
    content.tensorScale = now.tensorScale;
    describe(content, settings.factor);
    content.anatomy = blockAnatomy(*content.format);
    content.bands = bandsOf(content);
    content.chosen = settings.chosen >= 0 && std::size_t(settings.chosen) < content.values.size() ? std::size_t(settings.chosen) : content.outlier;
    describeChosen(content);
    return content;
}

}  // namespace quantoscope
