// SPDX-License-Identifier: Apache-2.0
// Every format of 16 bits or fewer against exact fractions: what a code means, and what any number between
// two neighbours becomes. The fractions are GMP's, and no double comes between them and the codes.
#include "core/formats/number_format.h"
#include "core/formats/rational.h"

#include "tests/core/format_lists.h"
#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

QByteArray named(const NumberFormat& format)
{
    return {format.id.data(), qsizetype(format.id.size())};
}

Rational fraction(double numerator, double denominator)
{
    return Rational(numerator) / Rational(denominator);
}

/// Two neighbours and where the halves between them part, all exact: fractions, or doubles where those suffice.
template <class Number>
struct Gap {
    Number below, above, middle;
    Code belowCode = 0, aboveCode = 0;
    bool isLevels = false;
};

int order(const Rational& a, const Rational& b) { return compare(a, b); }
int order(double a, double b) { return int(a > b) - int(a < b); }
bool isNegative(const Rational& x) { return x.sign() < 0; }
bool isNegative(double x) { return x < 0; }

/// IEEE 754's definitions, and this program's for level tables (a tie goes to the lower one) and to odd.
template <class Number>
Code byDefinition(const Gap<Number>& gap, const Number& x, Rounding rounding, int unusedBits)
{
    if (order(x, gap.below) == 0)
        return gap.belowCode;
    if (order(x, gap.above) == 0)
        return gap.aboveCode;
    const bool belowIsOdd = gap.belowCode >> unusedBits & 1, aboveIsOdd = gap.aboveCode >> unusedBits & 1;
    const int side = order(x, gap.middle);
    switch (rounding) {
    case Rounding::NearestEven:
        return side > 0 || (side == 0 && belowIsOdd && !gap.isLevels) ? gap.aboveCode : gap.belowCode;
    case Rounding::NearestAway: return side > 0 || (side == 0 && !isNegative(x)) ? gap.aboveCode : gap.belowCode;
    case Rounding::TowardZero: return isNegative(x) ? gap.aboveCode : gap.belowCode;
    case Rounding::Up: return gap.aboveCode;
    case Rounding::Down: return gap.belowCode;
    case Rounding::ToOdd: return aboveIsOdd ? gap.aboveCode : gap.belowCode;
    case Rounding::Stochastic: break;
    }
    return gap.belowCode;
}

/// Posits part at the posit of one more bit between two neighbours, everything else at the mean.
Rational middleOf(const NumberFormat& format, Code belowCode, const Rational& below, const Rational& above)
{
    if (const PositFormat* posit = format.asPosit()) {
        const NumberFormat wider{"", "", "", PositFormat{posit->bits + 1}};
        return Rational(valueOf(wider, 2 * belowCode + 1));
    }
    return (below + above) / Rational(2.0);
}

/// −0 has a code of its own, and the number 0 does not lead to it, but rounding a negative number up does.
bool isSame(const NumberFormat& format, Code code, Code expected)
{
    return code == expected || valueOf(format, code) == valueOf(format, expected);
}

}  // namespace

class TestExactRounding : public QObject {
    Q_OBJECT

    /// Returns what went wrong.
    static QByteArray checkGap(const NumberFormat& format, const Gap<Rational>& gap, bool allPoints)
    {
        const Rational width = gap.above - gap.below, hair = width * Rational(std::ldexp(1.0, -200));
        std::vector<Rational> points{gap.below + width * fraction(1, 3), gap.middle - hair, gap.middle + hair};
        if (allPoints)
            for (const Rational& more : {gap.below, gap.below + hair, gap.middle, gap.below + width * fraction(2, 3), gap.above - hair})
                points.push_back(more);
        const int unused = unusedLowBitsOf(format);
        for (const Rational& x : points) {
            const RealNumber number = realNumber(x);
            for (const RoundingRow& row : roundingRows()) {
                if (row.rounding == Rounding::Stochastic)
                    continue;
                Code expected = byDefinition(gap, x, row.rounding, unused);
                if (format.asPosit() && x.sign() != 0 && valueOf(format, expected) == 0)   // never to zero
                    expected = x.sign() > 0 ? gap.aboveCode : gap.belowCode;
                const Code code = encode(format, number, {.rounding = row.rounding});
                if (!isSame(format, code, expected))
                    return named(format) + ' ' + QByteArray(row.id.data(), qsizetype(row.id.size())) + " of " + QByteArray::number(x.toDouble(), 'g', 17)
                        + " gave " + QByteArray::number(code, 16) + ", not " + QByteArray::number(expected, 16);
            }
        }
        return {};
    }

private slots:
    void everyCodeComesBackInEveryRounding()
    {
        qulonglong codes = 0;
        for (const NumberFormat* format : formatsUpTo(16)) {
            const int unused = unusedLowBitsOf(*format);
            for (Code bits = 0; bits < Code{1} << significantBitsOf(*format); ++bits) {
                const Code code = bits << unused;
                const double value = valueOf(*format, code);
                if (std::isnan(value))
                    continue;
                for (const RoundingRow& row : roundingRows()) {
                    const Code again = encode(*format, value, {row.rounding, Overflow::Ieee, 5, code});
                    const bool secondZero = format->asLevels() && value == 0 && valueOf(*format, again) == 0;
                    if (again != code && !secondZero)
                        QFAIL(named(*format) + ' ' + row.id.data() + ": code " + QByteArray::number(code, 16) + " became " + QByteArray::number(again, 16));
                }
                ++codes;
            }
        }
        QVERIFY(codes > 5'500'000);
    }

    /// Formats of 8 bits or fewer: every gap, nine points. Wider ones: every gap (of the P3109 family every
    /// 61st), three points that no double of the format's precision can tell from the middle.
    void everyGapRoundsByTheDefinitionInExactFractions()
    {
        qulonglong gaps = 0;
        for (const NumberFormat* format : formatsUpTo(16)) {
            const std::vector<double> values = finiteValues(*format);
            const bool isNarrow = significantBitsOf(*format) <= 8;
            const std::size_t step = !isNarrow && format->family == "p3109" ? 61 : 1;
            for (std::size_t i = 0; i + 1 < values.size(); i += step) {
                Gap<Rational> gap{Rational(values[i]), Rational(values[i + 1]), {}, encode(*format, values[i]), encode(*format, values[i + 1]),
                        format->asLevels() != nullptr};
                gap.middle = middleOf(*format, gap.belowCode, gap.below, gap.above);
                if (const QByteArray wrong = checkGap(*format, gap, isNarrow); !wrong.isEmpty())
                    QFAIL(wrong);
                ++gaps;
            }
        }
        QVERIFY(gaps > 300'000);
    }

    /// The gaps of the P3109 formats of more than 8 bits, all of them: their values, middles and the doubles beside
    /// the middles are exact in FP64, whose comparisons are exact as well.
    void everyGapOfTheWideP3109FormatsRoundsByTheDefinition()
    {
        qulonglong gaps = 0, left = 0;
        for (const NumberFormat& format : formatsOf("p3109")) {
            if (bitsOf(format) <= 8)
                continue;
            const std::vector<double> values = finiteValues(format);
            Code above = encode(format, values.front());
            for (std::size_t i = 0; i + 1 < values.size(); ++i) {
                Gap<double> gap{values[i], values[i + 1], values[i] / 2 + values[i + 1] / 2, above, encode(format, values[i + 1])};
                above = gap.aboveCode;
                if (gap.middle - gap.below != gap.above - gap.middle || gap.middle == gap.below) {
                    ++left;   // FP64 ends here; the test above has it.
                    continue;
                }
                for (const double x : {std::nextafter(gap.middle, gap.below), gap.middle, std::nextafter(gap.middle, gap.above)}) {
                    for (const RoundingRow& row : roundingRows()) {
                        if (row.rounding == Rounding::Stochastic)
                            continue;
                        const Code code = encode(format, x, {.rounding = row.rounding}), expected = byDefinition(gap, x, row.rounding, 0);
                        if (!isSame(format, code, expected))
                            QFAIL(named(format) + ' ' + row.id.data() + " of " + QByteArray::number(x, 'g', 17) + " gave " + QByteArray::number(code, 16)
                                  + ", not " + QByteArray::number(expected, 16));
                    }
                }
                ++gaps;
            }
        }
        QVERIFY2(gaps > 5'000'000 && left < gaps / 1000, qPrintable(QStringLiteral("%1 gaps, %2 left out").arg(gaps).arg(left)));
    }

    /// Beyond the largest value as if exponents had no end: what rounds to it stays, what rounds to the number
    /// that would come next overflows.
    void overflowBeginsHalfAStepBeyondTheLargestValue()
    {
        for (const NumberFormat* format : formatsUpTo(16)) {
            const FloatFormat* kind = format->asFloat();
            if (!kind || !kind->hasSubnormals)
                continue;
            const Code largestCode = largestFiniteCode(*kind);
            const double largest = decode(*kind, largestCode).value;
            const Rational step(std::ldexp(1.0, std::max(decode(*kind, largestCode).exponent, kind->minExponent()) - kind->mantissaBits));
            const Rational edge = Rational(largest) + step / Rational(2.0), hair = step * Rational(std::ldexp(1.0, -200));
            const bool largestIsOdd = largestCode >> kind->unusedLowBits & 1;
            struct Case {
                Rational x;
                Rounding rounding;
                bool overflows;
            };
            const Case cases[] = {{edge - hair, Rounding::NearestEven, false}, {edge, Rounding::NearestEven, largestIsOdd},
                                  {edge + hair, Rounding::NearestEven, true},  {edge - hair, Rounding::NearestAway, false},
                                  {edge, Rounding::NearestAway, true},         {Rational(largest) + hair, Rounding::TowardZero, false},
                                  {Rational(largest) * Rational(64.0), Rounding::TowardZero, false},
                                  {Rational(largest) + hair, Rounding::Up, true}, {Rational(largest) + hair, Rounding::Down, false}};
            const Code beyond = hasInfinity(*kind) ? infinityCode(*kind) : hasNaN(*kind) ? nanCode(*kind) : largestCode;
            for (const Case& one : cases) {
                for (const bool saturates : {true, false}) {
                    const Code code = encode(*format, realNumber(one.x), {one.rounding, saturates ? Overflow::Saturate : Overflow::Ieee});
                    const Code expected = one.overflows && !saturates ? beyond : largestCode;
                    if (code != expected)
                        QFAIL(named(*format) + " rounding " + QByteArray::number(int(one.rounding)) + " of " + QByteArray::number(one.x.toDouble(), 'g', 17)
                              + " gave " + QByteArray::number(code, 16) + ", not " + QByteArray::number(expected, 16));
                }
            }
        }
    }
};

QUANTOSCOPE_TEST(tst_exact_rounding, TestExactRounding)
#include "tst_exact_rounding.moc"
