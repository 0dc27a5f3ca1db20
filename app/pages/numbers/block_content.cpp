// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/block_content.h"

#include "app/pages/numbers/number_texts.h"
#include "core/random.h"
#include "widgets/plot_text.h"

#include <QCoreApplication>

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

}  // namespace

std::vector<const BlockFormat*> shownBlockFormats()
{
    std::vector<const BlockFormat*> shown;
    for (const BlockFormat& format : blockFormats())
        if (format.elements <= 64)
            shown.push_back(&format);
    return shown;
}

QString blockName(const BlockFormat& format)
{
    return QString::fromUtf8(format.id.data(), qsizetype(format.id.size())).toUpper().replace(u'_', u' ');
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
    return content;
}

}  // namespace quantoscope
