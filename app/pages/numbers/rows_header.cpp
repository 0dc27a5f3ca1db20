// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/rows_card.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

RowsHeader::RowsHeader(QWidget* parent) : QWidget(parent), m_formats(new PushButton(tr("Formats"), PushButton::Role::Chip, this))
{
    m_formats->setAccessibleName(tr("Choose formats"));
    m_formats->setToolTip(tr("Add or remove formats"));
}

void RowsHeader::show(std::shared_ptr<const NumbersContent> content, const RowColumns& columns)
{
    m_content = std::move(content);
    m_columns = columns;
    update();
    resizeEvent(nullptr);
}

int RowsHeader::heightFor(const RowColumns& columns) const
{
    const double line = QFontMetricsF(uiFont(12)).height();
    return int(std::ceil(2 * line)) + (columns.compact ? 8 : 22);
}

void RowsHeader::resizeEvent(QResizeEvent*)
{
    const QSize size = m_formats->sizeHint();
    m_formats->setGeometry(int(m_columns.name.left) - 2, (height() - size.height()) / 2, size.width(), size.height());
}

void RowsHeader::paintEvent(QPaintEvent*)
{
    if (!m_content)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintLegend(painter);
    paintExpansion(painter);
    paintHeads(painter);
}

void RowsHeader::paintLegend(QPainter& painter)
{
    const Theme& colours = theme();
    const QFont font = uiFont(11);
    const QFontMetricsF metrics(font);
    const double line = metrics.height();
    const double top = (height() - 2 * line) / 2 - 2;
    painter.setFont(font);
    const auto uses = [&](BitField field) {
        return std::any_of(m_content->rows.begin(), m_content->rows.end(), [&](const NumberRowContent& row) {
            const auto bits = shownBits(row.format);
            return std::any_of(bits.begin(), bits.end(), [&](int bit) { return fieldOfBit(row.format, bit, row.stored.code) == field; });
        });
    };
    const double half = metrics.horizontalAdvance(fieldName(BitField::Mantissa)) + 24;
    const int first = std::min(std::max(m_content->digits.leadingWeight(), std::min(0, m_columns.cells.topWeight)), m_columns.cells.topWeight);
    const double digitsLeft = m_content->digits.isEmpty() ? 1e9 : m_columns.bits.left + m_columns.cells.columnX(first);
    int place = 0;
    m_legendEnd = m_columns.bits.left;
    for (const BitField field : {BitField::Sign, BitField::Exponent, BitField::Regime, BitField::Mantissa, BitField::Integer, BitField::Level}) {
        if (!uses(field) || place > 3)
            continue;
        // Two to a line: short "sign" above "mantissa" keeps "π =" beside the digits free.
        const double x = m_columns.bits.left + (place % 2) * half, y = top + (place / 2) * (line + 4);
        const double side = std::round(metrics.capHeight()) + 1;
        if (place >= 2 && x + side + 5 + metrics.horizontalAdvance(fieldName(field)) > digitsLeft - 3)
            break;   // The digits of the typed number begin here.
        painter.setPen(Qt::NoPen);
        painter.setBrush(fieldColour(colours, field));
        painter.drawRoundedRect(QRectF(x, y + (line - side) / 2, side, side), 2, 2);
        painter.setPen(colours.muted);
        painter.drawText(QPointF(x + side + 5, y + metrics.ascent()), fieldName(field));
        m_legendEnd = std::max(m_legendEnd, x + side + 5 + metrics.horizontalAdvance(fieldName(field)));
        ++place;
    }
}

void RowsHeader::paintExpansion(QPainter& painter) const
{
    const BinaryExpansion& digits = m_content->digits;
    const Theme& colours = theme();
    const BitColumns& cells = m_columns.cells;
    const double left = m_columns.bits.left, gap = std::clamp(cells.cell * 0.1, 1.0, 4.0);
    const QFont labels = uiFont(11);
    const QFontMetricsF labelMetrics(labels);
    QFont mono = monoFont(13, QFont::Medium);
    mono.setPixelSize(std::max(11, std::min(mono.pixelSize() + 1, int(cells.cell * 1.05))));
    const QFontMetricsF metrics(mono);
    const double labelLine = (height() / 2.0) - 4, digitLine = height() - (m_columns.compact ? 5 : 10);
    const int last = cells.topWeight - cells.columns + 1;

    // Powers of two: the first ones one by one where there is room, then every fourth.
    painter.setFont(labels);
    painter.setPen(colours.muted);
    double free = m_legendEnd + 10;
    for (int weight = cells.topWeight; weight >= last; --weight) {
        const bool labelled = weight >= -1 ? true : weight % 4 == 0;
        const QString text = QStringLiteral("2") + superscript(weight);
        const double w = labelMetrics.horizontalAdvance(text), x = left + cells.columnX(weight) + (cells.cell - gap) / 2 - w / 2;
        if (!labelled || x < free)
            continue;
        if (x + w > m_columns.stored.left - 8)
            break;
        painter.drawText(QPointF(x, labelLine), text);
        free = x + w + 5;
    }
    if (digits.isEmpty())
        return;
    painter.setFont(mono);
    painter.setPen(colours.text);
    const int first = std::max(digits.leadingWeight(), std::min(0, cells.topWeight));
    const double limit = m_columns.stored.left - left - 6;
    bool cut = false;
    int weight = std::min(first, cells.topWeight);
    const double cellWidth = cells.cell - gap;
    for (; weight >= last - 2; --weight) {
        const double x = cells.columnX(weight);
        if (x + 2 * cells.cell > limit)
            break;
        if (weight < 0 && !digits.hasDigitsBelow(weight + 1))
            break;
        // Digits beyond what any row keeps are paler: nobody stored them.
        painter.drawText(QRectF(left + x, digitLine - metrics.ascent(), cellWidth, metrics.height()), Qt::AlignCenter | Qt::TextDontClip,
                         digits.digit(weight) ? QStringLiteral("1") : QStringLiteral("0"));
    }
    cut = digits.hasDigitsBelow(weight + 1);
    if (cut)
        painter.drawText(QPointF(left + cells.columnX(weight) + 2, digitLine), QStringLiteral("…"));
    if (cells.topWeight >= -1 && first >= -1 && weight < 0) {
        const double radius = std::clamp(cells.cell * 0.12, 1.5, 3.0);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.text);
        painter.drawEllipse(QPointF(left + cells.columnX(-1) - gap / 2, digitLine - radius + 1), radius, radius);
    }
    // "π =" in front, where it does not run into the legend.
    QString name = (digits.isNegative() && !m_content->typedText.contains(u'-') && !m_content->typedText.contains(QChar(0x2212)) ? QStringLiteral("−") : QString())
                 + m_content->typedText + QStringLiteral(" =") + (digits.isNegative() ? QStringLiteral(" −") : QString());
    const double w = metrics.horizontalAdvance(name);
    painter.setPen(colours.text);
    if (left + cells.columnX(std::min(first, cells.topWeight)) - w - 4 >= m_legendEnd + 1)
        painter.drawText(QPointF(left + cells.columnX(std::min(first, cells.topWeight)) - w - 4, digitLine), name);
}

void RowsHeader::paintHeads(QPainter& painter) const
{
    const Theme& colours = theme();
    const QFont font = uiFont(12);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    painter.setPen(colours.muted);
    const double second = height() - (m_columns.compact ? 5 : 10), first = second - metrics.height() - 2;
    const auto head = [&](const Column& column, const QString& above, const QString& below) {
        if (!column.isShown())
            return;
        painter.drawText(QPointF(column.left, first), above);
        painter.drawText(QPointF(column.left, second), below);
    };
    head(m_columns.stored, tr("Stored value"), tr("code"));
    head(m_columns.error, tr("Relative error"), tr("error in ULP"));
    head(m_columns.neighbours, tr("Position between neighbours"), tr("(own scale)"));
    if (m_columns.neighbours.isShown()) {
        double x = m_columns.neighbours.left + metrics.horizontalAdvance(tr("(own scale)")) + 16;
        const double y = second - metrics.capHeight() / 2;
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.accent);
        painter.drawEllipse(QPointF(x, y), 4.5, 4.5);
        painter.setPen(colours.muted);
        painter.drawText(QPointF(x + 9, second), tr("stored"));
        x += 9 + metrics.horizontalAdvance(tr("stored")) + 14;
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.text);
        painter.drawPolygon(QPolygonF({{x - 4.5, y - 3}, {x + 4.5, y - 3}, {x, y + 3.5}}));
        painter.setPen(colours.muted);
        painter.drawText(QPointF(x + 9, second), metrics.elidedText(m_content->typedText, Qt::ElideRight, m_columns.neighbours.right() - x - 9));
    }
    if (m_columns.axis.isShown()) {
        painter.drawText(QPointF(m_columns.axis.left, first), metrics.elidedText(tr("on one log axis"), Qt::ElideRight, m_columns.axis.width));
        const double left = m_columns.axis.left + 8, right = m_columns.axis.right() - 8;
        const int every = (right - left) / 3 < metrics.horizontalAdvance(QStringLiteral("10⁻⁹ ")) ? 3 : 1;
        for (int tick = 0; tick <= 3; tick += every) {
            const QString text = tick == 3 ? QStringLiteral("1") : QStringLiteral("10") + superscript(tick * 3 - 9);
            painter.drawText(QPointF(left + (right - left) * tick / 3 - metrics.horizontalAdvance(text) / 2, second), text);
        }
    }
}

}  // namespace quantoscope
