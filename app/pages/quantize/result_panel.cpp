// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/result_panel.h"

#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

ResultPanel::ResultPanel(QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("chartDescription", QString());
    setAccessibleName(tr("Result of the quantization"));
}

void ResultPanel::setContent(Content content)
{
    if (content == m_content)
        return;
    const bool otherSize = content.rows.size() != m_content.rows.size()
                        || content.ghost.first.isEmpty() != m_content.ghost.first.isEmpty();
    m_content = std::move(content);
    QString spoken = m_content.headline + u' ' + m_content.unit + QStringLiteral(", ") + m_content.status;
    for (const auto& [name, value] : m_content.rows)
        spoken += QStringLiteral("; ") + name + QStringLiteral(": ") + value;
    setProperty("chartDescription", spoken);
    if (otherSize)
        updateGeometry();
    update();
}

double ResultPanel::headHeight() const
{
    return QFontMetricsF(titleFont(40)).capHeight() + QFontMetricsF(uiFont(13)).height() + 24;
}

double ResultPanel::rowHeight(double factor) const
{
    return std::ceil(QFontMetricsF(uiFont(13)).height() * factor);
}

QSize ResultPanel::sizeHint() const
{
    const double rows = double(m_content.rows.size() + (m_content.ghost.first.isEmpty() ? 0 : 1));
    return {300, int(headHeight() + rows * rowHeight(1.4) + 12)};
}

QSize ResultPanel::minimumSizeHint() const
{
    const double rows = double(m_content.rows.size() + (m_content.ghost.first.isEmpty() ? 0 : 1));
    return {180, int(headHeight() + rows * rowHeight(1.12) + 10)};
}

void ResultPanel::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.card);
    const QFont big = titleFont(40, QFont::Bold), unit = titleFont(15, QFont::DemiBold);
    const double capHeight = QFontMetricsF(big).capHeight();
    double baseline = capHeight + 2;
    painter.setFont(big);
    painter.setPen(t.text);
    painter.drawText(QPointF(0, baseline), m_content.headline);
    const double advance = QFontMetricsF(big).horizontalAdvance(m_content.headline);
    painter.setFont(unit);
    painter.drawText(QPointF(advance + 8, baseline), m_content.unit);

    painter.setFont(uiFont(13, QFont::DemiBold));
    const QFontMetricsF status(painter.font());
    baseline += status.height() + 6;
    double left = 0;
    if (m_content.isByHand) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        const QPointF centre(5, baseline - status.capHeight() / 2);
        painter.drawPolygon(QPolygonF{{centre + QPointF(0, -5), centre + QPointF(5, 0), centre + QPointF(0, 5), centre - QPointF(5, 0)}});
        left = 17;
    }
    painter.setPen(t.text);
    painter.drawText(QPointF(left, baseline), status.elidedText(m_content.status, Qt::ElideRight, width() - left));

    const double top = headHeight();
    painter.fillRect(QRectF(0, top - 4, width(), 1), t.border);
    const int rows = int(m_content.rows.size()) + (m_content.ghost.first.isEmpty() ? 0 : 1);
    if (rows == 0)
        return;
    const double pitch = std::min(rowHeight(1.6), (height() - top) / rows);
    const auto drawRow = [&](int row, const QString& name, QString value, bool strong) {
        const QRectF area(0, top + row * pitch, width(), pitch);
        painter.setFont(uiFont(13, strong ? QFont::DemiBold : QFont::Normal));
        // Where both do not fit, what the value was before goes first.
        const double nameWidth = QFontMetricsF(uiFont(13)).horizontalAdvance(name);
        if (nameWidth + 8 + QFontMetricsF(painter.font()).horizontalAdvance(value) > width())
            value = value.section(QStringLiteral(" ("), 0, 0);
        const double valueWidth = QFontMetricsF(painter.font()).horizontalAdvance(value);
        painter.setPen(strong ? t.text : t.muted);
        painter.drawText(area, Qt::AlignRight | Qt::AlignVCenter, value);
        painter.setFont(uiFont(13));
        painter.setPen(t.muted);
        painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(painter.font()).elidedText(name, Qt::ElideRight, width() - valueWidth - 8));
    };
    for (std::size_t i = 0; i < m_content.rows.size(); ++i)
        drawRow(int(i), m_content.rows[i].first, m_content.rows[i].second, true);
    if (!m_content.ghost.first.isEmpty()) {
        painter.fillRect(QRectF(0, top + (rows - 1) * pitch, width(), 1), t.border);
        drawRow(rows - 1, m_content.ghost.first, m_content.ghost.second, false);
    }
}

void ResultPanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateGeometry();
        update();
    }
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
