// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/block_sheet.h"

#include "app/pages/numbers/number_texts.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace quantoscope {

namespace {

constexpr double byteWidth = 22, byteHeight = 19;

}  // namespace

BlockSheet::BlockSheet(QWidget* parent) : QWidget(parent)
{
    installPaintedTableAccessibility();   // Before the name, which may make the interface for a listening screen reader.
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("One block"));
    setToolTip(tr("Click a value, or move with the arrow keys, to see where it is stored"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void BlockSheet::show(const BlockContent& content)
{
    const bool isMoved = m_content.chosen != content.chosen;
    m_content = content;
    if (isMoved)
        announceChosenCell(this, 0, int(content.chosen));
    QStringList texts{tr("%1, %2 values, %3").arg(content.name).arg(content.values.size()).arg(scaleWords(content))};
    for (std::size_t i = 0; i < content.values.size(); ++i)
        texts << tr("%1 is stored as %2").arg(roundedNumber(content.values[i], 3), roundedNumber(content.stored[i], 3));
    setProperty("chartDescription", QString(content.chosenWords + u' ' + texts.join(QStringLiteral("; "))));
    update();
}

QString BlockSheet::cellName(int, int column) const
{
    const auto at = std::size_t(column);
    if (at >= m_content.values.size())
        return {};
    return tr("value %1: %2 is stored as %3, level %4").arg(column + 1)
        .arg(roundedNumber(m_content.values[at], 3), roundedNumber(m_content.stored[at], 3)).arg(m_content.levels[at]);
}

QString BlockSheet::cellValue(int, int column) const
{
    const auto at = std::size_t(column);
    return at < m_content.stored.size() ? roundedNumber(m_content.stored[at], 3) : QString();
}

QRect BlockSheet::cellPlace(int, int column) const
{
    const QRectF area = chartRect();
    const double pitch = area.width() / std::max(1.0, double(m_content.values.size()));
    return QRectF(area.left() + column * pitch, area.top(), pitch, area.height()).toAlignedRect();
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

double BlockSheet::nameWidth() const
{
    return std::max(96.0, QFontMetricsF(uiFont(12, QFont::Medium)).horizontalAdvance(tr("codes, 1 a byte")) + 12);
}

int BlockSheet::bytesPerLine() const
{
    const int fitting = std::max(8, int((width() - nameWidth()) / byteWidth));
    // Whole multiples of 16 keep offsets readable; a block of 18 bytes still stands in one line.
    const int whole = fitting >= 16 ? fitting / 16 * 16 : 8;
    return m_content.codeBytes.size() <= fitting ? std::max(int(m_content.codeBytes.size()), 1) : whole;
}

double BlockSheet::bytesHeight() const
{
    const auto lines = [&](qsizetype bytes) { return bytes == 0 ? 0 : (int(bytes) + bytesPerLine() - 1) / bytesPerLine(); };
    return byteHeight * (lines(m_content.codeBytes.size()) + lines(m_content.scaleBytes.size())) + 6;
}

/// Scales in a filled box, sub-scales in an outlined one, codes plain; the chosen value's bytes are ringed.
double BlockSheet::paintBytes(QPainter& painter, const QString& name, const QByteArray& bytes, const std::vector<BlockAnatomy::Byte>& anatomy,
                              bool holdsCodes, double y) const
{
    if (bytes.isEmpty())
        return y;
    const Theme& colours = theme();
    painter.setFont(uiFont(12, QFont::Medium));
    painter.setPen(colours.muted);
    painter.drawText(QRectF(0, y, nameWidth() - 8, byteHeight), Qt::AlignVCenter, name);
    painter.setFont(monoFont(12));
    const int perLine = bytesPerLine();
    for (int i = 0; i < int(bytes.size()); ++i) {
        const QString text = QStringLiteral("%1").arg(quint8(bytes[i]), 2, 16, QLatin1Char('0')).toUpper();
        const QRectF place(nameWidth() + byteWidth * (i % perLine), y + byteHeight * (i / perLine), byteWidth, byteHeight);
        const ByteRole role = std::size_t(i) < anatomy.size() ? m_content.anatomy.role(anatomy[std::size_t(i)]) : ByteRole::Value;
        const QRectF box = place.adjusted(1, 1, -1, -1);
        if (role == ByteRole::Scale || role == ByteRole::SubScale) {
            painter.setPen(QPen(role == ByteRole::Scale ? colours.accent : colours.axis, 1));
            painter.setBrush(role == ByteRole::Scale ? colours.accentSoft : QColor(Qt::transparent));
            painter.drawRoundedRect(box, 3, 3);
        }
        const bool isChosen = holdsCodes && std::any_of(m_content.chosenCodes.begin(), m_content.chosenCodes.end(), [i](const ByteBits& bits) { return bits.byte == std::size_t(i); });
        if (isChosen) {
            painter.setPen(QPen(colours.text, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(box, 3, 3);
        }
        painter.setPen(role == ByteRole::Unused ? colours.faint : colours.text);
        painter.drawText(place, Qt::AlignCenter, text);
    }
    return y + byteHeight * ((int(bytes.size()) + perLine - 1) / perLine);
}

/// What each sub-block can store at all: from its lowest to its highest level.
void BlockSheet::paintBands(QPainter& painter, const QRectF& area, const AxisScale& y) const
{
    const Theme& colours = theme();
    const double pitch = area.width() / double(m_content.values.size());
    // Lines for all of them or for none: bands are compared with each other.
    double least = 1e300;
    for (const BlockBand& band : m_content.bands)
        least = std::min(least, std::abs(y.toPixel(band.step) - y.toPixel(0)));
    for (const BlockBand& band : m_content.bands) {
        const double left = area.left() + double(band.first) * pitch, width = double(band.count) * pitch;
        const double top = y.toPixel(std::max(band.low, band.high)), bottom = y.toPixel(std::min(band.low, band.high));
        QRectF box = QRectF(left, top, width, bottom - top).intersected(area);
        if (m_content.bands.size() > 1)
            box.adjust(1, 0, -1, 0);
        painter.fillRect(box, colours.accentSoft);
        if (least < 5 || m_content.format->levels > 64)
            continue;   // Lines closer than that are a grey.
        painter.setPen(QPen(colours.card, 1));
        for (int level = 1; level + 1 < m_content.format->levels; ++level) {
            const double at = std::round(y.toPixel(band.low + band.step * level)) + 0.5;
            if (at > box.top() && at < box.bottom())
                painter.drawLine(QPointF(box.left(), at), QPointF(box.right(), at));
        }
    }
}

void BlockSheet::paintChart(QPainter& painter, const QRectF& area) const
{
    const Theme& colours = theme();
    double reach = 0;
    for (std::size_t i = 0; i < m_content.values.size(); ++i)
        reach = std::max({reach, std::abs(double(m_content.values[i])), std::abs(double(m_content.stored[i]))});
    reach = reach > 0 ? reach * 1.06 : 1;
    const AxisScale y{-reach, reach, area.bottom(), area.top(), false};
    paintBands(painter, area, y);
    painter.setFont(uiFont(11));
    for (const AxisTick& tick : linearTicks(-reach, reach, std::max(2, int(area.height() / 34)))) {
        const double at = std::round(y.toPixel(tick.value)) + 0.5;
        painter.setPen(QPen(tick.value == 0 ? colours.axis : colours.grid, 1));
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(area.left() - 60, at - 9, 52, 18), Qt::AlignRight | Qt::AlignVCenter, tick.label);
    }
    const double pitch = area.width() / double(m_content.values.size());
    const double radius = std::clamp(pitch * 0.3, 1.6, 4.5);
    const double chosenX = area.left() + (double(m_content.chosen) + 0.5) * pitch;
    painter.setPen(QPen(hasFocus() ? colours.accent : colours.axis, hasFocus() ? 1.6 : 1, Qt::DashLine));
    painter.drawLine(QPointF(chosenX, area.top()), QPointF(chosenX, area.bottom()));
    for (std::size_t i = 0; i < m_content.values.size(); ++i) {
        const double x = area.left() + (double(i) + 0.5) * pitch;
        const double original = y.toPixel(m_content.values[i]), stored = y.toPixel(m_content.stored[i]);
        QColor bar = colours.original;
        bar.setAlphaF(0.35f);
        painter.fillRect(QRectF(x - pitch * 0.3, std::min(original, y.toPixel(0)), pitch * 0.6, std::abs(original - y.toPixel(0))), bar);
        painter.setPen(QPen(colours.original, pitch < 8 ? 1 : 1.6));
        painter.drawLine(QPointF(x - pitch * 0.3, original), QPointF(x + pitch * 0.3, original));
        // The error as a line from where the value is to where it went.
        painter.setPen(QPen(colours.error, 1.6 * colours.stroke));
        painter.drawLine(QPointF(x, original), QPointF(x, stored));
        painter.setBrush(colours.quantized);
        painter.setPen(pitch < 8 ? QPen(Qt::NoPen) : QPen(colours.card, 1));
        painter.drawEllipse(QPointF(x, stored), radius, radius);
        if (i == m_content.chosen) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(colours.accent, 1.8));
            painter.drawEllipse(QPointF(x, stored), radius + 4, radius + 4);
        }
    }
}

void BlockSheet::paintLegend(QPainter& painter) const
{
    const Theme& colours = theme();
    painter.setFont(uiFont(12));
    double x = 64;
    const QString words = scaleWords(m_content);
    const double limit = width() - painter.fontMetrics().horizontalAdvance(words) - 12;
    const auto legend = [&](const QString& name, auto&& draw) {
        const double nameWidth = painter.fontMetrics().horizontalAdvance(name);
        if (x + 18 + nameWidth > limit)
            return;
        draw(QPointF(x + 6, 9));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(x + 18, 0, nameWidth + 2, 18), Qt::AlignVCenter, name);
        x += nameWidth + 36;
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
    if (!m_content.bands.empty())
        legend(m_content.bands.size() > 1 ? tr("reach of a sub-block") : tr("reach of the block"), [&](QPointF at) { painter.fillRect(QRectF(at.x() - 5, at.y() - 6, 10, 12), colours.accentSoft); });
    const auto byteBox = [&](QPointF at, const QColor& border, const QColor& fill) {
        painter.setPen(QPen(border, 1));
        painter.setBrush(fill);
        painter.drawRoundedRect(QRectF(at.x() - 6, at.y() - 6, 12, 12), 3, 3);
    };
    const auto holds = [&](ByteRole role) {
        const auto any = [&](const auto& bytes) { return std::any_of(bytes.begin(), bytes.end(), [&](const auto& byte) { return m_content.anatomy.role(byte) == role; }); };
        return any(m_content.anatomy.codes) || any(m_content.anatomy.scales);
    };
    if (holds(ByteRole::Scale))
        legend(tr("byte of the scale"), [&](QPointF at) { byteBox(at, colours.accent, colours.accentSoft); });
    if (holds(ByteRole::SubScale))
        legend(tr("bytes of sub-scales"), [&](QPointF at) { byteBox(at, colours.axis, Qt::transparent); });
    painter.setPen(colours.text);
    painter.drawText(QRectF(limit, 0, width() - limit, 18), Qt::AlignRight | Qt::AlignVCenter, words);
}

QRectF BlockSheet::chartRect() const
{
    return QRectF(64, 24, width() - 66, height() - 24 - bytesHeight() - 10);
}

void BlockSheet::paintEvent(QPaintEvent*)
{
    if (!m_content.format)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintLegend(painter);
    paintChart(painter, chartRect());
    double y = height() - bytesHeight();
    const QString name = m_content.format->takesScaleRule ? tr("codes, 1 a byte") : m_content.scaleBytes.isEmpty() ? tr("the block") : tr("codes");
    y = paintBytes(painter, name, m_content.codeBytes, m_content.anatomy.codes, true, y);
    paintBytes(painter, tr("scale"), m_content.scaleBytes, m_content.anatomy.scales, false, y);
}

int BlockSheet::indexAt(QPointF point) const
{
    const QRectF area = chartRect();
    if (!m_content.format || !area.contains(point))
        return -1;
    return std::min(int((point.x() - area.left()) / area.width() * double(m_content.values.size())), int(m_content.values.size()) - 1);
}

void BlockSheet::mousePressEvent(QMouseEvent* event)
{
    if (const int index = indexAt(event->position()); index >= 0)
        emit valueChosen(index);
}

void BlockSheet::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        if (const int index = indexAt(event->position()); index >= 0 && index != int(m_content.chosen))
            emit valueChosen(index);
}

void BlockSheet::keyPressEvent(QKeyEvent* event)
{
    const int last = int(m_content.values.size()) - 1, now = int(m_content.chosen);
    switch (event->key()) {
    case Qt::Key_Left: emit valueChosen(std::max(0, now - 1)); return;
    case Qt::Key_Right: emit valueChosen(std::min(last, now + 1)); return;
    case Qt::Key_Home: emit valueChosen(0); return;
    case Qt::Key_End: emit valueChosen(last); return;
    default: QWidget::keyPressEvent(event);
    }
}

}  // namespace quantoscope
