// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/comparison_view.h"

#include "widgets/controls.h"
#include "widgets/fitting_text.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

ComparisonView::ComparisonView(QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setAttribute(Qt::WA_OpaquePaintEvent);
    setProperty("chartDescription", QString());
    setAccessibleName(tr("Schemes side by side"));
    for (int i = 0; i < mostColumns; ++i) {
        m_remove[std::size_t(i)] = new PushButton(QStringLiteral("×"), PushButton::Role::Chip, this);
        m_remove[std::size_t(i)]->setToolTip(tr("Take this scheme away"));
        m_remove[std::size_t(i)]->hide();
        connect(m_remove[std::size_t(i)], &QAbstractButton::clicked, this, [this, i] { emit removeRequested(i); });
    }
}

void ComparisonView::setContent(Content content)
{
    m_content = std::move(content);
    QString text;
    for (const Column& column : m_content.columns) {
        text += column.name + QStringLiteral(": ");
        for (int row = 0; row < m_content.rows.size() && std::size_t(row) < column.figures.size(); ++row)
            text += m_content.rows[row] + u' ' + column.figures[std::size_t(row)] + QStringLiteral("; ");
    }
    setProperty("chartDescription", text.trimmed());
    measure();
    placeButtons();
    update();
}

/// The shared axes: everything any column shows fits them.
void ComparisonView::measure()
{
    if (!m_content.counts || m_content.counts->totals().finite == 0)
        return;
    const auto& totals = m_content.counts->totals();
    const double reach = totals.max > totals.min ? 0 : std::max(std::abs(totals.max) / 2, 1e-30);
    const double margin = (totals.max - totals.min) * 0.02;
    m_low = totals.min - reach - margin;
    m_high = totals.max + reach + margin;
    const double columns = std::max<double>(1, double(m_content.columns.size()));
    m_before = binnedShares(*m_content.counts, m_low, m_high, suitableBins(double(totals.finite), width() / columns));
    m_unit = roundUp((m_high - m_low) / 60);
    const double perUnit = m_unit / m_before.binWidth();
    const double peak = *std::max_element(m_before.shares.begin(), m_before.shares.end()) * perUnit;
    double top = peak, error = 0;
    for (const Column& column : m_content.columns) {
        if (column.content.map) {
            const LevelMap& map = *column.content.map;
            error = std::max(error, largestInnerError(map));
        } else if (column.content.dequantized) {
            const auto& picture = *column.content.dequantized;
            // The typical error, not the one of the largest weight: a tenth of the cells may leave the plot.
            std::vector<float> sizes;
            for (std::size_t i = 0; i < picture.lowestError.size(); ++i) {
                if (!std::isnan(picture.lowestError[i]))
                    sizes.push_back(std::max(-picture.lowestError[i], picture.highestError[i]));
            }
            if (!sizes.empty()) {
                const auto at = sizes.begin() + std::ptrdiff_t(sizes.size() * 9 / 10);
                std::nth_element(sizes.begin(), at, sizes.end());
                error = std::max<double>(error, *at);
            }
        }
    }
    m_top = roundUp(top * 1.3);
    m_errorLimit = error > 0 ? roundUp(error * 1.5) : 1;
}

double ComparisonView::gutter() const
{
    const QFontMetricsF metrics(uiFont(12));
    double widest = metrics.horizontalAdvance(QStringLiteral("−0.0001")) + metrics.height() + 10;
    for (const QString& row : m_content.rows)
        widest = std::max(widest, metrics.horizontalAdvance(row) + 12);
    return std::ceil(widest);
}

double ComparisonView::figureHeight() const
{
    const double line = std::ceil(QFontMetricsF(uiFont(13)).height() * 1.35);
    return line * double(m_content.rows.size()) + 6;
}

ComparisonView::Layout ComparisonView::layoutOf(std::size_t column) const
{
    const double left = gutter(), gap = 16;
    const double each = (width() - left + gap) / std::max<double>(1, double(m_content.columns.size()));
    const double x = left + each * double(column), w = each - gap;
    const double line = std::ceil(QFontMetricsF(uiFont(12)).height());
    const double titleHeight = 2 * std::ceil(QFontMetricsF(uiFont(13)).height()) + 6;
    const double plots = std::max(90.0, height() - titleHeight - figureHeight() - 2 * line - 20);
    Layout made;
    made.title = QRectF(x, 0, w, titleHeight);
    made.picture = QRectF(x, titleHeight, w, std::floor(plots * 0.68));
    made.error = QRectF(x, made.picture.bottom() + 10, w, plots - made.picture.height() - 10);
    made.figures = QRectF(x, made.error.bottom() + 2 * line + 10, w, figureHeight());
    made.x = {m_low, m_high, x, x + w, false};
    made.y = {0, m_top, made.picture.bottom(), made.picture.top(), false};
    made.errorY = {-m_errorLimit, m_errorLimit, made.error.bottom(), made.error.top(), false};
    return made;
}

void ComparisonView::placeButtons()
{
    for (int i = 0; i < mostColumns; ++i) {
        PushButton* button = m_remove[std::size_t(i)];
        const bool shown = std::size_t(i) < m_content.columns.size() && !m_content.columns[std::size_t(i)].isPresent;
        button->setVisible(shown);
        if (!shown)
            continue;
        button->setAccessibleName(tr("Take %1 away").arg(m_content.columns[std::size_t(i)].name));
        const QRectF title = layoutOf(std::size_t(i)).title;
        const QSize size = button->sizeHint().boundedTo({22, 20});
        // Beside the short second line, so that the name has the first for itself.
        button->setGeometry(int(title.right()) - size.width(), int(title.bottom()) - size.height(), size.width(), size.height());
    }
}

void ComparisonView::drawGutter(QPainter& painter) const
{
    const Theme& t = theme();
    const Layout layout = layoutOf(0);
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    painter.setPen(t.muted);
    const double right = layout.picture.left() - 8;
    const auto ticks = [&](const AxisScale& y, const std::vector<AxisTick>& all) {
        for (const AxisTick& tick : all)
            painter.drawText(QPointF(right - metrics.horizontalAdvance(tick.label), y.toPixel(tick.value) + metrics.capHeight() / 2),
                             tick.label);
    };
    ticks(layout.y, asPercent(linearTicks(0, m_top, std::max(2, int(layout.picture.height() / 34)))));
    ticks(layout.errorY, linearTicks(-m_errorLimit, m_errorLimit, std::max(2, int(layout.error.height() / 26))));
    const auto upright = [&](const QRectF& panel, const QString& title, const QColor& colour) {
        if (metrics.horizontalAdvance(title) > panel.height() + 12)
            return;
        painter.save();
        painter.setPen(colour);
        painter.translate(metrics.height() / 2 + 2, panel.center().y());
        painter.rotate(-90);
        painter.drawText(QPointF(-metrics.horizontalAdvance(title) / 2, metrics.capHeight() / 2), title);
        painter.restore();
    };
    const QString perUnit = roundedNumber(m_unit, 3), whole = tr("share of weights per %1").arg(perUnit);
    upright(layout.picture, metrics.horizontalAdvance(whole) > layout.picture.height() + 12 ? tr("share per %1").arg(perUnit) : whole, t.muted);
    upright(layout.error, tr("error"), t.error);
    painter.setPen(t.muted);
    const double pitch = (figureHeight() - 6) / std::max<double>(1, double(m_content.rows.size()));
    painter.setFont(uiFont(12));
    for (int row = 0; row < m_content.rows.size(); ++row)
        painter.drawText(QRectF(0, layout.figures.top() + row * pitch, gutter() - 8, pitch), Qt::AlignVCenter | Qt::AlignLeft,
                         m_content.rows[row]);
}

void ComparisonView::drawColumn(QPainter& painter, std::size_t index) const
{
    const Theme& t = theme();
    const Column& column = m_content.columns[index];
    const Layout layout = layoutOf(index);
    // The number is the mark's in the plot of error against bits.
    const double radius = 10;
    const QPointF badge(layout.title.left() + radius, radius + 1);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(column.isPresent ? t.accent : t.quantized);
    painter.drawEllipse(badge, radius, radius);
    painter.setPen(column.isPresent ? t.onAccent : t.card);
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.drawText(QRectF(badge - QPointF(radius, radius), QSizeF(2 * radius, 2 * radius)), Qt::AlignCenter, QString::number(index + 1));
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(uiFont(13, QFont::DemiBold));
    painter.setPen(t.text);
    const QFontMetricsF bold(painter.font());
    const double room = layout.title.width() - 2 * radius - 8, noteRoom = room - (column.isPresent ? 0 : 32);
    painter.drawText(QRectF(badge.x() + radius + 8, 0, room, 2 * radius + 2), Qt::AlignVCenter | Qt::AlignLeft,
                     bold.elidedText(column.name, Qt::ElideRight, room));
    painter.setFont(uiFont(12));
    painter.setPen(t.muted);
    const QString second = !column.isPresent ? column.note : column.note.isEmpty() ? tr("present") : tr("%1 · present").arg(column.note);
    painter.drawText(QRectF(badge.x() + radius + 8, bold.height() + 2, noteRoom, bold.height()), Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetricsF(painter.font()).elidedText(second, Qt::ElideRight, noteRoom));

    for (const auto& [panel, y, low, high, atMost] :
         {std::tuple{layout.picture, layout.y, 0.0, m_top, 34}, std::tuple{layout.error, layout.errorY, -m_errorLimit, m_errorLimit, 26}}) {
        for (const AxisTick& tick : linearTicks(low, high, std::max(2, int(panel.height() / atMost))))
            painter.fillRect(QRectF(panel.left(), std::round(y.toPixel(tick.value)), panel.width(), 1), t.grid);
    }
    drawPicture(painter, column, layout);
    drawErrors(painter, column, layout);
    painter.setFont(uiFont(12));
    painter.setPen(t.muted);
    const QFontMetricsF metrics(painter.font());
    for (const AxisTick& tick : linearTicks(m_low, m_high, std::max(3, int(layout.picture.width() / 56)))) {
        const double x = layout.x.toPixel(tick.value), w = metrics.horizontalAdvance(tick.label);
        painter.fillRect(QRectF(std::round(x), layout.error.bottom(), 1, 4), t.axis);
        painter.drawText(QPointF(std::clamp(x - w / 2, layout.picture.left(), layout.picture.right() - w),
                                 layout.error.bottom() + 4 + metrics.ascent()), tick.label);
    }
    painter.drawText(QRectF(layout.error.left(), layout.error.bottom() + 4 + metrics.height(), layout.error.width(), metrics.height()),
                     Qt::AlignCenter, tr("weight"));
    drawFigures(painter, index, layout);
}

void ComparisonView::drawFigures(QPainter& painter, std::size_t index, const Layout& layout) const
{
    const Theme& t = theme();
    const Column& column = m_content.columns[index];
    const double pitch = (figureHeight() - 6) / std::max<double>(1, double(m_content.rows.size()));
    for (int row = 0; row < m_content.rows.size() && std::size_t(row) < column.figures.size(); ++row) {
        const QRectF area(layout.figures.left(), layout.figures.top() + row * pitch, layout.figures.width(), pitch);
        painter.fillRect(QRectF(index == 0 ? 0 : area.left(), area.top(), index == 0 ? area.right() : area.width(), 1), t.border);
        painter.setFont(uiFont(13, row == 0 ? QFont::DemiBold : QFont::Normal));
        painter.setPen(t.text);
        QString text = column.figures[std::size_t(row)];
        const QFontMetricsF metrics(painter.font());
        if (row == 0 && column.isBest && m_content.columns.size() > 1)   // The others say the unit.
            text = longestThatFits({text + u' ' + tr("best"), text.section(u' ', 0, 0) + u' ' + tr("best")}, metrics, area.width());
        painter.drawText(area, Qt::AlignVCenter | Qt::AlignRight,
                         metrics.elidedText(text, Qt::ElideRight, area.width()));
    }
}

void ComparisonView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().card);
    if (!m_content.counts || m_content.counts->totals().finite == 0 || m_content.columns.empty() || m_before.shares.empty())
        return;
    drawGutter(painter);
    for (std::size_t i = 0; i < m_content.columns.size(); ++i)
        drawColumn(painter, i);
}

void ComparisonView::resizeEvent(QResizeEvent*)
{
    measure();
    placeButtons();
}

void ComparisonView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        placeButtons();
        update();
    }
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
