// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/weight_histogram.h"

#include "widgets/histogram_content.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr double deviations = 6;   // Beyond them a weight is called an outlier.

/// A power of ten as a share: "10 %", "0.1 %", "10⁻⁵ %".
QString percentPower(double share)
{
    const int exponent = int(std::lround(std::log10(share))) + 2;
    const QString number = exponent < -2 ? QStringLiteral("10") + superscript(exponent)
                                         : fixedNumber(std::pow(10, exponent), std::max(0, -exponent));
    return number + QChar(0x202F) + u'%';
}

}  // namespace

struct WeightHistogram::Frame {
    QRectF plot;
    double rangeLane = 0;      ///< Height of one lane of levels.
    double deviationTop = 0;   ///< Where the words about σ stand.
    AxisScale x, y;
    BinnedShares bins;
    double low6 = 0, high6 = 0;
};

WeightHistogram::WeightHistogram(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setAccessibleName(tr("Histogram of the weights"));
}

void WeightHistogram::setContent(std::shared_ptr<const ValueCounts> counts, std::optional<Summary> summary,
                                 std::vector<LevelRange> ranges)
{
    m_counts = std::move(counts);
    m_summary = std::move(summary);
    m_ranges = std::move(ranges);
    QStringList words;
    if (m_summary)
        words << tr("from %1 to %2, standard deviation %3, %4 outliers beyond six of them")
                     .arg(roundedNumber(m_summary->min, 4), roundedNumber(m_summary->max, 4),
                          roundedNumber(m_summary->standardDeviation, 3), wholeNumber(double(m_summary->outliers)));
    for (const LevelRange& range : m_ranges)
        words << tr("%1 from %2 to %3").arg(range.words, roundedNumber(range.low, 3), roundedNumber(range.high, 3));
    setProperty("chartDescription", words.join(QStringLiteral("; ")));
    update();
}

void WeightHistogram::setNote(const QString& note)
{
    m_note = note;
    update();
}

WeightHistogram::Frame WeightHistogram::frame() const
{
    Frame f;
    const QFontMetrics small(uiFont(11));
    const double line = small.height();
    const double left = small.horizontalAdvance(QStringLiteral("0.01 %")) + 10.0;
    f.rangeLane = line + 10;
    const auto& totals = m_counts->totals();
    f.low6 = m_summary ? m_summary->mean - deviations * m_summary->standardDeviation : totals.min;
    f.high6 = m_summary ? m_summary->mean + deviations * m_summary->standardDeviation : totals.max;
    const bool hasDeviations = f.low6 > totals.min || f.high6 < totals.max;
    const double axisRoom = 2 * line + 12;
    f.deviationTop = f.rangeLane * double(m_ranges.size());
    const double top = f.deviationTop + (hasDeviations ? line + 4 : 4);
    f.plot = QRectF(left, top, width() - left - 6, height() - top - axisRoom);

    // Ranges that reach further than the weights are shown whole, unless they would squeeze them.
    double low = totals.min, high = totals.max;
    const double span = high - low;
    for (const LevelRange& range : m_ranges) {
        low = std::max(std::min(low, range.low), totals.min - span * 0.25);
        high = std::min(std::max(high, range.high), totals.max + span * 0.25);
    }
    if (!(high > low)) {
        const double reach = high == 0 ? 1 : std::abs(high) * 0.5;
        low -= reach;
        high += reach;
    }
    f.x = {low, high, f.plot.left() + 6, f.plot.right() - 6, false};
    const int bins = suitableBins(double(totals.finite), f.plot.width());
    f.bins = binnedShares(*m_counts, low, high, bins);
    const double highest = *std::ranges::max_element(f.bins.shares);
    const double single = 1 / std::max(1.0, double(totals.finite));
    // At least a decade, downwards: no share is above all.
    f.y = {std::min(single / 2.5, highest / 10), highest * 1.3, f.plot.bottom(), f.plot.top(), true};
    return f;
}

void WeightHistogram::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    if (!m_counts || m_counts->totals().finite == 0) {
        painter.setFont(uiFont(12));
        painter.setPen(t.muted);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_note);
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const Frame f = frame();
    drawAxes(painter, f);
    drawBars(painter, f);
    drawDeviations(painter, f);
    drawRanges(painter, f);
}

void WeightHistogram::drawAxes(QPainter& painter, const Frame& f) const
{
    const Theme& t = theme();
    const QFont small = uiFont(11);
    const QFontMetrics metrics(small);
    painter.setFont(small);
    const int room = std::max(2, int(f.plot.height() / 34));
    for (const AxisTick& tick : logarithmicTicks(f.y.low, f.y.high, room)) {
        const double y = std::round(f.y.toPixel(tick.value)) + 0.5;
        painter.setPen(QPen(t.grid, 1));
        if (!tick.label.isEmpty())
            painter.drawLine(QPointF(f.plot.left(), y), QPointF(f.plot.right(), y));
        painter.setPen(t.muted);
        painter.drawText(QRectF(0, y - 10, f.plot.left() - 7, 20), Qt::AlignRight | Qt::AlignVCenter,
                         tick.label.isEmpty() ? QString() : percentPower(tick.value));
    }
    const double base = std::round(f.plot.bottom()) + 0.5;
    for (const AxisTick& tick : linearTicks(f.x.low, f.x.high, std::max(2, int(f.plot.width() / 46)))) {
        const double x = std::round(f.x.toPixel(tick.value)) + 0.5;
        painter.setPen(QPen(t.axis, 1));
        painter.drawLine(QPointF(x, base), QPointF(x, base + 4));
        const double wide = metrics.horizontalAdvance(tick.label) + 2.0;
        const double left = std::clamp(x - wide / 2, 0.0, width() - wide);
        painter.setPen(t.muted);
        painter.drawText(QRectF(left, base + 5, wide, metrics.height()), Qt::AlignCenter, tick.label);
    }
    const auto& totals = m_counts->totals();
    const QString ends = tr("min %1 · max %2").arg(roundedNumber(totals.min, 4), roundedNumber(totals.max, 4));
    const QString whole = tr("weight · %1 · share per bin").arg(ends);
    const QString caption = metrics.horizontalAdvance(whole) < width() ? whole : ends;
    painter.setPen(t.text);
    painter.drawText(QRectF(0, base + 7 + metrics.height(), width(), metrics.height() + 2), Qt::AlignCenter,
                     metrics.elidedText(caption, Qt::ElideRight, width()));
}

void WeightHistogram::drawBars(QPainter& painter, const Frame& f) const
{
    const Theme& t = theme();
    const auto& shares = f.bins.shares;
    const double floor = f.plot.bottom();
    QPainterPath line(QPointF(f.x.toPixel(f.bins.low), floor));
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const double left = f.x.toPixel(f.bins.low + double(i) * f.bins.binWidth());
        const double right = f.x.toPixel(f.bins.low + double(i + 1) * f.bins.binWidth());
        const double top = shares[i] > 0 ? f.y.toPixel(shares[i]) : floor;
        line.lineTo(left, top);
        line.lineTo(right, top);
    }
    line.lineTo(f.x.toPixel(f.bins.high), floor);
    QColor fill = t.original;
    fill.setAlphaF(t.isDark ? 0.38f : 0.34f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPath(line);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.original, std::min(1.3, t.stroke), Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.drawPath(line);

    // Outliers: the same outline filled with vermilion and hatched, beyond six deviations.
    painter.save();
    QPainterPath beyond;
    const double lowEdge = f.x.toPixel(f.low6), highEdge = f.x.toPixel(f.high6);
    if (lowEdge > f.plot.left())
        beyond.addRect(QRectF(QPointF(f.plot.left(), f.plot.top()), QPointF(lowEdge, floor)));
    if (highEdge < f.plot.right())
        beyond.addRect(QRectF(QPointF(highEdge, f.plot.top()), QPointF(f.plot.right(), floor)));
    if (!beyond.isEmpty()) {
        painter.setClipPath(beyond.intersected(line), Qt::IntersectClip);
        QColor tint = t.error;
        tint.setAlphaF(0.30f);
        painter.fillRect(f.plot, tint);
        fillHatched(painter, f.plot, t.error);
    }
    painter.restore();
    painter.setPen(QPen(t.axis, 1));
    painter.drawLine(QPointF(f.plot.left(), std::round(floor) + 0.5), QPointF(f.plot.right(), std::round(floor) + 0.5));
}

void WeightHistogram::drawDeviations(QPainter& painter, const Frame& f) const
{
    const Theme& t = theme();
    const QFont small = uiFont(11, QFont::Medium);
    const QFontMetrics metrics(small);
    painter.setFont(small);
    const auto& totals = m_counts->totals();
    const auto mark = [&](double value, const QString& words) {
        const double x = std::round(f.x.toPixel(value)) + 0.5;
        painter.setPen(QPen(t.error, 1.2, Qt::DashLine));
        painter.drawLine(QPointF(x, f.plot.top() - 2), QPointF(x, f.plot.bottom()));
        const double wide = metrics.horizontalAdvance(words) + 2.0;
        const double left = std::clamp(x - wide / 2, f.plot.left(), f.plot.right() - wide);
        painter.setPen(t.error);
        painter.drawText(QRectF(left, f.deviationTop, wide, metrics.height()), Qt::AlignCenter, words);
    };
    if (f.low6 > totals.min)
        mark(f.low6, QStringLiteral("−6 σ"));
    if (f.high6 < totals.max)
        mark(f.high6, QStringLiteral("+6 σ"));
}

/// A bracket from the lowest to the highest level, a tick at each, and its words in the same lane.
void WeightHistogram::drawRanges(QPainter& painter, const Frame& f) const
{
    const Theme& t = theme();
    const QFont small = uiFont(11, QFont::Medium);
    const QFontMetrics metrics(small);
    painter.setFont(small);
    double top = 0;
    for (const LevelRange& range : m_ranges) {
        const QColor ink = range.isWarning ? t.error : t.quantized;
        const double y = std::round(top + metrics.height() + 5) + 0.5;
        const double left = std::max(f.plot.left(), f.x.toPixel(range.low));
        const double right = std::min(f.plot.right(), f.x.toPixel(range.high));
        painter.setPen(QPen(ink, t.stroke));
        painter.drawLine(QPointF(left, y), QPointF(right, y));
        // Levels beyond the picture have no end mark there: the line runs out of it.
        const bool areFew = !range.levels.empty() && double(range.levels.size()) * 3 < right - left;
        for (std::size_t i = 0; i < range.levels.size(); ++i) {
            const bool isEnd = i == 0 || i + 1 == range.levels.size();
            const double x = std::round(f.x.toPixel(range.levels[i])) + 0.5;
            if ((areFew || isEnd) && x >= f.plot.left() - 1 && x <= f.plot.right() + 1)
                painter.drawLine(QPointF(x, y - (isEnd ? 5 : 3)), QPointF(x, y + (isEnd ? 5 : 3)));
        }
        if (range.levels.empty())
            for (const double x : {left, right})
                painter.drawLine(QPointF(x, y - 5), QPointF(x, y + 5));
        const bool isTight = metrics.horizontalAdvance(range.words) + 2 > f.plot.width();
        const QString& words = isTight ? range.shortWords : range.words;
        const double wide = metrics.horizontalAdvance(words) + 2.0;
        const double middle = std::clamp((left + right) / 2, f.plot.left() + wide / 2, std::max(f.plot.left() + wide / 2, f.plot.right() - wide / 2));
        painter.setPen(ink);
        painter.drawText(QRectF(middle - wide / 2, top - 1, wide, metrics.height()), Qt::AlignCenter, words);
        top += f.rangeLane;
    }
}

}  // namespace quantoscope
