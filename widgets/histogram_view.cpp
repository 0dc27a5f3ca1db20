// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_view.h"

#include "widgets/clip_handle.h"
#include "widgets/level_handles.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

HistogramView::HistogramView(QWidget* parent)
    : QWidget(parent)
    , m_lowHandle(new ClipHandle(this))
    , m_highHandle(new ClipHandle(this))
    , m_levelHandles(new LevelHandles(this))
{
    m_levelHandles->hide();
    connect(m_levelHandles, &LevelHandles::levelMoved, this, [this](int index, double value, bool finished) {
        if (!m_content.map || std::size_t(index) >= m_content.map->levels.size())
            return;
        std::vector<double> levels = m_content.map->levels;
        levels[std::size_t(index)] = value;
        emit levelsMoved(levels, finished);
    });
    connect(m_levelHandles, &ValueSlider::bestRequested, this, &HistogramView::bestRequested);
    installPlotAccessibility();
    setProperty("chartDescription", QString());
    setAccessibleName(tr("Weights before and after quantization"));
    m_lowHandle->setAccessibleName(tr("Lower end of the range"));
    m_highHandle->setAccessibleName(tr("Upper end of the range"));
    setFocusPolicy(Qt::ClickFocus);
    // Nothing behind has to be drawn anew with every movement of a hand.
    setAttribute(Qt::WA_OpaquePaintEvent);
    for (ClipHandle* handle : {m_lowHandle, m_highHandle}) {
        const bool isLow = handle == m_lowHandle;
        handle->hide();
        connect(handle, &ClipHandle::draggedTo, this, [this, isLow](double x, bool finished) {
            moveClip(isLow, m_layout.x.toValue(x), finished);
        });
        connect(handle, &ValueSlider::moved, this, [this, isLow](double value, bool finished) {
            moveClip(isLow, value, finished);
        });
        connect(handle, &ValueSlider::bestRequested, this, &HistogramView::bestRequested);
    }
}

HistogramView::Range HistogramView::fullRange() const
{
    if (!m_content.counts)
        return {};
    const auto& totals = m_content.counts->totals();
    double low = totals.min, high = totals.max;
    if (!(high > low)) {
        // One value only: half of it to either side, or something around zero.
        const double reach = low == 0 ? 1 : std::abs(low) / 2;
        return {low - reach, high + reach};
    }
    // A symmetric range reaches as far to either side: its second handle is shown too, unless that
    // would leave more than a quarter of the picture empty.
    const double reach = std::max(std::abs(low), std::abs(high));
    if (m_content.isSymmetric && m_content.hasHandles && 2 * reach < 1.34 * (high - low)) {
        low = -reach;
        high = reach;
    }
    const double margin = (high - low) * 0.02;
    return {low - margin, high + margin};
}

void HistogramView::setContent(HistogramContent content)
{
    const bool newCounts = content.counts != m_content.counts;
    const bool newShape = newCounts || content.hasCodes() != m_content.hasCodes() || content.dequantized != m_content.dequantized
                       || content.map.has_value() != m_content.map.has_value();
    const bool newLevels = newShape || !content.map
                        || content.map->levels.size() != m_content.map->levels.size();
    m_content = std::move(content);
    if (newCounts) {
        m_ghost.reset();
        m_isZoomed = false;
    }
    const bool newRange = !m_isZoomed && m_range != fullRange();
    if (newRange)
        m_range = fullRange();
    if (newShape || newRange)
        changeLayout();
    else
        chooseScales(newLevels);
    placeHandles();
    describe();
    update();
}

void HistogramView::setCaption(const QString& caption)
{
    m_caption = caption;
    update();
}

void HistogramView::setScale(HistogramScale scale)
{
    if (scale == m_scale)
        return;
    m_scale = scale;
    changeLayout();
    placeHandles();
}

void HistogramView::setVisibleRange(Range range)
{
    const Range full = fullRange();
    const double width = std::clamp(range.high - range.low, (full.high - full.low) * 1e-5, full.high - full.low);
    range.low = std::clamp(range.low, full.low, full.high - width);
    range.high = range.low + width;
    m_isZoomed = width < (full.high - full.low) * (1 - 1e-9);
    m_range = range;
    changeLayout();
    placeHandles();
}

void HistogramView::showEverything()
{
    setVisibleRange(fullRange());
}

void HistogramView::setGhost(std::optional<HistogramGhost> ghost)
{
    m_ghost = std::move(ghost);
    if (!m_ghost)
        chooseScales(true);
    update();
}

void HistogramView::setPrediction(std::optional<double> clip)
{
    m_prediction = clip;
    update();
}

void HistogramView::setMarkedWeight(std::optional<MarkedWeight> marked)
{
    if (marked == m_marked)
        return;
    m_marked = marked;
    update();
}

bool HistogramView::isDragging() const
{
    return m_lowHandle->isDragged() || m_highHandle->isDragged();
}

HistogramFrame HistogramView::frame() const
{
    return {.content = m_content,
            .ghost = m_ghost ? &*m_ghost : nullptr,
            .before = m_before,
            .stored = m_stored ? &*m_stored : nullptr,
            .layout = m_layout,
            .scale = m_scale,
            .top = m_top,
            .floor = m_floor,
            .errorLimit = m_errorLimit,
            .caption = m_caption,
            .prediction = m_prediction,
            .marked = m_marked,
            .errors = m_errors ? &*m_errors : nullptr,
            .errorTop = m_errorTop};
}

void HistogramView::changeLayout()
{
    m_ground = m_hatchedGround = QPixmap();
    if (!m_content.counts)
        return;
    const HistogramScale scale = m_content.hasCodes() ? m_scale : m_scale == HistogramScale::BarPerCode ? HistogramScale::Linear : m_scale;
    m_layout = layOutHistogram(size(), scale, m_range.low, m_range.high);
    const int bins = suitableBins(double(m_content.counts->totals().finite), m_layout.allPanels().width());
    m_before = binnedShares(*m_content.counts, m_range.low, m_range.high, bins);
    m_stored.reset();
    if (m_content.dequantized && !m_content.map)
        m_stored = binnedShares(*m_content.dequantized, m_range.low, m_range.high, bins);
    chooseScales(true);
    update();
}

void HistogramView::measureErrors()
{
    m_errors.reset();
    if (!m_layout.isStaircase || m_before.shares.empty())
        return;
    const int bins = int(m_before.shares.size());
    if (m_content.map)
        m_errors = errorShares(*m_content.counts, *m_content.map, m_range.low, m_range.high, bins);
    else if (m_content.dequantized)
        m_errors = errorShares(*m_content.dequantized, m_range.low, m_range.high, bins);
    if (!m_errors)
        return;
    const double largest = *std::max_element(m_errors->shares.begin(), m_errors->shares.end());
    m_errorTop = largest > 0 ? std::min(1.12, roundUp(largest * 1.3)) : 1;
}

/// The y axis fits the picture when something new is shown, and then stays until the picture would
/// leave it or shrink to a third: numbers that jump under a moving hand cannot be compared.
void HistogramView::chooseScales(bool anew)
{
    if (!m_content.counts)
        return;
    measureErrors();
    const HistogramFrame now = frame();
    const double factor = now.step() / m_before.binWidth();
    const double peak = m_before.shares.empty() ? 1 : *std::max_element(m_before.shares.begin(), m_before.shares.end());
    double largest = peak * factor;
    const auto& perLevel = m_content.error.perLevel;
    if (m_layout.isPerCode()) {
        largest = 0;
        for (const double weights : perLevel)
            largest = std::max(largest, weights / std::max(1.0, m_content.error.count));
    } else if (m_content.map && perLevel.size() > 2) {
        // End stems that hold most of the weights are cut at the top and say their number.
        for (std::size_t i = 1; i + 1 < perLevel.size(); ++i)
            largest = std::max(largest, perLevel[i] / std::max(1.0, m_content.error.count));
        const double ends = std::max(perLevel.front(), perLevel.back()) / std::max(1.0, m_content.error.count);
        largest = std::max(largest, std::min(ends, 2 * largest));
    } else if (m_stored) {
        // A value that many weights share would flatten everything else.
        const double storedPeak = *std::max_element(m_stored->shares.begin(), m_stored->shares.end());
        largest = std::max(largest, std::min(storedPeak * now.step() / m_stored->binWidth(), 2 * largest));
    }
    if (m_scale == HistogramScale::Logarithmic && !m_layout.isPerCode()) {
        const double least = 0.5 / std::max(1.0, double(m_content.counts->totals().finite));
        m_floor = std::pow(10, std::floor(std::log10(std::max(1e-12, std::min(least, least * factor)))));
        const double top = std::pow(10, std::ceil(std::log10(std::clamp(largest * 2.5, m_floor * 10, 1e3))));
        m_top = m_ghost ? std::max(m_top, top) : top;
    } else {
        m_floor = 0;
        const double filled = largest / m_top;
        const bool isFrozen = m_ghost.has_value();   // as long as the present picture fits
        if (filled > 0.93 || (!isFrozen && (anew || filled < 0.3)))
            m_top = m_layout.isPerCode() ? std::min(1.12, roundUp(largest * 1.22)) : roundUp(largest * 1.22);
    }

    double error = m_content.map ? largestInnerError(*m_content.map) * 1.6 : 0;
    if (m_content.map) {
        for (const double end : {std::max(m_range.low, m_content.counts->totals().min),
                                 std::min(m_range.high, m_content.counts->totals().max)})
            error = std::max(error, std::abs(storedValue(*m_content.map, end) - end) * 1.1);
    } else if (m_content.dequantized) {
        for (std::size_t i = 0; i < m_content.dequantized->lowestError.size(); ++i) {
            if (!std::isnan(m_content.dequantized->lowestError[i]))
                error = std::max<double>({error, -1.2 * m_content.dequantized->lowestError[i],
                                          1.2 * m_content.dequantized->highestError[i]});
        }
    }
    if (anew || error > m_errorLimit || error < m_errorLimit * 0.3)
        m_errorLimit = error > 0 ? roundUp(error) : 1;
}

void HistogramView::renderGrounds()
{
    const double ratio = devicePixelRatioF();
    for (QPixmap* pixmap : {&m_ground, &m_hatchedGround}) {
        *pixmap = QPixmap(size() * ratio);
        pixmap->setDevicePixelRatio(ratio);
        pixmap->fill(theme().card);
        QPainter painter(pixmap);
        const HistogramFrame now = frame();
        drawPanelGrounds(painter, now, pixmap == &m_hatchedGround);
        if (!m_layout.isPerCode())
            drawXAxis(painter, now);
    }
}

void HistogramView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (!m_content.counts || m_before.shares.empty()) {
        painter.fillRect(rect(), theme().card);
        return;
    }
    if (m_ground.isNull() || m_ground.devicePixelRatioF() != devicePixelRatioF())
        renderGrounds();
    const HistogramFrame now = frame();
    painter.drawPixmap(0, 0, m_ground);
    if (m_layout.isPerCode()) {
        drawYAxes(painter, now);
        return drawCodes(painter, now);
    }
    if (m_content.map && m_content.hasHandles) {
        // The two grounds differ in the hatching only; what lies outside the handles shows the other.
        const double low = std::clamp(m_layout.x.toPixel(now.clipLow()), m_layout.x.lowPixel, m_layout.x.highPixel);
        const double high = std::clamp(m_layout.x.toPixel(now.clipHigh()), m_layout.x.lowPixel, m_layout.x.highPixel);
        const double ratio = m_ground.devicePixelRatioF();
        const auto reveal = [&](double from, double to) {
            const QRectF area(from, 0, to - from, height());
            painter.drawPixmap(area, m_hatchedGround, QRectF(area.topLeft() * ratio, area.size() * ratio));
        };
        reveal(m_layout.x.lowPixel, std::round(low));
        reveal(std::round(high), m_layout.x.highPixel);
    }
    if (m_layout.isStaircase) {
        const std::vector<QRectF> captions = drawStaircase(painter, now);
        for (ClipHandle* handle : {m_lowHandle, m_highHandle})
            handle->setGaps(captions);
        return drawClipLabels(painter, now);
    }
    drawYAxes(painter, now);
    drawBefore(painter, now);
    drawAfter(painter, now);
    drawError(painter, now);
    drawPrediction(painter, now);
    drawMarkedWeight(painter, now);
    const std::vector<QRectF> captions = drawCaptions(painter, now);
    for (ClipHandle* handle : {m_lowHandle, m_highHandle})
        handle->setGaps(captions);
    drawClipLabels(painter, now);
}

void HistogramView::resizeEvent(QResizeEvent*)
{
    changeLayout();
    placeHandles();
}

void HistogramView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        changeLayout();
        placeHandles();
    }
    QWidget::changeEvent(event);
}

void HistogramView::placeHandles()
{
    const bool hasLevels = m_content.counts && m_content.map && m_content.hasLevelHandles && !m_layout.isPerCode() && !m_layout.isStaircase;
    m_levelHandles->setVisible(hasLevels);
    if (hasLevels) {
        m_levelHandles->setGeometry(int(std::round(m_layout.x.lowPixel)) - LevelHandles::margin, int(std::ceil(m_layout.after.bottom())) + 1,
                                    int(m_layout.after.width()) + 2 * LevelHandles::margin, LevelHandles::heightOfPin);
        m_levelHandles->setLevels(m_content.map->levels, m_layout.x);
    }
    const bool shown = m_content.counts && m_content.map && m_content.hasHandles && !m_layout.isPerCode();
    for (ClipHandle* handle : {m_lowHandle, m_highHandle}) {
        const bool isLow = handle == m_lowHandle;
        const double value = !shown ? 0 : isLow ? m_content.map->clipLow : m_content.map->clipHigh;
        const double x = m_layout.x.toPixel(value);
        const bool inside = x >= m_layout.x.lowPixel - 1 && x <= m_layout.x.highPixel + 1;
        // A hidden widget would lose the mouse: what is dragged stays at the edge.
        const bool visible = shown && (inside || handle->isDragged());
        handle->setVisible(visible);
        if (!visible)
            continue;
        const QRectF panels = m_layout.allPanels();
        const double at = std::clamp(x, m_layout.x.lowPixel, m_layout.x.highPixel);
        handle->setGeometry(int(std::round(at)) - ClipHandle::reach, int(panels.top()), 2 * ClipHandle::reach + 1,
                            int(std::ceil(panels.height())));
        handle->setGripCentre(m_layout.before.top() - panels.top() + m_layout.before.height() * 0.72);
        const auto& totals = m_content.counts->totals();
        const double reach = std::max(std::abs(totals.min), std::abs(totals.max));
        handle->setRange(m_content.isSymmetric && !isLow ? 0 : -reach, m_content.isSymmetric && isLow ? 0 : reach,
                         reach / 200);
        const double clipped = isLow ? m_content.error.clippedLow : m_content.error.clippedHigh;
        handle->setValueText(tr("%1, %2 weights clipped").arg(roundedNumber(value, 4), wholeNumber(clipped)));
        handle->setValue(value);
    }
}

void HistogramView::describe()
{
    if (!m_content.counts)
        return;
    const auto& totals = m_content.counts->totals();
    QString text = tr("%1 weights from %2 to %3.")
                       .arg(wholeNumber(double(totals.count)), roundedNumber(totals.min, 4), roundedNumber(totals.max, 4));
    if (m_content.map) {
        text += u' ' + tr("%1 levels used; %2 weights clipped below, %3 above.")
                           .arg(m_content.error.levelsUsed)
                           .arg(wholeNumber(m_content.error.clippedLow), wholeNumber(m_content.error.clippedHigh));
    }
    setProperty("chartDescription", text);
}

}  // namespace quantoscope
