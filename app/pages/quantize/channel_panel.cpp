// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/channel_panel.h"

#include "widgets/background_job.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

ChannelPanel::ChannelPanel(QWidget* parent)
    : QWidget(parent)
    , m_job(new BackgroundJob(Pool::Bulk, this))
{
    installPlotAccessibility();
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("chartDescription", QString());
    setAccessibleName(tr("Ranges and SQNR of the output channels"));
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &ChannelPanel::ask);
    connect(m_job, &BackgroundJob::finished, this, &ChannelPanel::settled);
}

void ChannelPanel::setSource(Model model, const TensorInfo* info)
{
    m_model = std::move(model);
    m_tensor = info ? std::optional(*info) : std::nullopt;
    m_channels.clear();
    m_job->cancel();
    m_isStale = true;
    describe();
    setActive(m_isActive);
}

void ChannelPanel::setScheme(const QuantizationScheme& scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    m_isStale = true;
    // A hand may be moving: the pass waits until it rests, and the picture stays till then.
    if (m_isActive)
        m_delay.start(150);
}

void ChannelPanel::setActive(bool active)
{
    m_isActive = active;
    if (active && m_isStale)
        m_delay.start(0);
}

void ChannelPanel::ask()
{
    if (!m_model || !m_tensor || !m_tensor->hasValues() || m_tensor->count == 0)
        return;
    m_isStale = false;
    m_job->start([model = m_model, info = *m_tensor, scheme = m_scheme](const Progress& progress) {
        return channelErrors(*model, info, scheme, progress); },
        [this](Result<std::vector<ChannelError>> channels) {
            if (channels)
                m_channels = std::move(*channels);
            else if (channels.error().kind != Error::Kind::Cancelled)
                emit problem(QString::fromStdString(channels.error().message));
            describe();
        });
}

bool ChannelPanel::isSettled() const
{
    return !m_job->isRunning() && !m_delay.isActive();
}

void ChannelPanel::describe()
{
    QString text;
    if (!m_channels.empty()) {
        const auto worst = std::min_element(m_channels.begin(), m_channels.end(),
                                            [](const ChannelError& a, const ChannelError& b) { return a.sqnrDb() < b.sqnrDb(); });
        text = tr("%1 output channels; the worst is %2 with %3 dB.")
                   .arg(m_channels.size())
                   .arg(worst - m_channels.begin())
                   .arg(decibelText(worst->sqnrDb()));
    }
    setProperty("chartDescription", text);
    update();
}

std::vector<ChannelPanel::Column> ChannelPanel::columnsFor(int pixels) const
{
    const std::size_t count = std::min<std::size_t>(m_channels.size(), std::size_t(std::max(1, pixels)));
    std::vector<Column> columns(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t first = i * m_channels.size() / count, end = std::max(first + 1, (i + 1) * m_channels.size() / count);
        Column column{INFINITY, -INFINITY, INFINITY, -INFINITY};
        for (std::size_t channel = first; channel < end; ++channel) {
            column.low = std::min(column.low, m_channels[channel].low);
            column.high = std::max(column.high, m_channels[channel].high);
            const double sqnr = m_channels[channel].sqnrDb();
            column.worst = std::min(column.worst, sqnr);
            column.best = std::max(column.best, sqnr);
        }
        columns[i] = column;
    }
    return columns;
}

void ChannelPanel::drawRanges(QPainter& painter, const QRectF& area) const
{
    const Theme& t = theme();
    const auto columns = columnsFor(int(area.width()));
    double low = 0, high = 0;
    for (const Column& column : columns) {
        low = std::min(low, column.low);
        high = std::max(high, column.high);
    }
    if (!(high > low))
        high = low + 1;
    const AxisScale y{low, high, area.bottom(), area.top(), false};
    const QFontMetricsF metrics(uiFont(12));
    painter.setFont(uiFont(12));
    for (const AxisTick& tick : linearTicks(low, high, std::max(2, int(area.height() / 30)))) {
        const double at = std::round(y.toPixel(tick.value));
        painter.fillRect(QRectF(area.left(), at, area.width(), 1), t.grid);
        painter.setPen(t.muted);
        painter.drawText(QPointF(area.left() - 6 - metrics.horizontalAdvance(tick.label), at + metrics.capHeight() / 2), tick.label);
    }
    const double each = area.width() / double(columns.size());
    QColor colour = t.original;
    colour.setAlphaF(0.75f);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double top = y.toPixel(columns[i].high), bottom = y.toPixel(columns[i].low);
        const double gap = each > 3 ? 1 : 0;
        painter.fillRect(QRectF(area.left() + double(i) * each, top, std::max(1.0, each - gap), std::max(1.0, bottom - top)), colour);
    }
    painter.fillRect(QRectF(area.left(), std::round(y.toPixel(0)), area.width(), 1), t.axis);
}

void ChannelPanel::drawSqnr(QPainter& painter, const QRectF& area) const
{
    const Theme& t = theme();
    const auto columns = columnsFor(int(area.width()));
    double low = INFINITY, high = -INFINITY;
    for (const Column& column : columns) {
        if (std::isfinite(column.worst))
            low = std::min(low, column.worst);
        if (std::isfinite(column.best))
            high = std::max(high, column.best);
    }
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    if (!std::isfinite(low) || !std::isfinite(high)) {
        painter.setPen(t.muted);
        painter.drawText(area, Qt::AlignCenter, tr("no error in any channel"));
        return;
    }
    const double step = high - low > 20 ? 10 : high - low > 6 ? 5 : 1;
    const AxisScale y{std::floor(low / step) * step, std::floor(high / step + 1) * step, area.bottom(), area.top(), false};
    for (const AxisTick& tick : linearTicks(y.low, y.high, std::max(2, int(area.height() / 30)))) {
        const double at = std::round(y.toPixel(tick.value));
        painter.fillRect(QRectF(area.left(), at, area.width(), 1), t.grid);
        painter.setPen(t.muted);
        painter.drawText(QPointF(area.left() - 6 - metrics.horizontalAdvance(tick.label), at + metrics.capHeight() / 2), tick.label);
    }
    const double each = area.width() / double(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double top = y.toPixel(std::min(columns[i].best, y.high)), bottom = y.toPixel(std::min(columns[i].worst, y.high));
        painter.fillRect(QRectF(area.left() + double(i) * each, top - 1, std::max(2.0, each - 1), std::max(2.5, bottom - top + 1)), t.quantized);
    }
    painter.fillRect(QRectF(area.left(), std::round(area.bottom()), area.width(), 1), t.axis);
}

void ChannelPanel::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.card);
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    painter.setPen(t.muted);
    if (m_channels.size() < 2) {
        const bool isOne = m_tensor && m_tensor->shape.size() < 2;
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         isOne ? tr("This tensor is one row: it has no channels.") : m_isActive && !isSettled() ? tr("reading …") : QString());
        return;
    }
    const double line = std::ceil(metrics.height());
    const double left = metrics.horizontalAdvance(QStringLiteral("−0.05")) + 10;
    const double plots = height() - 4 * line - 16;
    const QRectF ranges(left, line + 3, width() - left - 2, std::floor(plots / 2));
    const QRectF sqnr(left, ranges.bottom() + line + 8, ranges.width(), plots - ranges.height());
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.setPen(t.text);
    const QFontMetricsF bold(painter.font());
    const QString whole = tr("range of each output channel");
    painter.drawText(QPointF(left, metrics.ascent()), bold.horizontalAdvance(whole) <= ranges.width() ? whole : tr("range of each channel"));
    painter.drawText(QPointF(left, ranges.bottom() + 5 + metrics.ascent()), tr("its SQNR, dB"));
    drawRanges(painter, ranges);
    drawSqnr(painter, sqnr);
    painter.setFont(uiFont(12));
    painter.setPen(t.muted);
    const AxisScale x{0, double(m_channels.size()), sqnr.left(), sqnr.right(), false};
    for (const AxisTick& tick : linearTicks(0, double(m_channels.size() - 1), std::max(2, int(sqnr.width() / 60)))) {
        if (tick.value != std::floor(tick.value))
            continue;
        const double at = x.toPixel(tick.value + 0.5);
        painter.drawText(QPointF(std::clamp(at - metrics.horizontalAdvance(tick.label) / 2, 0.0, width() - metrics.horizontalAdvance(tick.label)),
                                 sqnr.bottom() + 3 + metrics.ascent()), tick.label);
    }
    painter.drawText(QRectF(sqnr.left(), sqnr.bottom() + 3 + line, sqnr.width(), line), Qt::AlignCenter, tr("channel"));
}

void ChannelPanel::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
