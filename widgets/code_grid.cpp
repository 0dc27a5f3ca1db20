// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/code_grid.h"

#include "core/formats/stored_number.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double halvesGap = 8;   // Between positive and negative binades.

}  // namespace

CodeGrid::CodeGrid(QWidget* parent) : QWidget(parent)
{
    installPaintedTableAccessibility();   // Before the name, which may make the interface for a listening screen reader.
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("All values"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_format = *findNumberFormat("e4m3");
    fill();
}

void CodeGrid::setContent(const NumberFormat& format, Code code)
{
    Q_ASSERT(bitsOf(format) <= mostBits);
    const auto* before = m_format.asInteger();
    const auto* now = format.asInteger();
    const bool sameScale = !before || !now || (before->scale == now->scale && before->zeroPoint == now->zeroPoint);
    const bool same = m_format.id == format.id && sameScale;
    if (!same && !hasBinades(format))
        m_arrangement = Arrangement::Codes;
    const bool isMoved = !same || m_code != code;
    m_format = format;
    m_code = code;
    if (!same)
        fill();
    if (isMoved) {
        const auto [column, row] = placeOf(code);
        announceChosenCell(this, row, column);
    }
    const Entry& entry = m_entries[std::size_t(code)];
    setProperty("chartDescription", tr("Code %1 of %2: %3, %4").arg(QString::fromStdString(codeText(m_format, code)))
                                        .arg(m_entries.size()).arg(entry.text, entry.className));
    update();
}

bool CodeGrid::hasBinades(const NumberFormat& format)
{
    return format.asFloat() && format.asFloat()->mantissaBits > 0 && format.asFloat()->exponentBits > 0;
}

void CodeGrid::setArrangement(Arrangement arrangement)
{
    m_arrangement = arrangement;
    update();
}

void CodeGrid::setColouring(Colouring colouring)
{
    m_colouring = colouring;
    update();
}

void CodeGrid::setGhost(std::optional<Code> ghost)
{
    m_ghost = ghost;
    update();
}

/// Every digit: shorter texts that merely read back as the code would say 130 for 128.
static QString cellText(const NumberFormat& format, double value)
{
    if (std::isnan(value) && format.asPosit())
        return QStringLiteral("NaR");
    return std::isnan(value) ? QStringLiteral("NaN") : std::isinf(value) ? (value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞"))
                                                                          : withRealMinus(QString::fromStdString(exactDecimal(value)));
}

/// "−13·2⁻⁹": exact too, and shorter than many digits behind a point. Empty where there is no such number.
static QString powerText(double value)
{
    if (!std::isfinite(value) || value == 0)
        return {};
    int exponent = 0;
    double odd = std::frexp(std::abs(value), &exponent);
    while (odd != std::floor(odd)) {
        odd *= 2;
        --exponent;
    }
    const QString power = QStringLiteral("2") + superscript(exponent);
    const QString magnitude = odd == 1 ? power : QStringLiteral("%1·%2").arg(qint64(odd)).arg(power);
    return value < 0 ? QChar(0x2212) + magnitude : magnitude;
}

/// Everything a cell says, once a format: painting then only paints.
void CodeGrid::fill()
{
    m_entries.clear();
    double largest = 0, smallest = INFINITY;
    const Code count = Code{1} << bitsOf(m_format);
    for (Code code = 0; code < count; ++code) {
        const double value = valueOf(m_format, code);
        if (std::isfinite(value) && value != 0) {
            largest = std::max(largest, std::abs(value));
            smallest = std::min(smallest, std::abs(value));
        }
        m_entries.push_back({value, cellText(m_format, value), powerText(value),
                             QString::fromStdString(describeCode(m_format, code).className), 0});
    }
    const bool byOctaves = (m_format.asFloat() || m_format.asPosit()) && largest > 8 * smallest;
    for (Entry& entry : m_entries) {
        if (!std::isfinite(entry.value) || entry.value == 0)
            continue;
        const double magnitude = std::abs(entry.value);
        entry.strength = byOctaves ? 0.12 + 0.88 * std::log2(magnitude / smallest) / std::log2(largest / smallest) : magnitude / largest;
    }
}

QString CodeGrid::cellName(int row, int column) const
{
    const auto code = codeOf(column, row);
    if (!code)
        return {};
    const Entry& entry = m_entries[std::size_t(*code)];
    return tr("%1, code %2, %3").arg(entry.text, QString::fromStdString(codeText(m_format, *code)), entry.className);
}

QString CodeGrid::cellValue(int row, int column) const
{
    const auto code = codeOf(column, row);
    return code ? m_entries[std::size_t(*code)].text : QString();
}

QRect CodeGrid::cellPlace(int row, int column) const
{
    const auto code = codeOf(column, row);
    return code ? cellRect(*code).toAlignedRect() : QRect();
}

void CodeGrid::chooseCell(int row, int column)
{
    if (const auto code = codeOf(column, row))
        choose(*code, QStringLiteral("grid-keys"));
}

QString CodeGrid::rowTitle(int row) const
{
    if (m_arrangement == Arrangement::Codes)
        return QString::number(row, 16).toUpper();
    const int bits = m_format.asFloat()->mantissaBits, steps = 1 << bits;
    const bool isNegative = row >= steps;
    const int mantissa = isNegative ? row - steps : steps - 1 - row;
    return (isNegative ? QStringLiteral("−") : QStringLiteral("+")) + QStringLiteral(".%1").arg(mantissa, bits, 2, QLatin1Char('0'));
}

QString CodeGrid::columnTitle(int column) const
{
    if (m_arrangement == Arrangement::Codes)
        return QString::number(column, 16).toUpper();
    const FloatFormat& format = *m_format.asFloat();
    return column == 0 && format.hasSubnormals ? tr("subnormal") : QStringLiteral("2") + superscript(column - format.bias);
}

int CodeGrid::columns() const
{
    return m_arrangement == Arrangement::Binades ? 1 << m_format.asFloat()->exponentBits : 1 << ((bitsOf(m_format) + 1) / 2);
}

int CodeGrid::rows() const
{
    return m_arrangement == Arrangement::Binades ? 1 << (m_format.asFloat()->mantissaBits + int(m_format.asFloat()->isSigned))
                                                 : 1 << (bitsOf(m_format) / 2);
}

bool CodeGrid::isMirrored() const
{
    return m_arrangement == Arrangement::Binades && m_format.asFloat()->isSigned;
}

std::pair<int, int> CodeGrid::placeOf(Code code) const
{
    if (m_arrangement == Arrangement::Codes)
        return {int(code % Code(columns())), int(code / Code(columns()))};
    const FloatFormat& format = *m_format.asFloat();
    const int steps = 1 << format.mantissaBits;
    const int mantissa = int(code & Code(steps - 1)), exponent = int(code >> format.mantissaBits & Code(columns() - 1));
    const bool negative = format.isSigned && (code >> (format.bits() - 1) & 1);
    return {exponent, negative ? steps + mantissa : steps - 1 - mantissa};
}

std::optional<Code> CodeGrid::codeOf(int column, int row) const
{
    if (column < 0 || column >= columns() || row < 0 || row >= rows())
        return {};
    if (m_arrangement == Arrangement::Codes)
        return Code(row * columns() + column);
    const FloatFormat& format = *m_format.asFloat();
    const int steps = 1 << format.mantissaBits;
    const Code sign = row >= steps ? Code{1} << (format.bits() - 1) : 0;
    const int mantissa = row >= steps ? row - steps : steps - 1 - row;
    return sign | Code(column) << format.mantissaBits | Code(mantissa);
}

double CodeGrid::rowHeight() const
{
    return (gridRect().height() - (isMirrored() ? halvesGap : 0)) / rows();
}

double CodeGrid::rowTop(int row) const
{
    return gridRect().top() + row * rowHeight() + (isMirrored() && row >= rows() / 2 ? halvesGap : 0);
}

QRectF CodeGrid::gridRect() const
{
    const QFontMetricsF metrics(uiFont(11));
    const double legend = metrics.height() + 6;
    const double left = m_arrangement == Arrangement::Binades ? 40 : 28;
    return QRectF(left, metrics.height() + 3, width() - left - 2, height() - 2 * legend - 2);
}

QRectF CodeGrid::cellRect(Code code) const
{
    const QRectF grid = gridRect();
    const double w = grid.width() / columns(), h = rowHeight();
    const auto [column, row] = placeOf(code);
    const double seam = std::min(0.5, std::min(w, h) * 0.12);
    return QRectF(grid.left() + column * w, rowTop(row), w, h).adjusted(seam, seam, -seam, -seam);
}

std::optional<Code> CodeGrid::codeAt(QPointF point) const
{
    const QRectF grid = gridRect();
    if (!grid.contains(point))
        return {};
    const int column = int((point.x() - grid.left()) / grid.width() * columns());
    const double lower = isMirrored() ? rowTop(rows() / 2) : grid.bottom() + 1;
    const int row = point.y() >= lower ? rows() / 2 + int((point.y() - lower) / rowHeight()) : std::min(int((point.y() - grid.top()) / rowHeight()), isMirrored() ? rows() / 2 - 1 : rows() - 1);
    return codeOf(column, row);
}

void CodeGrid::choose(Code code, const QString& mergeKey)
{
    if (code != m_code)
        emit codeChosen(code, mergeKey);
}

void CodeGrid::mousePressEvent(QMouseEvent* event)
{
    ++m_drag;
    if (const auto code = codeAt(event->position()))
        choose(*code, QStringLiteral("grid-%1").arg(m_drag));
}

void CodeGrid::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        if (const auto code = codeAt(event->position()))
            choose(*code, QStringLiteral("grid-%1").arg(m_drag));
}

void CodeGrid::keyPressEvent(QKeyEvent* event)
{
    const int count = int(m_entries.size());
    auto [column, row] = placeOf(m_code);
    std::optional<Code> wanted;
    switch (event->key()) {
    // In the order of the codes a line's end leads to the next line; binades end at their sides.
    case Qt::Key_Left: wanted = m_arrangement == Arrangement::Codes ? std::optional(m_code - 1) : codeOf(column - 1, row); break;
    case Qt::Key_Right: wanted = m_arrangement == Arrangement::Codes ? std::optional(m_code + 1) : codeOf(column + 1, row); break;
    case Qt::Key_Up: wanted = codeOf(column, row - 1); break;
    case Qt::Key_Down: wanted = codeOf(column, row + 1); break;
    case Qt::Key_Home: wanted = 0; break;
    case Qt::Key_End: wanted = Code(count - 1); break;
    default: QWidget::keyPressEvent(event); return;
    }
    if (wanted && *wanted < Code(count))
        choose(*wanted, QStringLiteral("grid-keys"));
}

void CodeGrid::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        update();
}

}  // namespace quantoscope
