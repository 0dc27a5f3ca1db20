// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/type_shares.h"

#include "widgets/plot_text.h"
#include "widgets/sparkline.h"
#include "widgets/tensor_table_model.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QPainter>

#include <algorithm>
#include <map>

namespace quantoscope {

namespace {

constexpr int barHeight = 18;

int lineHeight() { return QFontMetrics(uiFont(12)).height() + 5; }

}  // namespace

TypeShares::TypeShares(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setAccessibleName(tr("Bytes by type"));
}

void TypeShares::setModel(const TensorSource* model)
{
    std::map<std::string, Part> parts;
    if (model) {
        for (const TensorInfo& info : model->tensors()) {
            Part& part = parts[info.typeName];
            part.type = QString::fromStdString(info.typeName);
            part.bytes += double(info.bytes);
            ++part.tensors;
        }
    }
    m_parts.clear();
    QStringList words;
    for (const auto& [name, part] : parts) {
        m_parts.push_back(part);
        words << part.type + u' ' + byteWords(part.bytes);
    }
    std::ranges::sort(m_parts, std::greater<>(), &Part::bytes);
    setProperty("chartDescription", words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize TypeShares::sizeHint() const
{
    return {400, m_parts.empty() ? 0 : barHeight + 10 + lineHeight() * int(std::min<std::size_t>(m_parts.size(), 8))};
}

void TypeShares::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    double total = 0;
    for (const Part& part : m_parts)
        total += part.bytes;
    double x = 0, y = barHeight + 8;
    const QFontMetrics metrics(uiFont(12));
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        const Part& part = m_parts[i];
        const QColor fill = rampColour(1 - 0.85 * double(i) / double(std::max<std::size_t>(2, m_parts.size())));
        const double wide = total > 0 ? std::max(2.0, width() * part.bytes / total) : 0;
        painter.setPen(QPen(t.card, 1));
        painter.setBrush(fill);
        painter.drawRoundedRect(QRectF(x, 2, std::min(wide, width() - x), barHeight), 3, 3);
        x += wide;
        if (i >= 8)
            continue;
        painter.setPen(QPen(t.axis, 0.5));
        painter.drawRoundedRect(QRectF(1, y + metrics.height() / 2.0 - 5, 11, 11), 2, 2);
        painter.setFont(uiFont(12, QFont::DemiBold));
        painter.setPen(t.text);
        const double nameWide = std::max(70.0, QFontMetrics(painter.font()).horizontalAdvance(part.type) + 16.0);
        painter.drawText(QRectF(20, y, nameWide, metrics.height() + 2), Qt::AlignLeft | Qt::AlignVCenter, part.type);
        painter.setFont(uiFont(12));
        painter.setPen(t.muted);
        const QString share = total > 0 ? percentText(part.bytes / total) : QString();
        painter.drawText(QRectF(20 + nameWide, y, width() - 20 - nameWide, metrics.height() + 2), Qt::AlignLeft | Qt::AlignVCenter,
                         tr("%1 · %2 · %3 tensors").arg(share, byteWords(part.bytes), wholeNumber(part.tensors)));
        y += lineHeight();
    }
}

}  // namespace quantoscope
