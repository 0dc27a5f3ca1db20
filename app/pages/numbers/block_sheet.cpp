// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/block_sheet.h"

#include "app/pages/numbers/number_texts.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

constexpr double nameWidth = 96, byteWidth = 22, byteHeight = 19;

}  // namespace

BlockSheet::BlockSheet(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("One block"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void BlockSheet::show(const BlockContent& content)
{
    m_content = content;
    QStringList texts{tr("%1, %2 values, %3").arg(content.name).arg(content.values.size()).arg(scaleWords(content))};
    for (std::size_t i = 0; i < content.values.size(); ++i)
        texts << tr("%1 is stored as %2").arg(roundedNumber(content.values[i], 3), roundedNumber(content.stored[i], 3));
    setAccessibleDescription(texts.join(QStringLiteral("; ")));
    update();
}

QString BlockSheet::scaleWords(const BlockContent& content)
{
    if (content.scaleBytes.isEmpty())
        return tr("its scales lie inside the block");
    if (content.scaleBytes.size() == sizeof(float)) {
        float scale = 0;
        std::memcpy(&scale, content.scaleBytes.constData(), sizeof scale);
        return tr("scale = %1 (FP32)").arg(roundedNumber(double(scale), 6));
    }
    if (content.scaleBytes.size() != 1)
        return tr("one scale of %1 bytes").arg(content.scaleBytes.size());
    const auto byte = Code(quint8(content.scaleBytes[0]));
    // Formats with a rule for powers of two store them as E8M0; the one-byte scale left is NVFP4's E4M3.
    const NumberFormat& format = *findNumberFormat(content.format->takesScaleRule ? "e8m0" : "e4m3");
    const double value = valueOf(format, byte);
    QString words = tr("scale %1 = %2").arg(codeString(format, byte), content.format->takesScaleRule ? stepText(value) : exactText(value, 10));
    if (content.format->largestForTensor > 0)
        words += tr(" (E4M3) × %1 (FP32, of the tensor)").arg(roundedNumber(content.tensorScale, 3));
    else
        words += tr(" (E8M0)");
    return words;
}

int BlockSheet::bytesPerLine() const
{
    const int fitting = std::max(4, int((width() - nameWidth) / byteWidth));
    return fitting >= 32 ? 32 : fitting >= 16 ? 16 : 8;
}

double BlockSheet::bytesHeight() const
{
    const auto lines = [&](qsizetype bytes) { return bytes == 0 ? 0 : (int(bytes) + bytesPerLine() - 1) / bytesPerLine(); };
    return byteHeight * (lines(m_content.codeBytes.size()) + lines(m_content.scaleBytes.size())) + 6;
}

double BlockSheet::paintBytes(QPainter& painter, const QString& name, const QByteArray& bytes, double y) const
{
    if (bytes.isEmpty())
        return y;
    const Theme& colours = theme();
    painter.setFont(uiFont(12, QFont::Medium));
    painter.setPen(colours.muted);
    painter.drawText(QRectF(0, y, nameWidth - 8, byteHeight), Qt::AlignVCenter, name);
    painter.setFont(monoFont(12));
    painter.setPen(colours.text);
    const int perLine = bytesPerLine();
    for (int i = 0; i < int(bytes.size()); ++i) {
        const QString text = QStringLiteral("%1").arg(quint8(bytes[i]), 2, 16, QLatin1Char('0')).toUpper();
        painter.drawText(QRectF(nameWidth + byteWidth * (i % perLine), y + byteHeight * (i / perLine), byteWidth, byteHeight), Qt::AlignVCenter, text);
    }
    return y + byteHeight * ((int(bytes.size()) + perLine - 1) / perLine);
}

void BlockSheet::paintChart(QPainter& painter, const QRectF& area) const
{
    const Theme& colours = theme();
    double reach = 0;
    for (std::size_t i = 0; i < m_content.values.size(); ++i)
        reach = std::max({reach, std::abs(double(m_content.values[i])), std::abs(double(m_content.stored[i]))});
    reach = reach > 0 ? reach * 1.06 : 1;
    const AxisScale y{-reach, reach, area.bottom(), area.top(), false};
    painter.setFont(uiFont(11));
    for (const AxisTick& tick : linearTicks(-reach, reach, std::max(2, int(area.height() / 34)))) {
        const double at = std::round(y.toPixel(tick.value)) + 0.5;
        painter.setPen(QPen(tick.value == 0 ? colours.axis : colours.grid, 1));
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(area.left() - 60, at - 9, 52, 18), Qt::AlignRight | Qt::AlignVCenter, tick.label);
    }
    const double pitch = area.width() / double(m_content.values.size());
    const double radius = std::clamp(pitch * 0.17, 2.0, 4.5);
    for (std::size_t i = 0; i < m_content.values.size(); ++i) {
        const double x = area.left() + (double(i) + 0.5) * pitch;
        const double original = y.toPixel(m_content.values[i]), stored = y.toPixel(m_content.stored[i]);
        QColor bar = colours.original;
        bar.setAlphaF(0.35f);
        painter.fillRect(QRectF(x - pitch * 0.3, std::min(original, y.toPixel(0)), pitch * 0.6, std::abs(original - y.toPixel(0))), bar);
        painter.setPen(QPen(colours.original, 1.6));
        painter.drawLine(QPointF(x - pitch * 0.3, original), QPointF(x + pitch * 0.3, original));
        // The error as a line from where the value is to where it went.
        painter.setPen(QPen(colours.error, 1.6 * colours.stroke));
        painter.drawLine(QPointF(x, original), QPointF(x, stored));
        painter.setBrush(colours.quantized);
        painter.setPen(QPen(colours.card, 1));
        painter.drawEllipse(QPointF(x, stored), radius, radius);
        if (i == m_content.outlier) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colours.accent, 1.8));
            painter.drawEllipse(QPointF(x, stored), radius + 4, radius + 4);
        }
    }
}

void BlockSheet::paintEvent(QPaintEvent*)
{
    if (!m_content.format)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme& colours = theme();
    // The legend: what bar, dot and line are.
    painter.setFont(uiFont(12));
    double x = 64;
    const auto legend = [&](const QString& words, auto&& draw) {
        draw(QPointF(x + 6, 9));
        painter.setPen(colours.muted);
        const double width = painter.fontMetrics().horizontalAdvance(words);
        painter.drawText(QRectF(x + 18, 0, width + 2, 18), Qt::AlignVCenter, words);
        x += width + 40;
    };
    legend(tr("value"), [&](QPointF at) {
        QColor bar = colours.original;
        bar.setAlphaF(0.35f);
        painter.fillRect(QRectF(at.x() - 5, at.y() - 5, 10, 10), bar);
        painter.setPen(QPen(colours.original, 1.6));
        painter.drawLine(at + QPointF(-5, -5), at + QPointF(5, -5));
    });
    legend(tr("stored"), [&](QPointF at) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.quantized);
        painter.drawEllipse(at, 4, 4);
    });
    legend(tr("error"), [&](QPointF at) {
        painter.setPen(QPen(colours.error, 2));
        painter.drawLine(at + QPointF(0, -6), at + QPointF(0, 6));
    });
    painter.setFont(uiFont(12));
    painter.setPen(colours.text);
    painter.drawText(QRectF(x, 0, width() - x, 18), Qt::AlignRight | Qt::AlignVCenter, scaleWords(m_content));
    const double bytes = bytesHeight();
    paintChart(painter, QRectF(64, 24, width() - 66, height() - 24 - bytes - 10));
    double y = height() - bytes;
    y = paintBytes(painter, m_content.format->takesScaleRule ? tr("codes, 1 a byte") : m_content.scaleBytes.isEmpty() ? tr("the block") : tr("codes"), m_content.codeBytes, y);
    paintBytes(painter, tr("scale"), m_content.scaleBytes, y);
}

}  // namespace quantoscope
