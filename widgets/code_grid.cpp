// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/code_grid.h"

#include "core/formats/stored_number.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double halvesGap = 8;   // Between positive and negative binades.

QColor mixed(const QColor& from, const QColor& to, double share)
{
    const auto mix = [share](float a, float b) { return float(a + (b - a) * share); };
    return QColor::fromRgbF(mix(from.redF(), to.redF()), mix(from.greenF(), to.greenF()), mix(from.blueF(), to.blueF()));
}

double luminance(const QColor& colour)
{
    return 0.2126 * std::pow(colour.redF(), 2.2) + 0.7152 * std::pow(colour.greenF(), 2.2) + 0.0722 * std::pow(colour.blueF(), 2.2);
}

QColor inkOn(const QColor& fill)
{
    return luminance(fill) > 0.2 ? QColor(0x16, 0x1b, 0x24) : QColor(Qt::white);
}

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

QColor CodeGrid::cellColour(const Entry& entry) const
{
    const Theme& colours = theme();
    if (entry.className == QLatin1String("infinity"))
        return colours.text;
    if (std::isnan(entry.value))
        return mixed(colours.card, colours.text, 0.06);
    if (m_colouring == Colouring::Class) {
        if (entry.className == QLatin1String("zero"))
            return mixed(colours.card, colours.text, 0.04);
        const double share = entry.className == QLatin1String("subnormal") ? 0.75 : 0.22;
        return mixed(colours.card, colours.accent, share);
    }
    const QColor end = std::signbit(entry.value) ? colours.original : colours.accent;
    return mixed(colours.card, end, 0.04 + 0.86 * entry.strength);
}

void CodeGrid::paintCell(QPainter& painter, Code code, const QFont& font) const
{
    const Theme& colours = theme();
    const Entry& entry = m_entries[std::size_t(code)];
    const QRectF cell = cellRect(code);
    const QColor fill = cellColour(entry);
    painter.fillRect(cell, fill);
    if (std::isnan(entry.value) && cell.height() > 3)
        fillHatched(painter, cell, colours.muted);
    const QFontMetricsF metrics(font);
    if (cell.height() < metrics.capHeight() + 3)
        return;
    QString text = entry.text;
    QFont shownFont = font;
    if (metrics.horizontalAdvance(text) > cell.width() - 7) {
        text = entry.power;
        shownFont = uiFont(11);
    }
    const double w = QFontMetricsF(shownFont).horizontalAdvance(text);
    if (text.isEmpty() || w > cell.width() - 3)
        return;
    painter.setFont(shownFont);
    painter.setPen(inkOn(fill));
    if (std::isnan(entry.value)) {
        // Words on hatching want a clear ground.
        painter.fillRect(QRectF(cell.center().x() - w / 2 - 3, cell.top() + 1, w + 6, cell.height() - 2), colours.card);
        painter.setPen(colours.text);
    }
    painter.drawText(cell, Qt::AlignCenter | Qt::TextDontClip, text);
}

/// The power of two above each column, the binary digits behind the point beside each row.
void CodeGrid::paintBinadeRulers(QPainter& painter) const
{
    const FloatFormat& format = *m_format.asFloat();
    const QRectF grid = gridRect();
    const QFont font = uiFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(theme().muted);
    double free = 0;
    for (int column = 0; column < columns(); ++column) {
        const bool isSubnormal = column == 0 && format.hasSubnormals;
        const QString text = columnTitle(column);
        const double w = metrics.horizontalAdvance(text), pitch = grid.width() / columns();
        const double x = std::max(grid.left() + (column + 0.5) * pitch - w / 2, isSubnormal ? 0.0 : free);
        if (x > grid.left() + (column + 0.5) * pitch - w / 2 + 2 && !isSubnormal)
            continue;
        painter.drawText(QPointF(x, grid.top() - 4), text);
        free = x + w + 8;
    }
    painter.setFont(monoFont(11));
    const QFontMetricsF digits(painter.font());
    const bool shown = rowHeight() >= digits.capHeight() + 3 && format.mantissaBits <= 4;
    for (int row = 0; row < rows() && shown; ++row) {
        painter.drawText(QRectF(0, rowTop(row), grid.left() - 5, rowHeight()), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, rowTitle(row).mid(1));
    }
    if (shown)
        return;
    for (const bool negative : {false, true})
        if (!negative || isMirrored())
            painter.drawText(QRectF(0, rowTop(negative ? rows() / 2 : 0), grid.left() - 8, rowHeight() * rows() / (isMirrored() ? 2 : 1)),
                             Qt::AlignRight | Qt::AlignVCenter, negative ? QStringLiteral("−") : QStringLiteral("+"));
}

void CodeGrid::paintRulers(QPainter& painter) const
{
    if (m_arrangement == Arrangement::Binades) {
        paintBinadeRulers(painter);
        return;
    }
    const QRectF grid = gridRect();
    const QFont font = monoFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(theme().muted);
    const int lowBits = (bitsOf(m_format) + 1) / 2;
    for (int column = 0; column < columns(); ++column) {
        const QRectF cell = cellRect(Code(column));
        painter.drawText(QRectF(cell.left(), 0, cell.width(), grid.top() - 2), Qt::AlignCenter, columnTitle(column));
    }
    const double pitch = grid.height() / rows();
    const int every = std::max(1, int(std::ceil((metrics.capHeight() + 3) / pitch)));
    for (int row = 0; row < rows(); row += every) {
        const QString digits = lowBits == 4 ? rowTitle(row) + QLatin1Char('_') : rowTitle(row);
        painter.drawText(QRectF(0, grid.top() + row * pitch, 22, pitch), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, digits);
    }
}

void CodeGrid::paintLegend(QPainter& painter) const
{
    const Theme& colours = theme();
    const QRectF grid = gridRect();
    const QFont font = uiFont(11);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const double y = grid.bottom() + 6, side = metrics.capHeight() + 3;
    double x = grid.left();
    const auto swatch = [&](const QColor& fill, bool hatched, const QString& text) {
        const QRectF box(x, y + (metrics.height() - side) / 2, side, side);
        painter.fillRect(box, fill);
        if (hatched)
            fillHatched(painter, box, colours.muted);
        painter.setPen(colours.border);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box);
        painter.setPen(colours.muted);
        painter.drawText(QPointF(x + side + 5, y + metrics.ascent()), text);
        x += side + 5 + metrics.horizontalAdvance(text) + 18;
    };
    QStringList classes;
    for (const Entry& entry : m_entries)
        if (!classes.contains(entry.className))
            classes << entry.className;
    if (m_colouring == Colouring::Value) {
        swatch(mixed(colours.card, colours.original, 0.9), false, tr("most negative"));
        swatch(mixed(colours.card, colours.text, 0.04), false, tr("near zero"));
        swatch(mixed(colours.card, colours.accent, 0.9), false, tr("largest"));
    }
    for (const QString& name : classes) {
        const bool special = name == QLatin1String("NaN") || name == QLatin1String("NaR") || name == QLatin1String("infinity");
        if (m_colouring == Colouring::Value && !special)
            continue;
        const auto entry = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& e) { return e.className == name; });
        swatch(cellColour(*entry), name == QLatin1String("NaN") || name == QLatin1String("NaR"), name);
    }
    const Entry& chosen = m_entries[std::size_t(m_code)];
    painter.setPen(colours.text);
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.drawText(QRectF(x, y, grid.right() - x, metrics.height()), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                     tr("%1 = %2, %3").arg(QString::fromStdString(codeText(m_format, m_code)), chosen.text, chosen.className));
}

void CodeGrid::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Theme& colours = theme();
    const double pitch = rowHeight();
    const QFont font = monoFont(pitch >= 22 ? 12 : 11);
    for (Code code = 0; code < Code(m_entries.size()); ++code)
        paintCell(painter, code, font);
    paintRulers(painter);
    paintLegend(painter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    if (m_ghost && *m_ghost < m_entries.size()) {
        QPen pen(mixed(colours.card, colours.accent, 0.6), 2);
        pen.setStyle(Qt::DashLine);
        painter.setPen(pen);
        painter.drawRect(cellRect(*m_ghost).adjusted(1, 1, -1, -1));
    }
    const QRectF chosen = cellRect(m_code);
    painter.setPen(QPen(colours.card, 4));
    painter.drawRect(chosen.adjusted(-1, -1, 1, 1));
    painter.setPen(QPen(hasFocus() ? colours.accent : colours.text, 2.4));
    painter.drawRect(chosen.adjusted(-1, -1, 1, 1));
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
