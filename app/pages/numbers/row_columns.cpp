// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/row_columns.h"

#include "widgets/theme.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double padding = 16, gap = 18, narrowGap = 12;
constexpr double largestCell = 17.5, comfortableCell = 13, smallestCell = 8.5;
// Between sign, exponent and significand, in cells: without it sign and integer look alike in grey.
constexpr double afterSign = 0.6, afterExponent = 1.0;

/// How many cells the strips of all rows need beside each other.
struct Demand {
    int exponent = 0, digits = 0;
    bool sign = false;
};

Demand demandOf(const NumbersContent& content)
{
    Demand demand;
    for (const NumberRowContent& row : content.rows) {
        int digits = bitsOf(row.format);
        if (const FloatFormat* floating = row.format.asFloat()) {
            demand.exponent = std::max(demand.exponent, floating->exponentBits);
            demand.sign = demand.sign || floating->isSigned;
            digits = floating->mantissaBits + 1;
        } else if (row.format.asInteger()) {
            demand.exponent = std::max(demand.exponent, 7);   // Room for scale and zero point.
            demand.sign = true;
        }
        demand.digits = std::max(demand.digits, digits);
    }
    return demand;
}

void arrangeCells(RowColumns& columns, const Demand& demand, int spare, double tailWidth)
{
    const double before = (demand.sign ? 1 + afterSign : 0) + demand.exponent + (demand.exponent ? afterExponent : 0);
    const double most = before + std::max(12, demand.digits + spare);
    BitColumns& cells = columns.cells;
    cells.cell = std::clamp((columns.bits.width - tailWidth) / most, smallestCell, largestCell);
    cells.left = 0;
    cells.exponentRight = ((demand.sign ? 1 + afterSign : 0) + demand.exponent) * cells.cell;
    cells.significandLeft = before * cells.cell;
    const double rest = (columns.bits.width - tailWidth) - cells.significandLeft;
    cells.columns = std::max(demand.digits, int(rest / cells.cell));
}

/// The power of two of the first column: everything near the typed number's first digit that fits,
/// and the selected row before all others.
int chooseTopWeight(const NumbersContent& content, const QString& selected, int columns)
{
    std::vector<std::pair<int, int>> strips;   // first weight, digits
    int selectedFirst = 0;
    bool selectedAligns = false;
    for (const NumberRowContent& row : content.rows) {
        if (!hasBinaryWeights(row.format, row.stored.code))
            continue;
        const int first = firstWeight(row.format, row.stored.code);
        strips.emplace_back(first, significandDigits(row.format, row.stored.code));
        if (row.id == selected) {
            selectedFirst = first;
            selectedAligns = true;
        }
    }
    const bool hasDigits = !content.digits.isEmpty() && content.typed.toDouble() != 0;
    const int anchor = hasDigits ? content.digits.leadingWeight() : selectedAligns ? selectedFirst : 1;
    int longest = 1;
    for (const auto& [first, digits] : strips)
        if (first == anchor)
            longest = std::max(longest, digits);
    const int spare = std::max(0, columns - longest);
    int top = anchor;
    for (const auto& [first, digits] : strips)
        if (first <= anchor + spare)
            top = std::max(top, first);
    if (selectedAligns && selectedFirst > top)
        top = std::min(selectedFirst, anchor + columns - 6);
    return top;
}

}  // namespace

RowColumns arrangeColumns(const NumbersContent& content, const QString& selected, double width, bool compact)
{
    const QFontMetricsF name(uiFont(15, QFont::DemiBold)), small(uiFont(12)), mono(monoFont(13));
    RowColumns columns;
    columns.compact = compact;
    const Demand demand = demandOf(content);
    double names = 80;   // The steppers stand below.
    for (const NumberRowContent& row : content.rows)
        names = std::max({names, name.horizontalAdvance(row.name), small.horizontalAdvance(row.layout)});
    names = std::min(names, 130.0);
    const bool wideCode = std::any_of(content.rows.begin(), content.rows.end(), [](const auto& row) { return bitsOf(row.format) > 32; });
    const double stored = mono.horizontalAdvance(QLatin1Char('0')) * (wideCode ? 19 : 12);
    const double error = small.horizontalAdvance(QStringLiteral("2.78… × 10⁻⁸")) + 14;
    const double tail = small.horizontalAdvance(QStringLiteral("↓ down")) + 12;

    // From everything with room to spare down to bits alone.
    struct Attempt {
        double axis, neighbours, least;
        int spare;
        bool hasErrors = true;
    };
    const double axisWidth = std::max(92.0, small.horizontalAdvance(QStringLiteral("10⁻⁹ 10⁻⁶ 10⁻³ 1")) + 14);
    const double neighbourWidth = std::max(180.0, small.horizontalAdvance(QStringLiteral("3.1415925… ULP 2⁻²² 3.1415929…")) + 16);
    const Attempt attempts[] = {{axisWidth + 14, neighbourWidth, comfortableCell + 1, 4}, {axisWidth, neighbourWidth, comfortableCell - 0.5, 2},
                                {axisWidth, 0, 11, 2}, {axisWidth, 0, 10.5, 1}, {0, 0, smallestCell, 1}, {0, 0, 0, 0, false}};
    for (const Attempt& attempt : attempts) {
        const double between = attempt.neighbours > 0 ? gap : narrowGap;
        double right = width - padding;
        const auto take = [&](double wanted) {
            if (wanted <= 0)
                return Column{right, 0};
            right -= wanted;
            const Column column{right, wanted};
            right -= between;
            return column;
        };
        columns.neighbours = take(attempt.neighbours);
        columns.axis = take(attempt.axis);
        columns.error = take(attempt.hasErrors ? error : 0);
        columns.stored = take(stored);
        columns.name = {padding, names};
        columns.bits = {padding + names + between, std::max(60.0, right - padding - names - between)};
        arrangeCells(columns, demand, attempt.spare, tail);
        const double needed = columns.cells.significandLeft + (demand.digits + attempt.spare) * columns.cells.cell + tail;
        if (columns.cells.cell >= attempt.least && needed <= columns.bits.width + 1)
            break;
    }
    columns.cells.topWeight = chooseTopWeight(content, selected, columns.cells.columns);
    return columns;
}

int RowColumns::rowHeight() const
{
    const QFontMetricsF first(uiFont(15, QFont::DemiBold)), second(uiFont(12));
    return int(std::ceil(first.height() + second.height())) + (compact ? 3 : 13);
}

int RowColumns::detailHeight() const
{
    const QFontMetricsF notes(uiFont(12)), formula(monoFont(20));
    return int(std::ceil(12 + notes.height() + formula.height())) + (compact ? 2 : 8);
}

double RowColumns::cellHeight() const
{
    return std::min(std::round(cells.cell * 1.55), rowHeight() - (compact ? 12.0 : 18.0));
}

}  // namespace quantoscope
