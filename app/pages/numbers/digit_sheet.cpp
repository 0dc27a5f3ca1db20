// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/digit_sheet.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <set>

namespace quantoscope {

namespace {

constexpr double headerHeight = 18;
constexpr int longestZeros = 4;   ///< Longer runs of zeros that all lines share become one "⋯".

QColor fateColour(const Theme& colours, DigitLine::Fate fate)
{
    return fate == DigitLine::Fate::Cancelled ? colours.prediction : colours.error;
}

}  // namespace

/// Where the columns lie.
struct DigitSheet::Grid {
    std::vector<std::optional<int>> columns;
    double cell = 16, left = 0, right = 0, valueLeft = 0, valueRight = 0;
    bool isCut = false;   ///< Digits to the right have no column.

    double x(std::size_t column) const { return left + double(column) * cell; }
    std::optional<std::size_t> columnOf(int weight) const
    {
        const auto found = std::find(columns.begin(), columns.end(), std::optional(weight));
        return found == columns.end() ? std::nullopt : std::optional(std::size_t(found - columns.begin()));
    }
};

DigitSheet::DigitSheet(QWidget* parent) : QWidget(parent)
{
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void DigitSheet::show(const ArithmeticContent& content)
{
    m_content = content;
    setAccessibleName(tr("%1 in %2, digit by digit").arg(content.expression, content.formatName));
    QStringList texts;
    for (const DigitLine& line : content.lines) {
        QString words = tr("%1 is %2").arg(line.name, line.value);
        for (const DigitLine::Mark& mark : line.marks)
            words += tr(", digits from 2 to the %1 to 2 to the %2 %3").arg(mark.first).arg(mark.last).arg(mark.words);
        texts << words;
    }
    setProperty("chartDescription", texts.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

void DigitSheet::setCompact(bool compact)
{
    m_compact = compact;
    updateGeometry();
    update();
}

QSize DigitSheet::sizeHint() const
{
    // Room for marks under an operand and under the exact result, whether they are there or not: the
    // page may not jump while a number is typed.
    return {640, int(headerHeight + lineHeight() * double(m_content.lines.size()) + 2 * markHeight() + 6)};
}

QSize DigitSheet::minimumSizeHint() const
{
    return {360, sizeHint().height()};
}

std::vector<std::optional<int>> DigitSheet::columns(bool withHoles) const
{
    std::set<int> wanted;
    for (const DigitLine& line : m_content.lines) {
        if (line.digits.isEmpty())
            continue;
        // An exact result may go on for ever: as many digits as any format has are enough to see.
        const int last = std::max(line.last, line.leading - 110);
        for (int weight = line.leading; weight >= last; --weight)
            if (line.role == DigitLine::Role::Stored || line.digits.digit(weight) || weight == line.last)
                for (int near = -1; near <= 1; ++near)
                    wanted.insert(weight + near);
        for (const DigitLine::Mark& mark : line.marks)
            wanted.insert({mark.first, std::max(mark.last, last)});
    }
    if (wanted.empty())
        return {};
    wanted.erase(*wanted.begin());    // The neighbours at both ends were only for holes between digits.
    wanted.erase(*wanted.rbegin());
    if (wanted.empty() || (*wanted.rbegin() < 0 && *wanted.rbegin() > -9) || (*wanted.begin() > 0 && *wanted.begin() < 9))
        wanted.insert(0);
    std::vector<std::optional<int>> columns;
    for (auto weight = wanted.rbegin(); weight != wanted.rend(); ++weight) {
        const int hole = columns.empty() ? 0 : *columns.back() - *weight - 1;
        if (hole > longestZeros && withHoles)
            columns.push_back(std::nullopt);
        else
            for (int between = *weight + hole; between > *weight; --between)
                columns.push_back(between);
        columns.push_back(*weight);
    }
    return columns;
}

DigitSheet::Grid DigitSheet::grid() const
{
    Grid grid;
    const double nameWidth = m_compact ? 84 : 112;
    const double valueWidth = width() < 820 ? 250 : 300;
    const double room = width() - valueWidth - nameWidth - 34;
    // Zeros are left out only where they would not fit.
    grid.columns = columns(false);
    if (double(grid.columns.size() + 1) * 13 > room)
        grid.columns = columns(true);
    grid.cell = std::clamp(room / double(grid.columns.size() + 1), 10.0, m_compact ? 16.0 : 20.0);
    grid.left = nameWidth + grid.cell;   // One column for the sign.
    const auto fits = std::size_t(std::max(4.0, room / grid.cell - 1));
    if (grid.columns.size() > fits) {
        grid.columns.resize(fits);
        grid.isCut = true;
    }
    grid.right = grid.x(grid.columns.size());
    // Beside the digits, yet in one place for most numbers: a column that moves with each typed digit is hard to read.
    grid.valueLeft = std::min(width() - valueWidth, std::max(nameWidth + 34 + 0.55 * room, grid.right + 34));
    grid.valueRight = grid.valueLeft + valueWidth;
    return grid;
}

void DigitSheet::paintHeader(QPainter& painter, const Grid& grid) const
{
    const Theme& colours = theme();
    painter.setFont(uiFont(11));
    painter.setPen(colours.muted);
    double free = 0;
    for (std::size_t i = 0; i < grid.columns.size(); ++i) {
        const bool afterHole = i == 0 || !grid.columns[i - 1];
        if (!grid.columns[i] || (*grid.columns[i] % 4 != 0 && !afterHole))
            continue;
        const QString label = QStringLiteral("2") + superscript(*grid.columns[i]);
        const double width = painter.fontMetrics().horizontalAdvance(label);
        const double x = grid.x(i) + grid.cell / 2 - width / 2;
        if (x < free)
            continue;
        painter.drawText(QRectF(x, 0, width + 2, headerHeight), Qt::AlignVCenter, label);
        free = x + width + 6;
    }
    // The binary point, through all lines.
    const auto one = grid.columnOf(0), half = grid.columnOf(-1);
    if (one && half) {
        painter.setPen(QPen(colours.axis, 1));
        painter.drawLine(QPointF(grid.x(*half), headerHeight), QPointF(grid.x(*half), height() - 4));
    }
}

void DigitSheet::paintDigits(QPainter& painter, const Grid& grid, const DigitLine& line, double y) const
{
    const Theme& colours = theme();
    const BitField field = line.isInteger ? BitField::Integer : BitField::Mantissa;
    const double height = lineHeight();
    std::optional<std::size_t> first;
    painter.setFont(monoFont(m_compact ? 12 : 13, QFont::Medium));
    for (std::size_t i = 0; i < grid.columns.size(); ++i) {
        const QRectF place(grid.x(i), y + 2, grid.cell, height - 4);
        if (!grid.columns[i]) {
            painter.setPen(colours.faint);
            painter.drawText(place, Qt::AlignCenter, QStringLiteral("⋯"));
            continue;
        }
        const int weight = *grid.columns[i];
        const bool held = weight <= line.leading && weight >= line.last;
        if (!held && !(weight > line.leading && weight <= 0))
            continue;
        first = first.value_or(i);
        const bool isOne = held && line.digits.digit(weight);
        if (held && line.role != DigitLine::Role::Exact) {
            QColor fill = fieldColour(colours, field);
            if (!isOne)
                fill.setAlphaF(float(colours.zeroBitTint));
            painter.setPen(!isOne && colours.outlinesZeroBits ? QPen(fieldColour(colours, field), 1) : QPen(Qt::NoPen));
            painter.setBrush(fill);
            painter.drawRoundedRect(place.adjusted(0.8, 0.5, -0.8, -0.5), 3, 3);
            const QColor full = fieldColour(colours, field);
            // Black or white, whichever is read better; as on the bit strips.
            const double luminance = 0.2126 * std::pow(full.redF(), 2.2) + 0.7152 * std::pow(full.greenF(), 2.2) + 0.0722 * std::pow(full.blueF(), 2.2);
            painter.setPen(!isOne ? fieldInk(colours, field) : luminance > 0.22 ? QColor(0x10, 0x14, 0x1c) : QColor(Qt::white));
        } else {
            painter.setPen(held ? colours.text : colours.faint);
        }
        painter.drawText(place, Qt::AlignCenter, isOne ? QStringLiteral("1") : QStringLiteral("0"));
    }
    painter.setPen(colours.text);
    if (first && line.digits.isNegative())
        painter.drawText(QRectF(grid.x(*first) - grid.cell, y, grid.cell, height), Qt::AlignCenter, QStringLiteral("−"));
    if (line.role == DigitLine::Role::Exact && (line.digits.goesOn() || (grid.isCut && grid.columns.back() && line.digits.hasDigitsBelow(*grid.columns.back()))))
        painter.drawText(QRectF(grid.right, y, 18, height), Qt::AlignCenter, QStringLiteral("…"));
}

void DigitSheet::paintMarks(QPainter& painter, const Grid& grid, const DigitLine& line, double y) const
{
    const Theme& colours = theme();
    double free = 0;
    for (const DigitLine::Mark& mark : line.marks) {
        double low = grid.right, high = 0;
        for (std::size_t i = 0; i < grid.columns.size(); ++i)
            if (grid.columns[i] && *grid.columns[i] <= mark.first && *grid.columns[i] >= mark.last) {
                low = std::min(low, grid.x(i));
                high = std::max(high, grid.x(i) + grid.cell);
            }
        if (high <= low)
            continue;
        const QColor colour = fateColour(colours, mark.fate);
        const QRectF frame(low, y + 1, high - low, lineHeight() - 2);
        QColor hatch = colour;
        hatch.setAlphaF(0.45f);
        fillHatched(painter, frame, hatch);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 1.4, mark.fate == DigitLine::Fate::Cancelled ? Qt::SolidLine : Qt::DashLine));
        painter.drawRoundedRect(frame, 4, 4);
        painter.setFont(uiFont(11, QFont::DemiBold));
        const double width = painter.fontMetrics().horizontalAdvance(mark.words);
        const double x = std::max(free, std::min(low, this->width() - width - 2));
        painter.setPen(colour);
        painter.drawText(QRectF(x, y + lineHeight() - 1, width + 2, markHeight()), Qt::AlignVCenter, mark.words);
        free = x + width + 12;
    }
}

void DigitSheet::paintLine(QPainter& painter, const Grid& grid, const DigitLine& line, double y) const
{
    const Theme& colours = theme();
    const bool isResult = line.role == DigitLine::Role::Stored;
    painter.setFont(uiFont(13, isResult ? QFont::DemiBold : QFont::Medium));
    painter.setPen(line.role == DigitLine::Role::Exact ? colours.muted : colours.text);
    painter.drawText(QRectF(0, y, grid.left - grid.cell - 2, lineHeight()), Qt::AlignVCenter, line.name);
    if (line.digits.isEmpty()) {
        painter.setFont(monoFont(13));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(grid.left, y, grid.valueLeft - grid.left, lineHeight()), Qt::AlignVCenter,
                         std::isnan(line.number) ? tr("not a number: no digits") : tr("infinite: no digits"));
    } else {
        paintMarks(painter, grid, line, y);   // Below the digits: hatching may not cross them out.
        paintDigits(painter, grid, line, y);
    }
    const QFont::Weight weight = isResult ? QFont::DemiBold : QFont::Normal;
    const double size = m_compact ? 12 : 13;
    painter.setFont(line.value.contains(QChar(0x00D7)) ? uiFont(size, weight) : monoFont(size, weight));   // One has the superscripts.
    const QRectF place(grid.valueLeft, y, grid.valueRight - grid.valueLeft, lineHeight());
    painter.setPen(colours.text);
    const QString value = painter.fontMetrics().elidedText(line.value, Qt::ElideRight, int(place.width()) - (line.code.isEmpty() ? 0 : 84));
    painter.drawText(place, Qt::AlignVCenter, value);
    painter.setFont(monoFont(11));
    painter.setPen(colours.muted);
    if (painter.fontMetrics().horizontalAdvance(line.code) < 84)
        painter.drawText(place, Qt::AlignVCenter | Qt::AlignRight, line.code);
}

void DigitSheet::paintEvent(QPaintEvent*)
{
    if (m_content.lines.empty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Grid grid = this->grid();
    paintHeader(painter, grid);
    double y = headerHeight;
    bool operandMarked = false;
    for (const DigitLine& line : m_content.lines) {
        if (line.role == DigitLine::Role::Exact) {
            if (!operandMarked)
                y += markHeight() / 2;
            painter.setPen(QPen(theme().axis, 1));
            painter.drawLine(QPointF(0, y + 1), QPointF(grid.valueRight, y + 1));
            y += 4;
        }
        paintLine(painter, grid, line, y);
        y += lineHeight();
        if (!line.marks.empty()) {
            y += markHeight();
            operandMarked |= line.role == DigitLine::Role::Operand;
        }
    }
}

}  // namespace quantoscope
