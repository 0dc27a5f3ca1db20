// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/numbers_state.h"

#include "core/formats/parse_code.h"
#include "core/formats/arithmetic.h"
#include "core/formats/built_format.h"
#include "core/quantization/block_format.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QLocale>
#include <QRegularExpression>

#include <algorithm>

#include <cmath>

namespace quantoscope {

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

QString layoutText(const NumberFormat& format)
{
    const auto translated = [](const char* words) { return QCoreApplication::translate("NumbersPage", words); };
    if (const FloatFormat* floating = format.asFloat()) {
        QString fields = QStringLiteral("%1 · %2").arg(floating->exponentBits).arg(floating->mantissaBits);
        if (floating->isSigned)
            fields.prepend(QStringLiteral("1 · "));
        return hasInfinity(*floating) ? fields : fields + translated(", no ∞");
    }
    if (format.asLevels())
        return translated("%1 levels").arg(format.asLevels()->levels.size());
    return translated("%1 bits").arg(bitsOf(format));
}

std::optional<Code> codeFromJson(const QJsonValue& value)
{
    bool understood = false;
    const Code code = value.toString().toULongLong(&understood, 0);
    return understood ? std::optional(code) : std::nullopt;
}

QJsonArray formatsToJson(const std::vector<ChosenFormat>& formats)
{
    QJsonArray array;
    for (const ChosenFormat& chosen : formats) {
        if (chosen == chosenFormat(chosen.id))
            array.append(chosen.id);
        else
            array.append(QJsonObject{{QStringLiteral("id"), chosen.id}, {QStringLiteral("scale"), chosen.scale},
                                     {QStringLiteral("zero"), chosen.zeroPoint}});
    }
    return array;
}

/// A list of ids or {id, scale, zero}, or one text with commas, as a lesson writes it.
std::vector<ChosenFormat> formatsFromJson(const QJsonValue& value)
{
    QJsonArray entries = value.toArray();
    if (value.isString())
        for (const QString& id : value.toString().split(QLatin1Char(','), Qt::SkipEmptyParts))
            entries.append(id.trimmed().toLower());
    std::vector<ChosenFormat> formats;
    for (const QJsonValue& entry : entries) {
        const QString id = entry.isObject() ? entry[QStringLiteral("id")].toString() : entry.toString();
        const bool twice = std::any_of(formats.begin(), formats.end(), [&](const ChosenFormat& f) { return f.id == id; });
        if (twice || !findNumberFormat(id.toStdString()))
            continue;
        ChosenFormat chosen = chosenFormat(id);
        if (entry.isObject()) {
            const double scale = entry[QStringLiteral("scale")].toDouble(chosen.scale);
            if (std::isfinite(scale) && scale > 0)
                chosen.scale = scale;
            chosen.zeroPoint = qint64(entry[QStringLiteral("zero")].toDouble(0));
        }
        formats.push_back(chosen);
    }
    return formats;
}

/// The Arithmetic tab's part of a state: written only where it differs, so that links stay short.
void writeArithmetic(const NumbersState& state, QJsonObject& json)
{
    const NumbersState usual;
    const auto write = [&](const char* key, const QString& now, const QString& then) {
        if (now != then)
            json[QLatin1String(key)] = now;
    };
    write("operation", state.operation, usual.operation);
    write("b", state.second, usual.second);
    write("c", state.third, usual.third);
    write("left", state.left, usual.left);
    write("right", state.right, usual.right);
    write("arrangement", state.arrangement, usual.arrangement);
    write("stairs", state.stairs, usual.stairs);
    write("overflow", QLatin1String(overflowRows()[std::size_t(state.overflow)].id), QLatin1String(overflowRows()[std::size_t(usual.overflow)].id));
    write("terms", state.sums.data, usual.sums.data);
    write("sumSeed", QString::number(state.sums.seed), QString::number(usual.sums.seed));
    write("build", state.built, usual.built);
    write("block", state.block.format, usual.block.format);
    write("blockSeed", QString::number(state.block.seed), QString::number(usual.block.seed));
    for (const BlockRuleRow& row : blockRules())
        if (row.rule == state.block.rule && row.rule != usual.block.rule)
            json[QStringLiteral("scaleRule")] = QLatin1String(row.id);
    if (state.block.chosen >= 0)
        json[QStringLiteral("blockValue")] = state.block.chosen;
    if (state.block.factor != usual.block.factor)
        json[QStringLiteral("largestTimes")] = state.block.factor;
    if (state.sums.terms != usual.sums.terms)
        json[QStringLiteral("termCount")] = state.sums.terms;
}

/// The Build and Block tabs' part of a state.
void readBuiltAndBlock(NumbersState& state, const QJsonObject& json)
{
    if (const QString built = json[QStringLiteral("build")].toString(); findBuiltFormat(built.toStdString()))
        state.built = built;
    const QString block = json[QStringLiteral("block")].toString();
    if (const BlockFormat* format = findBlockFormat(block.toStdString()); format && format->elements <= mostShownElements)
        state.block.format = block;
    for (const BlockRuleRow& row : blockRules())
        if (json[QStringLiteral("scaleRule")].toString() == QLatin1String(row.id))
            state.block.rule = row.rule;
    const double factor = json[QStringLiteral("largestTimes")].toDouble(state.block.factor);
    if (factor >= 1 && factor <= 1024)
        state.block.factor = factor;
    state.block.chosen = std::clamp(json[QStringLiteral("blockValue")].toInt(-1), -1, findBlockFormat(state.block.format.toStdString())->elements - 1);
    if (json.contains(QStringLiteral("blockSeed")))
        state.block.seed = json[QStringLiteral("blockSeed")].toVariant().toULongLong();
}

void readArithmetic(NumbersState& state, const QJsonObject& json)
{
    const auto words = [&](const char* key, const QString& otherwise) {
        const QJsonValue value = json[QLatin1String(key)];
        return value.isDouble() ? QString::number(value.toDouble(), 'g', 17) : value.toString(otherwise);
    };
    const auto isOperand = [](const QString& typed) {
        const std::string characters = typed.trimmed().toStdString();
        return looksLikeCode(characters) || parseNumber(characters).has_value();
    };
    const QString operation = words("operation", state.operation);
    const auto rows = operationRows();
    if (operation == QLatin1String("fma") || operation == QLatin1String("dot") || std::any_of(rows.begin(), rows.end(), [&](const OperationRow& row) { return text(row.id) == operation; }))
        state.operation = operation;
    if (const QString b = words("b", state.second); isOperand(b))
        state.second = b;
    if (const QString c = words("c", state.third); isOperand(c))
        state.third = c;
    for (const auto& [key, list] : {std::pair("left", &state.left), std::pair("right", &state.right)})
        if (const QString typed = words(key, *list); parseNumberList(typed))
            *list = typed;
    const QString data = words("terms", state.sums.data);
    if (data == QLatin1String("one") || data == QLatin1String("tenth") || data == QLatin1String("random"))
        state.sums.data = data;
    state.sums.terms = std::clamp(json[QStringLiteral("termCount")].toInt(state.sums.terms), 2, SumSettings::mostTerms);
    if (json.contains(QStringLiteral("sumSeed")))
        state.sums.seed = json[QStringLiteral("sumSeed")].toVariant().toULongLong();
    readBuiltAndBlock(state, json);
}

}  // namespace

std::span<const BlockRuleRow> blockRules()
{
    static constexpr BlockRuleRow rows[] = {
        {PowerOfTwoRule::Floor, "floor", QT_TRANSLATE_NOOP("BlockPanel", "OCP MX 1.0: the largest value's power of two; may clip it")},
        {PowerOfTwoRule::Ceil, "ceil", QT_TRANSLATE_NOOP("BlockPanel", "The next power of two above the largest value")},
        {PowerOfTwoRule::Even, "even", QT_TRANSLATE_NOOP("BlockPanel", "The largest value's power of two, after rounding it to the element's precision")},
        {PowerOfTwoRule::RoundUpRatio, "rceil", QT_TRANSLATE_NOOP("BlockPanel", "The smallest scale that clips nothing")},
    };
    return rows;
}

std::span<const OverflowRow> overflowRows()
{
    static constexpr OverflowRow rows[] = {
        {Overflow::Default, "default", QT_TRANSLATE_NOOP("NumbersPage", "usual"),
         QT_TRANSLATE_NOOP("NumbersPage", "Infinity where the format has one, else the largest number")},
        {Overflow::Saturate, "saturate", QT_TRANSLATE_NOOP("NumbersPage", "saturate"),
         QT_TRANSLATE_NOOP("NumbersPage", "Always the largest number, as FP8 hardware can")},
        {Overflow::Ieee, "ieee", QT_TRANSLATE_NOOP("NumbersPage", "IEEE 754"),
         QT_TRANSLATE_NOOP("NumbersPage", "Infinity, else NaN, else the largest number, as the format allows")},
    };
    return rows;
}

Result<std::vector<RealNumber>> parseNumberList(const QString& typed)
{
    static const QRegularExpression separators(QStringLiteral("[,;\\s]+"));
    std::vector<RealNumber> numbers;
    for (const QString& word : typed.split(separators, Qt::SkipEmptyParts)) {
        auto number = parseNumber(word.toStdString());
        if (!number)
            return failure(number.error().kind, "In \u201c" + word.toStdString() + "\u201d: " + number.error().message);
        if (numbers.size() == std::size_t(mostFactors))
            return failure(Error::Kind::Unsupported, "At most " + std::to_string(mostFactors) + " numbers can be multiplied here.");
        numbers.push_back(std::move(*number));
    }
    if (numbers.empty())
        return failure(Error::Kind::Malformed, "Type some numbers with commas between them.");
    return numbers;
}

NumberFormat ChosenFormat::format() const
{
    NumberFormat format = *findNumberFormat(id.toStdString());
    if (auto* integer = std::get_if<IntegerFormat>(&format.kind)) {
        integer->scale = scale;
        integer->zeroPoint = zeroPoint;
    }
    return format;
}

ChosenFormat chosenFormat(const QString& id)
{
    ChosenFormat chosen{id};
    if (const IntegerFormat* integer = findNumberFormat(id.toStdString())->asInteger())
        // Three bits before the point for every width: signed formats reach from −4 to just below 4.
        chosen.scale = std::ldexp(1.0, std::min(0, 2 + int(integer->isSigned) - integer->bits));
    return chosen;
}

NumbersState NumbersState::first()
{
    NumbersState state;
    for (const char* id : {"fp32", "fp16", "bf16", "e4m3", "e5m2", "int8"})
        state.formats.push_back(chosenFormat(QLatin1String(id)));
    state.selected = QStringLiteral("bf16");
    return state;
}

int NumbersState::indexOf(const QString& id) const
{
    const auto found = std::find_if(formats.begin(), formats.end(), [&](const ChosenFormat& f) { return f.id == id; });
    return found == formats.end() ? -1 : int(found - formats.begin());
}

QJsonObject NumbersState::toJson() const
{
    QJsonObject json{{QStringLiteral("value"), text}, {QStringLiteral("formats"), formatsToJson(formats)},
                     {QStringLiteral("rounding"), ::quantoscope::text(roundingRows()[std::size_t(rounding)].id)},
                     {QStringLiteral("seed"), QString::number(seed)}, {QStringLiteral("selected"), selected},
                     {QStringLiteral("tab"), tab}, {QStringLiteral("logarithmic"), logarithmic},
                     {QStringLiteral("colouring"), colouring}, {QStringLiteral("allDigits"), allDigits}};
    writeArithmetic(*this, json);
    if (given) {
        json[QStringLiteral("code")] = QStringLiteral("0x") + QString::number(given->code, 16).toUpper();
        json[QStringLiteral("codeFormat")] = given->format;
    }
    if (!weight.isEmpty())
        json[QStringLiteral("weight")] = weight;
    if (view)
        json[QStringLiteral("view")] = QJsonObject{{QStringLiteral("centre"), view->centre}, {QStringLiteral("span"), view->span}};
    return json;
}

NumbersState NumbersState::fromJson(const QJsonObject& json)
{
    NumbersState state = first();
    const auto has = [&](const char* key) { return json.contains(QLatin1String(key)); };
    const auto words = [&](const char* key, const QString& otherwise) { return json[QLatin1String(key)].toString(otherwise); };
    if (has("format"))   // A lesson with one row says so in the singular.
        state.formats = formatsFromJson(json[QStringLiteral("format")]);
    if (has("formats"))
        state.formats = formatsFromJson(json[QStringLiteral("formats")]);
    if (state.formats.empty())
        state.formats = first().formats;
    state.selected = words("selected", state.selected);
    if (state.indexOf(state.selected) < 0)
        state.selected = state.formats.front().id;

    const QJsonValue value = json[QStringLiteral("value")];
    state.text = value.isDouble() ? QString::number(value.toDouble(), 'g', QLocale::FloatingPointShortest) : value.toString(state.text);
    if (const auto code = codeFromJson(json[QStringLiteral("code")])) {
        const QString id = words("codeFormat", state.selected);
        const int row = state.indexOf(id);
        const int bits = row < 0 ? 0 : bitsOf(state.formats[std::size_t(row)].format());
        if (row >= 0 && (bits == 64 || *code >> bits == 0)) {
            state.given = GivenCode{id, *code};
            if (!has("value"))
                state.text = QString::fromStdString(exactDecimal(valueOf(state.formats[std::size_t(row)].format(), *code)));
        }
    }
    // A link may be anybody's, and a lesson may write a code where a value stands.
    if (!state.given && looksLikeCode(state.text.trimmed().toStdString())) {
        if (const auto code = parseCode(state.formats[std::size_t(state.indexOf(state.selected))].format(), state.text.trimmed().toStdString()))
            state.given = GivenCode{state.selected, *code};
        else
            state.text = first().text;
    } else if (!state.given && !parseNumber(state.text.toStdString())) {
        state.text = first().text;
    }
    state.rounding = findRounding(words("rounding", {}).toStdString()).value_or(state.rounding);
    for (const OverflowRow& row : overflowRows())
        if (words("overflow", {}) == QLatin1String(row.id))
            state.overflow = row.overflow;
    if (const QString arrangement = words("arrangement", {}); arrangement == QLatin1String("table") || arrangement == QLatin1String("binade"))
        state.arrangement = arrangement;
    if (const QString stairs = words("stairs", {}); stairs == QLatin1String("range") || stairs == QLatin1String("overflow"))
        state.stairs = stairs;
    state.seed = has("seed") ? json[QStringLiteral("seed")].toVariant().toULongLong() : state.seed;
    state.tab = words("tab", state.tab);
    state.logarithmic = json[QStringLiteral("logarithmic")].toBool(false);
    state.colouring = words("colouring", state.colouring);
    state.allDigits = json[QStringLiteral("allDigits")].toBool(false);
    readArithmetic(state, json);
    state.weight = json[QStringLiteral("weight")].toObject();
    if (has("view")) {
        const QJsonObject view = json[QStringLiteral("view")].toObject();
        const double span = view[QStringLiteral("span")].toDouble();
        if (span > 0)
            state.view = NumberLineView{view[QStringLiteral("centre")].toDouble(), span, state.logarithmic};
    }
    return state;
}

NumbersContent computeNumbers(const NumbersState& state)
{
    NumbersContent content;
    content.typedText = state.text;
    if (const int row = state.given ? state.indexOf(state.given->format) : -1; row >= 0)
        content.typed = RealNumber::fromDouble(valueOf(state.formats[std::size_t(row)].format(), state.given->code));
    else if (auto parsed = parseNumber(state.text.toStdString()))
        content.typed = *parsed;
    content.digits = BinaryExpansion(content.typed);

    const RoundingRule rule = state.rule();
    for (const ChosenFormat& chosen : state.formats) {
        NumberRowContent row;
        row.id = chosen.id;
        row.format = chosen.format();
        row.name = text(row.format.name);
        row.layout = layoutText(row.format);
        row.isGiven = state.given && state.given->format == chosen.id;
        row.stored = row.isGiven ? describeCode(row.format, state.given->code) : storeNumber(row.format, content.typed, rule);
        content.rows.push_back(std::move(row));
    }
    return content;
}

}  // namespace quantoscope
