// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/fact_table.h"

#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

FactTable::FactTable(QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("chartDescription", QString());
    setAccessibleName(tr("Facts"));
}

void FactTable::setRows(std::vector<Row> rows)
{
    m_rows = std::move(rows);
    QString text;
    for (const Row& row : m_rows) {
        text += row.name + QStringLiteral(": ") + row.figure;
        for (const auto& [name, value] : row.figures)
            text += QStringLiteral("; ") + name + u' ' + value;
        text += QStringLiteral(". ");
    }
    setProperty("chartDescription", text.trimmed());
    updateGeometry();
    update();
}

double FactTable::blockHeight() const
{
    const double line = std::ceil(QFontMetricsF(uiFont(13)).height() * 1.2);
    const std::size_t figures = m_rows.empty() ? 3 : m_rows.front().figures.size();
    return line * double(figures + 1) + 10;
}

QSize FactTable::sizeHint() const
{
    return {200, int(blockHeight() * double(std::max<std::size_t>(1, m_rows.size())))};
}

QSize FactTable::minimumSizeHint() const
{
    const double line = std::ceil(QFontMetricsF(uiFont(13)).height());
    return {200, int((2 * line + 10) * double(std::max<std::size_t>(1, m_rows.size())))};
}

/// In little room lines move together first, then the last figures of every block go.
FactTable::Fit FactTable::fit() const
{
    const double least = std::ceil(QFontMetricsF(uiFont(13)).height());
    const double each = height() / double(std::max<std::size_t>(1, m_rows.size()));
    const std::size_t figures = m_rows.empty() ? 0 : m_rows.front().figures.size();
    const double wanted = (blockHeight() - 10) / double(figures + 1);
    const double line = std::clamp((each - 10) / double(figures + 1), least, wanted);
    return {line, std::min(figures, std::size_t(std::max(1.0, std::floor((each - 8) / line) - 1)))};
}

void FactTable::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.card);
    double top = 0;
    const auto [line, shown] = fit();
    for (const Row& row : m_rows) {
        if (top > 0)
            painter.fillRect(QRectF(0, top - 1, width(), 1), t.border);
        QRectF area(0, top + 4, width(), line);
        painter.setPen(t.text);
        painter.setFont(uiFont(13, QFont::DemiBold));
        painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, row.isBest ? tr("%1 · best").arg(row.name) : row.name);
        painter.drawText(area, Qt::AlignVCenter | Qt::AlignRight, row.figure);
        painter.setFont(uiFont(12));
        painter.setPen(t.muted);
        for (std::size_t i = 0; i < std::min(shown, row.figures.size()); ++i) {
            const auto& [name, value] = row.figures[i];
            area.translate(0, line);
            const double valueWidth = QFontMetricsF(painter.font()).horizontalAdvance(value);
            painter.drawText(area, Qt::AlignVCenter | Qt::AlignRight, value);
            painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft,
                             QFontMetricsF(painter.font()).elidedText(name, Qt::ElideRight, width() - valueWidth - 8));
        }
        top += line * double(shown + 1) + 10;
    }
}

void FactTable::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateGeometry();
        update();
    }
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
