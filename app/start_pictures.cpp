// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/start_door.h"
#include "core/formats/number_format.h"
#include "core/random.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <QPainterPath>

#include <cmath>
#include <numbers>

namespace quantoscope {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("StartPage", text);
}

}  // namespace

void drawStaircase(QPainter& painter, const QRectF& area)
{
    // What goes in, and the same rounded to quarters: seven steps, and the error between the two.
    const Theme& t = theme();
    const double unitX = area.width() / 2.0, unitY = area.height() / 2.15;
    const QPointF origin(area.center().x(), area.center().y());
    const auto at = [&](double x, double y) { return origin + QPointF(x * unitX * 0.98, -y * unitY); };
    const auto stored = [](double x) { return std::nearbyint(x * 4) / 4; };
    painter.setPen(QPen(t.axis, 1));
    painter.drawLine(at(-1, 0), at(1, 0));
    painter.drawLine(at(0, -1), at(0, 1));
    QColor errorInk = t.error;
    errorInk.setAlphaF(0.55f);
    painter.setPen(QPen(errorInk, 1));
    for (double x = -0.96; x <= 0.96; x += 0.022)
        painter.drawLine(at(x, x), at(x, stored(x)));
    painter.setPen(QPen(t.muted, 1.4, Qt::DashLine));
    painter.drawLine(at(-0.96, -0.96), at(0.96, 0.96));
    QPainterPath steps(at(-0.96, stored(-0.96)));
    for (double edge = -0.875; edge < 0.96; edge += 0.25) {
        steps.lineTo(at(edge, edge - 0.125));
        steps.lineTo(at(edge, edge + 0.125));
    }
    steps.lineTo(at(0.96, stored(0.96)));
    painter.setPen(QPen(t.text, 2.2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(steps);

    const double x = 0.62, y = stored(x);
    painter.setPen(QPen(t.accent, 1.4, Qt::DashLine));
    painter.drawLine(at(x, 0), at(x, y));
    painter.drawLine(at(0, y), at(x, y));
    painter.setPen(QPen(t.card, 2));
    painter.setBrush(t.accent);
    painter.drawEllipse(at(x, y), 6, 6);
    painter.setFont(monoFont(12));
    painter.setPen(t.accent);
    painter.drawText(QRectF(at(x, 0), QSizeF()).adjusted(-30, 3, 30, 24), Qt::AlignHCenter | Qt::AlignTop,
                     QStringLiteral("0.62"));
    painter.drawText(QRectF(at(0, y), QSizeF()).adjusted(-60, -12, -7, 12), Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("0.5"));

    const std::pair<QString, QColor> legend[] = {
        {tr("what goes in"), t.muted}, {tr("what is stored"), t.text}, {tr("the error"), t.error}};
    QPointF line = area.topLeft() + QPointF(4, 2);
    const QFont font = uiFont(12, QFont::DemiBold);
    painter.setFont(font);
    const double lineHeight = QFontMetrics(font).height() + 2;
    for (const auto& [words, ink] : legend) {
        painter.setPen(ink);
        painter.drawText(QRectF(line, QSizeF(200, lineHeight)), Qt::AlignLeft | Qt::AlignVCenter, words);
        line += QPointF(0, lineHeight);
    }
}

void drawPiInFormats(QPainter& painter, const QRectF& area)
{
    // The very bits the core stores π in, one row a format.
    const Theme& t = theme();
    const char* ids[] = {"fp32", "fp16", "bf16", "e4m3", "e5m2"};
    const double rowHeight = std::min(32.0, area.height() / 5.9);
    const double labelWidth = QFontMetrics(uiFont(12, QFont::Bold)).horizontalAdvance(QStringLiteral("FP32x")) + 4.0;
    const double valueWidth = QFontMetrics(monoFont(12)).horizontalAdvance(QStringLiteral("3.1415927…")) + 4.0;
    const double room = area.width() - labelWidth - valueWidth;
    double top = area.top() + (area.height() - 6 * rowHeight) / 2;
    for (const char* id : ids) {
        const NumberFormat* format = findNumberFormat(id);
        const FloatFormat* layout = format ? format->asFloat() : nullptr;
        if (!layout)
            continue;
        const Code code = encode(*format, std::numbers::pi);
        const int bits = layout->bits();
        const double cell = std::min(12.5, (room - 10) / 19);   // FP32's 32 cells are drawn without digits.
        const double width = bits > 16 ? (room - 10) / 32 : cell;
        double x = area.left() + labelWidth;
        QString name = QString::fromUtf8(format->name.data(), qsizetype(format->name.size()));
        name = name.section(u' ', -1);
        painter.setFont(uiFont(12, QFont::Bold));
        painter.setPen(t.text);
        painter.drawText(QRectF(area.left(), top, labelWidth, rowHeight), Qt::AlignVCenter | Qt::AlignLeft, name);
        for (int bit = bits - 1; bit >= 0; --bit) {
            const bool isSign = bit == bits - 1;
            const bool isExponent = !isSign && bit >= layout->mantissaBits;
            const QColor hue = isSign ? t.sign : isExponent ? t.exponent : t.mantissa;
            const QColor ink = isSign ? t.signInk : isExponent ? t.exponentInk : t.mantissaInk;
            const bool isOne = code >> bit & 1;
            const QRectF box(x, top + rowHeight * 0.14, width - 1.2, rowHeight * 0.72);
            QColor fill = hue;
            fill.setAlphaF(isOne ? 1.0f : float(t.zeroBitTint));
            painter.setPen(t.outlinesZeroBits && !isOne ? QPen(hue, 1) : QPen(Qt::NoPen));
            painter.setBrush(fill);
            painter.drawRoundedRect(box, 2, 2);
            if (bits <= 16 && cell >= 9) {
                painter.setFont(monoFont(11));
                painter.setPen(!isOne ? ink : isExponent || t.isDark ? QColor(0x14181F) : QColor(Qt::white));
                painter.drawText(box, Qt::AlignCenter, isOne ? QStringLiteral("1") : QStringLiteral("0"));
            }
            x += width + (isSign || (isExponent && bit == layout->mantissaBits) ? 4 : 0);
        }
        const double value = valueOf(*format, code);
        QString shown = QString::number(value, 'g', 8);
        if (shown.toDouble() != value)
            shown += QChar(0x2026);
        painter.setFont(monoFont(12));
        painter.setPen(t.text);
        painter.drawText(QRectF(area.left(), top, area.width(), rowHeight), Qt::AlignVCenter | Qt::AlignRight, shown);
        top += rowHeight;
    }
    painter.setFont(monoFont(12));
    painter.setPen(t.text);
    const QRectF last(area.left(), top, area.width(), rowHeight);
    painter.drawText(last, Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral("π = 3.14159…"));
    double right = area.right();
    const std::pair<QString, QColor> legend[] = {
        {tr("mantissa"), t.mantissa}, {tr("exponent"), t.exponent}, {tr("sign"), t.sign}};
    painter.setFont(uiFont(11, QFont::Medium));
    const QFontMetrics metrics(painter.font());
    for (const auto& [word, hue] : legend) {
        right -= metrics.horizontalAdvance(word);
        painter.setPen(t.text);
        painter.drawText(QRectF(right, last.top(), 200, last.height()), Qt::AlignVCenter | Qt::AlignLeft, word);
        right -= 14;
        painter.setPen(Qt::NoPen);
        painter.setBrush(hue);
        painter.drawRoundedRect(QRectF(right, last.center().y() - 4.5, 9, 9), 2, 2);
        right -= 10;
    }
}

void drawLayers(QPainter& painter, const QRectF& area)
{
    // A drawing of a report, not one: pale everywhere, and one cell that stands out.
    const Theme& t = theme();
    const QString rows[] = {QStringLiteral("attn_q"), QStringLiteral("attn_k"), QStringLiteral("attn_v"),
                            QStringLiteral("attn_out"), QStringLiteral("ffn_gate"), QStringLiteral("ffn_up"),
                            QStringLiteral("ffn_down")};
    constexpr int columns = 22, hotRow = 6, hotColumn = 9;
    const QFont font = uiFont(11, QFont::Medium);
    const QFontMetrics metrics(font);
    const double labels = metrics.horizontalAdvance(QStringLiteral("ffn_down")) + 12;
    const double cell = (area.width() - labels) / columns;
    const double rowHeight = std::min({cell * 1.6, 21.0, area.height() / 8.4});
    const double top = area.top() + (area.height() - 8 * rowHeight) / 2;
    const RandomStream noise(5);
    painter.setFont(font);
    QRectF hot;
    for (int row = 0; row < 7; ++row) {
        const double y = top + row * rowHeight;
        painter.setPen(t.text);
        painter.drawText(QRectF(area.left(), y, labels - 10, rowHeight), Qt::AlignRight | Qt::AlignVCenter, rows[row]);
        for (int column = 0; column < columns; ++column) {
            const QRectF box(area.left() + labels + column * cell, y + 1, cell - 2, rowHeight - 2);
            const bool isHot = row == hotRow && column == hotColumn;
            const double early = column < 2 && row >= 4 ? 0.35 : 0;
            QColor fill = t.accent;
            fill.setAlphaF(float(isHot ? 1 : 0.16 + early + 0.24 * noise.uniform(std::uint64_t(row * columns + column))));
            painter.setPen(Qt::NoPen);
            painter.setBrush(fill);
            painter.drawRoundedRect(box, 2, 2);
            if (isHot)
                hot = box;
        }
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.error, 2));
    painter.drawRoundedRect(hot.adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3);
    const QRectF line(area.left() + labels, top + 7 * rowHeight + 3, area.width() - labels, rowHeight + 4);
    painter.setPen(t.muted);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignTop, tr("first layer"));
    painter.drawText(line, Qt::AlignRight | Qt::AlignTop, tr("last"));
    painter.setFont(uiFont(11, QFont::DemiBold));
    painter.setPen(t.error);
    const double wide = QFontMetrics(painter.font()).horizontalAdvance(tr("this one will hurt")) + 4.0;
    painter.drawText(QRectF(hot.center().x() - wide / 2 + cell, line.top(), wide, line.height()),
                     Qt::AlignCenter | Qt::AlignTop, tr("this one will hurt"));
}

}  // namespace quantoscope
