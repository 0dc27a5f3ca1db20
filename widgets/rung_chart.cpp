// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rung_chart.h"

#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

RungChart::RungChart(QWidget* parent)
    : ChoiceChart(tr("Ladder of kernels"), parent)
{
}

QSize RungChart::minimumSizeHint() const
{
    return {260, int(double(m_rows.size()) * (QFontMetricsF(uiFont(12)).height() + 4))};
}

double RungChart::rowHeight() const
{
    return m_rows.empty() ? 0 : std::min(double(height()) / double(m_rows.size()), 34.0);
}

void RungChart::setRows(std::vector<Row> rows)
{
    const bool isOther = rows.size() != m_rows.size();
    m_rows = std::move(rows);
    QStringList spoken;
    for (const Row& row : m_rows)
        spoken << row.name + QStringLiteral(": ") + (row.run ? speedText({GemmKernel{}, *row.run}) : row.word);
    setProperty("chartDescription", spoken.join(QStringLiteral("; ")));
    if (isOther)
        updateGeometry();
    update();
}

void RungChart::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont bold = uiFont(12, QFont::DemiBold), plain = uiFont(12);
    const QFontMetricsF metrics(plain);
    double names = 0, slow = 1e300, fast = 0;
    for (const Row& row : m_rows) {
        names = std::max(names, QFontMetricsF(bold).horizontalAdvance(row.name));
        if (row.run && row.run->teraflops > 0) {
            slow = std::min(slow, row.run->teraflops);
            fast = std::max(fast, row.run->teraflops);
        }
    }
    const double left = names + 18, texts = metrics.horizontalAdvance(QStringLiteral("0000 GFLOP/s  × 00.0")) + 10, line = rowHeight();
    const AxisScale scale{fast > 0 ? std::exp2(std::floor(std::log2(slow)) - 1) : 1, std::max(fast, 2.0 * slow), left, std::max(left + 40, width() - texts), true};
    const GemmRun* before = nullptr;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        const QRectF strip(0, double(i) * line, width(), line);
        const bool isChosen = row.id == selected();
        if (isChosen) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().selectedRow);
            painter.drawRoundedRect(strip.adjusted(1, 1, -1, -1), 5, 5);
        }
        painter.setFont(bold);
        painter.setPen(isChosen ? theme().accent : theme().text);
        painter.drawText(strip.adjusted(8, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, row.name);
        painter.setFont(plain);
        if (!row.run) {
            painter.setPen(theme().muted);
            const QRectF room(left, strip.top(), width() - left - 4, line);
            painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(row.word, Qt::ElideRight, room.width()));
            continue;
        }
        const double end = scale.toPixel(row.run->teraflops);
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChosen ? theme().accent : theme().quantized);
        painter.drawRoundedRect(QRectF(left, strip.center().y() - 5, std::max(2.0, end - left), 10), 2, 2);
        painter.setPen(theme().text);
        QString words = speedText({GemmKernel{}, *row.run});
        if (before && before->teraflops > 0)
            words += QStringLiteral("  × ") + roundedNumber(row.run->teraflops / before->teraflops, 2);
        painter.drawText(QRectF(end + 8, strip.top(), width() - end - 8, line), Qt::AlignLeft | Qt::AlignVCenter, words);
        before = &*row.run;
    }
    paintFocus(painter);
}

QString RungChart::at(const QPointF& mouse) const
{
    const double row = rowHeight() > 0 ? std::floor(mouse.y() / rowHeight()) : -1;
    return row >= 0 && row < double(m_rows.size()) ? m_rows[std::size_t(row)].id : QString();
}

QStringList RungChart::order() const
{
    QStringList ids;
    for (const Row& row : m_rows)
        ids << row.id;
    return ids;
}

}  // namespace quantoscope
