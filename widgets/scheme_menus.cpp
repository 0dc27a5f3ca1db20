// SPDX-License-Identifier: GPL-3.0-or-later
// What the words of the scheme's sentence offer. Everything comes from the core's tables.
#include "core/compensation/compensation.h"
#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "core/quantization/level_map.h"
#include "widgets/controls.h"
#include "widgets/format_menu.h"
#include "widgets/scheme_editor.h"
#include "widgets/scheme_words.h"

#include <QHBoxLayout>
#include <QMenu>

#include <algorithm>
#include <array>

namespace quantoscope {

namespace {

QString text(std::string_view name)
{
    return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

struct Count {
    int number;
    char letter;
};
constexpr std::array groups{Count{16, 0}, Count{32, '3'}, Count{64, '6'}, Count{128, '1'}, Count{256, '2'}};
constexpr std::array tiles{16, 32, 64, 128};
constexpr std::array codebookLevels{2, 4, 8, 32, 64, 128, 256};
/// The floats that processors multiply; the other ones are one menu further.
constexpr std::array<std::string_view, 4> nativeFloats{"e4m3", "e5m2", "e2m1", "e3m2"};
/// The families whose rows are the floats of everyday use.
constexpr std::array<std::string_view, 3> floatFamilies{"wide", "fp8", "fp6"};
/// The usual scales, by themselves and as multiples of one for the tensor; the other ones one menu further.
constexpr std::array usualScales{"fp32", "fp16", "bf16", "e8m0", "e4m3"};
constexpr std::array usualMultiples{"e4m3", "fp16", "e8m0"};

template <class Names>
bool isIn(const Names& names, std::string_view id)
{
    return std::find(names.begin(), names.end(), id) != names.end();
}

void addFormatChoice(QMenu* menu, const NumberFormat& format, const QString& words)
{
    addMenuChoice(menu, text(format.id), words, text(format.sentence));
}

}  // namespace

void SchemeEditor::fillElements()
{
    const auto addInteger = [](QMenu* menu, int bits, char letter) {
        const std::string id = "int" + std::to_string(bits);
        if (parseScheme(id))
            addMenuChoice(menu, text(id), nameOfElement(id), tr("%1 levels").arg(1 << bits), letter);
    };
    m_element->addHeading(tr("Integers, equal steps"));
    for (int bits = 8; bits >= 2; --bits)
        addInteger(m_element->menu(), bits, char('0' + bits));
    QMenu* widths = addPart(m_element, tr("Other widths"));
    for (const int bits : {16, 15, 14, 13, 12, 11, 10, 9, 1})
        addInteger(widths, bits, 0);

    QMenu* naturals = addPart(m_element, tr("Unsigned: below 0 becomes 0"));
    for (int bits = 1; bits <= 16; ++bits) {
        const std::string id = "uint" + std::to_string(bits);
        addMenuChoice(naturals, text(id), nameOfElement(id), tr("%1 levels").arg(1 << bits));
    }

    m_element->addHeading(tr("Floats, finer near zero"));
    const auto isElement = [](const NumberFormat& format) { return findElement(format.id) && !isIntegerElement(format.id); };
    const FormatMenu natives([](const NumberFormat& format) { return isIn(nativeFloats, format.id); }, addFormatChoice);
    const FormatMenu others([=](const NumberFormat& format) { return isElement(format) && !isIn(nativeFloats, format.id); }, addFormatChoice);
    for (const FormatFamily& family : formatFamilies())
        natives.addRows(m_element->menu(), family);
    QMenu* floats = addPart(m_element, tr("Other floats"));
    QMenu* tables = nullptr;
    for (const FormatFamily& family : formatFamilies()) {
        if (isIn(floatFamilies, family.id))
            others.addRows(floats, family);
        else if (family.id == "levels")
            others.addRows(tables = addPart(m_element, tr("Tables of levels")), family);
        else
            others.addFamily(m_element->menu(), family);   // scales, posits, IEEE P3109, and whatever comes
    }
    m_ownElements = addPart(m_element, tr("Your formats"));
    for (const TableElement& table : tableElements())
        addMenuChoice(tables, text(table.id), text(table.name), tr("%1 levels").arg(table.levels.size()));

    m_element->addHeading(tr("Levels fitted to the tensor (k-means)"));
    addMenuChoice(m_element->menu(), codebookId(16), tr("16 fitted levels"), tr("k-means, 4 bits"), 'f');
    QMenu* levels = addPart(m_element, tr("Other numbers of levels"));
    for (const int count : codebookLevels)
        addMenuChoice(levels, codebookId(count), tr("%1 fitted levels").arg(count));
    fillBlocks();
}

void SchemeEditor::fillBlocks()
{
    const auto add = [](QMenu* menu, const BlockFormat& format) {
        addMenuChoice(menu, QStringLiteral("name:") + text(format.id), nameOfBlock(std::string(format.id)), text(format.sentence),
                      format.id == "nf4" ? 'n' : format.id == "mxfp4" ? 'm' : 0);
    };
    m_element->addHeading(tr("Blocks with scales of their own"));
    for (const BlockFormat& format : bitsandbytesFormats())
        add(m_element->menu(), format);
    add(m_element->menu(), *findBlockFormat("mxfp4"));
    QMenu* mx = addPart(m_element, tr("MX and NVFP4"));
    for (const BlockFormat& format : mxFormats())
        add(mx, format);
    const auto isRowOf = [](std::span<const BlockFormat> family, const BlockFormat& format) {
        return std::any_of(family.begin(), family.end(), [&](const BlockFormat& row) { return row.id == format.id; });
    };
    QMenu* others = addPart(m_element, tr("ggml and others"));
    for (const BlockFormat& format : blockFormats()) {
        if (!isRowOf(bitsandbytesFormats(), format) && !isRowOf(mxFormats(), format))
            add(others, format);
    }
    QMenu* named = addPart(m_element, tr("Schemes with a name"));
    for (const NamedScheme& scheme : namedSchemes()) {
        if (!findBlockFormat(scheme.id))
            addMenuChoice(named, QStringLiteral("name:") + text(scheme.id), text(scheme.id), text(scheme.sentence));
    }
}

void SchemeEditor::fillChoices()
{
    addLetterChoice(m_symmetry, QStringLiteral("symmetric"), tr("symmetric"), tr("the same range to both sides"), 's');
    addLetterChoice(m_symmetry, QStringLiteral("full"), tr("symmetric, full range"), tr("one more code below zero"), 'f');
    addLetterChoice(m_symmetry, QStringLiteral("asymmetric"), tr("asymmetric"), tr("a zero point; both ends free"), 'a');

    addLetterChoice(m_granularity, QStringLiteral("tensor"), tr("tensor"), tr("one range for all weights"), 't');
    addLetterChoice(m_granularity, QStringLiteral("channel=0"), tr("output channel"), tr("a range for every row"), 'o');
    addLetterChoice(m_granularity, QStringLiteral("channel=1"), tr("input channel"), tr("a range for every column"), 'i');
    m_granularity->addHeading(tr("Groups along rows"));
    for (const Count& group : groups)
        addLetterChoice(m_granularity, QStringLiteral("group=%1").arg(group.number), tr("%1 weights").arg(group.number), {}, group.letter);
    m_granularity->addHeading(tr("Blocks of rows and columns"));
    for (const int side : tiles)
        addLetterChoice(m_granularity, QStringLiteral("block=%1x%1").arg(side), tr("%1 × %1 weights").arg(side), {}, 0);

    for (const CalibrationMethod& method : calibrationMethods()) {
        const char letter = method.clip.kind == Clip::Kind::MinMax         ? 'm'
                          : method.clip.kind == Clip::Kind::LeastSquares   ? 'l'
                          : method.clip.kind == Clip::Kind::Entropy        ? 'k'
                          : method.clip == Clip{.kind = Clip::Kind::Aciq}  ? 'a'
                          : method.clip == Clip{.kind = Clip::Kind::Percentile} ? '9'
                                                                           : 0;
        const QString explanation = method.clip.kind == Clip::Kind::MinMax       ? tr("nothing is clipped")
                                  : method.clip.kind == Clip::Kind::LeastSquares ? tr("the highest SQNR")
                                  : method.clip.kind == Clip::Kind::Percentile   ? tr("of all |weights| lie within")
                                  : method.clip.kind == Clip::Kind::Entropy      ? tr("histograms as alike as can be")
                                                                                 : tr("formula for the distribution");
        addLetterChoice(m_clip, QString::fromStdString(clipText(method.clip)), clipName(method.clip), explanation, letter);
    }
    addLetterChoice(m_clip, QStringLiteral("hand"), tr("by hand"), tr("drag the handles"), 'h');

    for (const RoundingRow& row : roundingRows()) {
        // Not every rounding of formats is one of quantizers.
        if (!parseScheme("int4,rounding=" + std::string(row.id)))
            continue;
        QString name = text(row.name);
        name[0] = name[0].toLower();
        addLetterChoice(m_rounding, text(row.id), name, {}, name[0].toLatin1());
    }
    fillScales();
    for (const Fit fit : {Fit::Optimal, Fit::Lloyd, Fit::Quantile, Fit::ByHand}) {
        const QString name = nameOfFit(fit);
        const QString explanation = fit == Fit::Optimal    ? tr("the least squared error there is")
                                  : fit == Fit::Lloyd      ? tr("may end in a local minimum")
                                  : fit == Fit::Quantile   ? tr("as many weights to each level")
                                                           : tr("drag the levels");
        addLetterChoice(m_fit, QString::number(int(fit)), name, explanation, fit == Fit::ByHand ? 'h' : name[0].toLatin1());
    }
    // Uniform schemes alone; MX rounds down by itself.
    addLetterChoice(m_rule, QStringLiteral("nearest"), nameOfRule({}), tr("the power of two nearest to the step"), 'n');
    for (const PowerOfTwoRule rule : {PowerOfTwoRule::Floor, PowerOfTwoRule::Ceil, PowerOfTwoRule::Even, PowerOfTwoRule::RoundUpRatio}) {
        const QString explanation = rule == PowerOfTwoRule::Floor ? tr("OCP MX; may clip")
                                  : rule == PowerOfTwoRule::Even  ? tr("down, after rounding the largest to its bits")
                                                                  : QString();
        addLetterChoice(m_rule, QString::number(int(rule)), nameOfRule(rule), explanation, 0);
    }
}

void SchemeEditor::fillScales()
{
    for (const char* scale : usualScales)
        addLetterChoice(m_scale, QString::fromLatin1(scale), nameOfElement(scale), {}, 0);
    const auto isOther = [](const NumberFormat& format) {
        return isScaleFormat(format.id) && !needsTensorScale(format.id) && !isIn(usualScales, format.id);
    };
    addScales(addPart(m_scale, tr("Other formats")), FormatMenu(isOther, addFormatChoice));
    m_scale->addHeading(tr("Two levels: times a scale of the tensor"));
    const auto addMultiple = [](QMenu* menu, const NumberFormat& format, const QString& words) {
        addMenuChoice(menu, text(format.id) + QStringLiteral("*fp32"), tr("%1 × FP32").arg(words), text(format.sentence));
    };
    for (const char* scale : usualMultiples)
        addMultiple(m_scale->menu(), *findNumberFormat(scale), nameOfElement(scale));
    const auto isMultiple = [](const NumberFormat& format) {
        return isScaleFormat(format.id) && format.id != "fp32" && !isIn(usualMultiples, format.id);
    };
    addScales(addPart(m_scale, tr("Other multiples")), FormatMenu(isMultiple, addMultiple));
}

void SchemeEditor::addScales(QMenu* menu, const FormatMenu& formats)
{
    for (const FormatFamily& family : formatFamilies())
        formats.addFamily(menu, family);
}

void SchemeEditor::setOwnFormats(const QStringList& ids)
{
    m_ownElements->clear();
    FormatMenu([](const NumberFormat& format) { return findElement(format.id).has_value(); }, addFormatChoice).addOwn(m_ownElements, ids);
    m_ownElements->menuAction()->setVisible(!m_ownElements->isEmpty());
}

void SchemeEditor::setOffersMethods()
{
    m_method = addButton(QStringLiteral("method"), tr("Error compensation"), QStringLiteral("M"));
    m_layout->removeWidget(m_method);
    m_layout->insertWidget(m_layout->count() - 1, m_method);   // Before the stretch.
    addLetterChoice(m_method, {}, tr("rounding alone"), tr("every weight to its nearest value"), 'r');
    for (const CompensationMethod& method : compensationMethods())
        addLetterChoice(m_method, text(method.id), text(method.name), method.needsActivations ? tr("looks at the inputs") : tr("needs no inputs"),
                        method.id == "hadamard" ? 'd' : text(method.name)[0].toLower().toLatin1());
    setMethod({});
}

void SchemeEditor::setMethod(const QString& id)
{
    const CompensationMethod* const method = findCompensationMethod(id.toStdString());
    if (m_method)
        m_method->setCurrent(method ? id : QString(), method ? text(method->name) : m_isTight ? tr("alone") : tr("rounding alone"));
}

QString SchemeEditor::method() const
{
    return m_method ? m_method->current() : QString();
}

void SchemeEditor::offerMethods()
{
    // A rule of the scale stands in nobody's way: it yields to what it does not go with.
    QuantizationScheme trial = m_scheme;
    if (m_scheme.kind == QuantizationScheme::Kind::Uniform)
        trial.scaleRule.reset();
    const QuantizationScheme withoutRule = trial;
    for (QAction* action : m_clip->menu()->actions()) {
        const auto clip = parseClip(action->data().toString().toStdString());
        if (action->isSeparator() || !clip)
            continue;
        trial.clip = *clip;
        action->setVisible(parseScheme(schemeText(trial)).has_value());
    }
    trial = withoutRule;
    for (QAction* action : m_scale->menu()->actions()) {
        const QString id = action->data().toString();
        if (action->isSeparator() || id.isEmpty())
            continue;
        trial.scale = id.section(u'*', 0, 0).toStdString();
        trial.tensorScale = id.section(u'*', 1).toStdString();
        action->setVisible(parseScheme(schemeText(trial)).has_value());
    }
    trial = m_scheme;
    const bool isBlock = trial.kind == QuantizationScheme::Kind::Block;
    for (QAction* action : m_rule->menu()->actions()) {
        trial.scaleRule = ruleOf(action->data().toString());
        action->setVisible(!(isBlock && !trial.scaleRule) && parseScheme(schemeText(trial)).has_value());
    }
    // Whole menus go together: a codebook has no multiples, nor has one scale for the tensor.
    trial = withoutRule;
    trial.scale = "e4m3";
    trial.tensorScale = "fp32";
    const bool takesMultiples = parseScheme(schemeText(trial)).has_value();
    bool isMultiple = false;
    for (QAction* action : m_scale->menu()->actions()) {
        isMultiple = isMultiple || action->isSeparator();
        if (action->menu())
            action->setVisible(!isMultiple || takesMultiples);
    }
}

}  // namespace quantoscope
