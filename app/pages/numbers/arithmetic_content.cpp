// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/arithmetic_content.h"

#include "app/pages/numbers/number_texts.h"
#include "core/formats/parse_code.h"
#include "core/random.h"
#include "widgets/plot_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QString translated(const char* words, int count = -1)
{
    return QCoreApplication::translate("NumbersPage", words, nullptr, count);
}

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

bool isPowerOfTwo(double value)
{
    int exponent = 0;
    return value > 0 && std::isfinite(value) && std::frexp(value, &exponent) == 0.5;
}

/// A second or third operand: a number, or a code of the format. States hold only texts that are understood.
StoredNumber operand(const NumberFormat& format, const QString& typed, const RoundingRule& rule)
{
    const std::string characters = typed.trimmed().toStdString();
    if (looksLikeCode(characters)) {
        const Result<Code> code = parseCode(format, characters);
        return describeCode(format, code ? *code : 0);
    }
    const Result<RealNumber> number = parseNumber(characters);
    return storeNumber(format, number ? *number : RealNumber(), rule);
}

/// Where the last digit of a stored number stands, and whether its digits are powers of two at all.
std::optional<int> lastKeptWeight(const StoredNumber& stored)
{
    if (!isPowerOfTwo(stored.ulp))
        return std::nullopt;
    return std::ilogb(stored.ulp);
}

DigitLine lineOf(const NumberFormat& format, const QString& name, const StoredNumber& stored, DigitLine::Role role)
{
    DigitLine line;
    line.role = role;
    line.name = name;
    line.number = stored.value;
    line.value = exactText(stored.value, 22);
    line.code = codeString(format, stored.code);
    line.digits = BinaryExpansion(RealNumber::fromDouble(stored.value));
    line.isInteger = format.asInteger() != nullptr;
    line.leading = line.digits.leadingWeight();
    line.last = line.digits.lastWeight();
    // A float keeps its zeros too: they are digits that the format has room for.
    if (const auto kept = stored.value == 0 ? std::nullopt : lastKeptWeight(stored); kept && std::isfinite(stored.value) && !format.asLevels())
        line.last = std::min(line.last, *kept);
    line.leading = std::max(line.leading, line.last);
    return line;
}

DigitLine exactLine(const RealNumber& exact)
{
    DigitLine line;
    line.role = DigitLine::Role::Exact;
    line.name = translated("exact");
    line.number = exact.toDouble();
    line.value = realText(exact, 22);
    line.digits = BinaryExpansion(exact);
    line.leading = line.digits.leadingWeight();
    line.last = line.digits.lastWeight();
    return line;
}

void markLines(ArithmeticContent& content)
{
    DigitLine& exact = content.lines[content.lines.size() - 2];
    const auto kept = lastKeptWeight(content.result.stored);
    if (!kept || exact.digits.isEmpty() || !std::isfinite(content.result.stored.value))
        return;
    // Beyond the largest value the whole number was replaced, not its last digits.
    const bool overflowed = std::abs(exact.number) > largestValue(content.format) * (1 + 1e-9)
        && std::abs(exact.number - content.result.stored.value) >= content.result.stored.ulp;
    if (!overflowed && exact.digits.hasDigitsBelow(*kept))
        exact.marks.push_back({DigitLine::Fate::RoundedAway, std::min(*kept - 1, exact.leading), exact.last, translated("rounded away")});
    if (content.result.cancelledBits > 0) {
        const double larger = std::max(std::abs(content.operands[0].value), std::abs(content.operands[1].value));
        const int top = std::ilogb(larger);
        exact.marks.push_back({DigitLine::Fate::Cancelled, top, top - content.result.cancelledBits + 1, translated("cancelled")});
    }
    if (content.result.absorbedBits > 0) {
        const bool firstIsSmaller = std::abs(content.operands[0].value) < std::abs(content.operands[1].value);
        DigitLine& smaller = content.lines[firstIsSmaller ? 0 : 1];
        const int first = std::min(*kept - 1, smaller.digits.leadingWeight());
        smaller.marks.push_back({DigitLine::Fate::Absorbed, first, smaller.digits.lastWeight(), translated("absorbed")});
    }
}

QString digitCount(int count)
{
    return count == 1 ? translated("one digit") : translated("%1 digits").arg(count);
}

/// How far the stored result is from the exact one.
QString roundingSentence(const ArithmeticContent& content)
{
    const StoredNumber& stored = content.result.stored;
    const QString value = exactText(stored.value, 18);
    if (stored.direction == StoredNumber::Direction::Exact)
        return translated("The exact result is a number of %1: nothing is rounded.").arg(content.formatName);
    const bool up = stored.direction == StoredNumber::Direction::Up;
    return (up ? translated("Rounded up to %1: the error is %2, %3 ULP.") : translated("Rounded down to %1: the error is %2, %3 ULP."))
        .arg(value, shortText(std::abs(stored.absoluteError), 4), shortText(stored.ulpError, 3));
}

void describe(ArithmeticContent& content)
{
    const StoredNumber& stored = content.result.stored;
    const RealNumber& exact = content.result.exact;
    const QString name = content.formatName;
    if (exact.isNaN()) {
        content.sentences << translated("%1 has no value here: the exact result is not a number, and %2 stores %3.")
                                 .arg(content.expression, name, exactText(stored.value, 18));
        return;
    }
    if (exact.isInfinite()) {
        content.sentences << translated("The exact result is infinite; %1 stores %2.").arg(name, exactText(stored.value, 18));
        return;
    }
    const double largest = largestValue(content.format);
    if (std::isinf(stored.value) || std::isnan(stored.value)) {
        content.sentences << translated("Overflow: beyond %1's largest value %2 the result becomes %3.")
                                 .arg(name, exactText(largest, 14), exactText(stored.value, 8));
        return;
    }
    if (content.result.isAbsorbed) {
        const bool firstIsSmaller = std::abs(content.operands[0].value) < std::abs(content.operands[1].value);
        content.sentences << translated("%1 is absorbed: all of it lies below the last digit that %2 keeps (%3), and the result is %4 itself.")
                                 .arg(firstIsSmaller ? QStringLiteral("a") : QStringLiteral("b"), name, stepText(stored.ulp),
                                      firstIsSmaller ? QStringLiteral("b") : QStringLiteral("a"));
    } else if (content.result.absorbedBits > 0 && lastKeptWeight(stored)) {
        content.sentences << translated("%1 of the smaller operand lie below the last digit that %2 keeps (%3).")
                                 .arg(digitCount(content.result.absorbedBits), name, stepText(stored.ulp));
    }
    if (content.result.cancelledBits > 0)
        content.sentences << translated("%1 cancel: what rounding had left wrong at the end of a and b now stands %1 further to the front.")
                                 .arg(digitCount(content.result.cancelledBits));
    if (std::abs(exact.toDouble()) > largest && std::abs(stored.value) >= largest)
        content.sentences << translated("Beyond %1's largest value the result saturates at %2.").arg(name, exactText(stored.value, 14));
    else
        content.sentences << roundingSentence(content);
}

std::vector<StoredNumber> storedList(const NumberFormat& format, const QString& typed, const RoundingRule& rule)
{
    std::vector<StoredNumber> stored;
    if (const auto numbers = parseNumberList(typed))
        for (const RealNumber& number : *numbers) {
            RoundingRule drawn = rule;
            drawn.draw += stored.size();
            stored.push_back(storeNumber(format, number, drawn));
        }
    return stored;
}

void describeDot(ArithmeticContent& content, std::size_t left, std::size_t right)
{
    const DotProduct& dot = *content.dot;
    const QString name = content.formatName;
    if (left != right)
        content.sentences << translated("a has %1 numbers and b has %2: the first %3 of each are multiplied.").arg(left).arg(right).arg(content.factors);
    if (!std::isfinite(dot.roundedOnce.value)) {
        content.sentences << translated("The exact sum rounded to %1 is %2.").arg(name, exactText(dot.roundedOnce.value, 12));
        return;
    }
    const auto errorWords = [](const StoredNumber& stored) {
        return stored.direction == StoredNumber::Direction::Exact ? translated("without error") : translated("off by %1").arg(shortText(std::abs(stored.absoluteError), 4));
    };
    content.sentences << translated("Rounded once at the end it is %1; with fused multiply-adds, one rounding a term, %2; with every product and every sum rounded, %3.")
                             .arg(errorWords(dot.roundedOnce), errorWords(dot.fused), errorWords(dot.roundedEverywhere));
}

/// The factors are stored first, as they would lie in memory; then the three ways to add their products.
void computeDot(ArithmeticContent& content, const NumbersState& state)
{
    const std::vector<StoredNumber> left = storedList(content.format, state.left, state.rule()), right = storedList(content.format, state.right, state.rule(left.size()));
    content.factors = std::min(left.size(), right.size());
    std::vector<Code> a, b;
    for (std::size_t i = 0; i < content.factors; ++i) {
        a.push_back(left[i].code);
        b.push_back(right[i].code);
    }
    content.dot = dotProduct(content.format, a, b, state.rule(left.size() + right.size()));
    content.result.exact = content.dot->exact;
    content.result.stored = content.dot->roundedOnce;
    content.expression = QStringLiteral("Σ a × b");
    content.operationName = translated("Dot product");
    content.lines.push_back(exactLine(content.dot->exact));
    content.lines.push_back(lineOf(content.format, translated("once"), content.dot->roundedOnce, DigitLine::Role::Stored));
    content.lines.push_back(lineOf(content.format, translated("fused"), content.dot->fused, DigitLine::Role::Stored));
    content.lines.push_back(lineOf(content.format, translated("each step"), content.dot->roundedEverywhere, DigitLine::Role::Stored));
    describeDot(content, left.size(), right.size());
}

std::vector<double> termsOf(const SumSettings& settings)
{
    std::vector<double> terms(std::size_t(settings.terms), settings.data == QLatin1String("tenth") ? 0.1 : 1.0);
    if (settings.data == QLatin1String("random")) {
        const RandomStream random(settings.seed);
        for (std::size_t i = 0; i < terms.size(); ++i)
            terms[i] = random.uniform(i);
    }
    return terms;
}

}  // namespace

QString realText(const RealNumber& number, int digits)
{
    if (number.isNaN() || number.isInfinite() || number.isZero())
        return shortText(number.toDouble(), 3);
    const ShortDecimal decimal = shortDecimal(number, digits);
    QString shown = withRealMinus(QString::fromStdString(decimal.digits));
    if (decimal.cut)
        shown += u'…';
    if (decimal.exponent != 0)
        shown += QStringLiteral(" × 10") + superscript(decimal.exponent);
    return shown;
}

ArithmeticContent computeArithmetic(const NumbersState& state, const NumbersContent& numbers)
{
    const NumberRowContent& row = numbers.rows[std::size_t(std::max(0, state.indexOf(state.selected)))];
    ArithmeticContent content;
    content.format = row.format;
    content.formatName = row.name;
    content.isFused = state.operation == QLatin1String("fma");
    if (state.operation == QLatin1String("dot")) {
        computeDot(content, state);
        return content;
    }
    RoundingRule drawn = state.rule();
    content.operandTexts << state.text << state.second;
    content.operands.push_back(row.stored);
    ++drawn.draw;
    content.operands.push_back(operand(row.format, state.second, drawn));
    ++drawn.draw;
    if (content.isFused) {
        content.operandTexts << state.third;
        content.operands.push_back(operand(row.format, state.third, drawn));
        ++drawn.draw;
        content.result = fusedMultiplyAdd(row.format, content.operands[0].code, content.operands[1].code, content.operands[2].code, drawn);
        content.expression = QStringLiteral("a × b + c");
        content.operationName = translated("Fused multiply-add");
    } else {
        const auto rows = operationRows();
        const auto found = std::find_if(rows.begin(), rows.end(), [&](const OperationRow& one) { return text(one.id) == state.operation; });
        const OperationRow& operation = found == rows.end() ? rows.front() : *found;
        content.result = compute(row.format, operation.operation, content.operands[0].code, content.operands[1].code, drawn);
        content.expression = QStringLiteral("a %1 b").arg(text(operation.symbol));
        content.operationName = translated(operation.name.data());
    }
    const char* names[] = {"a", "b", "c"};
    for (std::size_t i = 0; i < content.operands.size(); ++i)
        content.lines.push_back(lineOf(row.format, QLatin1String(names[i]), content.operands[i], DigitLine::Role::Operand));
    content.lines.push_back(exactLine(content.result.exact));
    content.lines.push_back(lineOf(row.format, row.name, content.result.stored, DigitLine::Role::Stored));
    markLines(content);
    describe(content);
    return content;
}

const RunningSum& SumsContent::of(Summation summation) const
{
    return std::find_if(sums.begin(), sums.end(), [&](const auto& one) { return one.first == summation; })->second;
}

SumsContent computeSums(const NumbersState& state)
{
    const ChosenFormat& chosen = state.formats[std::size_t(std::max(0, state.indexOf(state.selected)))];
    const NumberFormat format = chosen.format();
    const std::vector<double> terms = termsOf(state.sums);
    SumsContent content;
    content.formatName = text(format.name);
    const RoundingRule rule{state.rounding, state.overflow, state.sums.seed, 0};
    for (const SummationRow& row : summationRows())
        if (auto sum = runningSum(format, row.summation, terms, 257, rule))
            content.sums.emplace_back(row.summation, std::move(*sum));
    return content;
}

QString stuckWords(const RunningSum& sum)
{
    if (!sum.stuckAfter)
        return {};
    return translated("sticks at %1 after %2 terms").arg(exactText(sum.result, 10), wholeNumber(double(*sum.stuckAfter)));
}

}  // namespace quantoscope
