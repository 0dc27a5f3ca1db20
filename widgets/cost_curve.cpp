// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cost_curve.h"

#include "widgets/clip_slider.h"
#include "widgets/label_placer.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace quantoscope {

CostCurve::CostCurve(QWidget* parent)
    : QWidget(parent)
    , m_slider(new ClipSlider(this))
{
    setProperty("chartDescription", QString());
    setAccessibleName(tr("SQNR against clip"));
    m_slider->setAccessibleName(tr("Clip"));
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    connect(m_slider, &ValueSlider::moved, this, &CostCurve::clipMoved);
    connect(m_slider, &ValueSlider::bestRequested, this, &CostCurve::bestRequested);
}

void CostCurve::setCurve(std::vector<ClipCost> curve, double largest, const QString& axisTitle)
{
    m_curve = std::move(curve);
    // A curve reaches infinity where every value is a level; it is drawn as far as numbers go.
    std::erase_if(m_curve, [](const ClipCost& point) { return !std::isfinite(point.sqnrDb); });
    m_largest = largest > 0 ? largest : 1;
    m_axisTitle = axisTitle;
    m_slider->setRange(0, m_largest, m_largest / 200);
    m_slider->setVisible(!m_curve.empty());
    changeLayout();
}

void CostCurve::setMarks(std::vector<CostMark> marks)
{
    m_marks = std::move(marks);
    changeLayout();
    QString text;
    for (const CostMark& mark : m_marks)
        text += tr("%1: %2 dB at %3. ").arg(mark.label, decibelText(mark.sqnrDb), roundedNumber(mark.clip, 4));
    setProperty("chartDescription", text.trimmed());
}

void CostCurve::setPresent(double clip, double sqnrDb, bool isByHand)
{
    m_presentClip = clip;
    m_presentSqnrDb = sqnrDb;
    m_isByHand = isByHand;
    m_slider->setValue(clip);
    update();
}

void CostCurve::setPrediction(std::optional<double> clip)
{
    m_prediction = clip;
    update();
}

double CostCurve::bestSqnrDb() const
{
    double best = -INFINITY;
    for (const CostMark& mark : m_marks)
        best = std::max(best, mark.sqnrDb);
    for (const ClipCost& point : m_curve)
        best = std::max(best, point.sqnrDb);
    return best;
}

QPointF CostCurve::pointOf(double clip, double sqnrDb) const
{
    return {m_x.toPixel(clip), m_y.toPixel(std::clamp(sqnrDb, m_y.low, m_y.high))};
}

void CostCurve::changeLayout()
{
    m_ground = QPixmap();
    const QFontMetricsF label(uiFont(12)), small(uiFont(12, QFont::Medium));
    double highest = -INFINITY, lowest = INFINITY;
    for (const ClipCost& point : m_curve)
        highest = std::max(highest, point.sqnrDb);
    for (const CostMark& mark : m_marks) {
        if (std::isfinite(mark.sqnrDb)) {
            highest = std::max(highest, mark.sqnrDb);
            lowest = std::min(lowest, mark.sqnrDb);
        }
    }
    if (!std::isfinite(highest))
        highest = 1;
    // The steep beginning, where nearly everything is clipped, is left out: it would flatten the rest.
    lowest = std::min(lowest, highest - 9);
    const double step = highest - lowest > 40 ? 10 : highest - lowest > 20 ? 5 : 4;
    const double yHigh = std::ceil((highest + 0.4) / step) * step, yLow = std::floor((lowest - 0.2) / step) * step;

    const double left = std::max<double>(ClipSlider::margin, label.horizontalAdvance(fixedNumber(yHigh, 0)) + space::small + 2);
    const double top = small.height() + 16;
    const double bottom = height() - 2 * label.height() - 14;
    m_plot = QRectF(left, top, std::max(20.0, width() - left - ClipSlider::margin), std::max(20.0, bottom - top));
    m_x = {0, m_largest, m_plot.left(), m_plot.right(), false};
    m_y = {yLow, yHigh, m_plot.bottom(), m_plot.top(), false};
    m_slider->setGeometry(int(m_plot.left()) - ClipSlider::margin, int(m_plot.bottom()) - ClipSlider::margin,
                          int(m_plot.width()) + 2 * ClipSlider::margin, 2 * ClipSlider::margin);
    placeLabels();
    update();
}

/// Labels stand in one row over the plot, each as near to its mark as its neighbours allow; those of
/// marks at the same place follow the order of the table. Where the row is full, the last ones go.
void CostCurve::placeLabels()
{
    m_labels.clear();
    const QFontMetricsF metrics(uiFont(11, QFont::Medium));
    std::vector<std::size_t> order;
    double total = 0;
    const double gap = 8;
    // The best and the widest are named first where not all fit.
    std::vector<std::size_t> byImportance(m_marks.size());
    std::iota(byImportance.begin(), byImportance.end(), std::size_t{0});
    double best = -INFINITY;
    for (const CostMark& mark : m_marks)
        best = std::max(best, mark.sqnrDb);
    std::stable_partition(byImportance.begin(), byImportance.end(), [&](std::size_t i) {
        return m_marks[i].sqnrDb == best || m_marks[i].clip >= m_largest * (1 - 1e-9);
    });
    for (const std::size_t i : byImportance) {
        const double needed = metrics.horizontalAdvance(m_marks[i].label) + gap;
        if (total + needed > width() + gap)
            continue;
        total += needed;
        order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return m_marks[a].clip < m_marks[b].clip; });
    double next = 0;
    for (const std::size_t i : order) {
        const double labelWidth = metrics.horizontalAdvance(m_marks[i].label);
        const double left = std::max(next, m_x.toPixel(m_marks[i].clip) - labelWidth / 2);
        m_labels.push_back({i, QRectF(left, 0, labelWidth, metrics.height())});
        next = left + labelWidth + gap;
    }
    double limit = width();
    for (auto label = m_labels.rbegin(); label != m_labels.rend(); ++label) {
        if (label->area.right() > limit)
            label->area.moveRight(limit);
        limit = label->area.left() - gap;
    }
}

void CostCurve::renderGround()
{
    const Theme& t = theme();
    const double ratio = devicePixelRatioF();
    m_ground = QPixmap(size() * ratio);
    m_ground.setDevicePixelRatio(ratio);
    m_ground.fill(t.card);
    QPainter painter(&m_ground);
    painter.setFont(uiFont(12));
    const QFontMetricsF metrics(painter.font());
    for (const AxisTick& tick : linearTicks(m_y.low, m_y.high, std::max(2, int(m_plot.height() / 40)))) {
        const double y = std::round(m_y.toPixel(tick.value));
        painter.fillRect(QRectF(m_plot.left(), y, m_plot.width(), 1), t.grid);
        painter.setPen(t.muted);
        painter.drawText(QPointF(m_plot.left() - 8 - metrics.horizontalAdvance(tick.label), y + metrics.capHeight() / 2),
                         tick.label);
    }
    for (const AxisTick& tick : linearTicks(0, m_largest, std::max(2, int(m_plot.width() / 56)))) {
        const double width = metrics.horizontalAdvance(tick.label);
        painter.drawText(QPointF(std::min(m_x.toPixel(tick.value) - width / 2, this->width() - width),
                                 m_plot.bottom() + 10 + metrics.ascent()), tick.label);
    }
    painter.drawText(QPointF(m_plot.center().x() - metrics.horizontalAdvance(m_axisTitle) / 2,
                             m_plot.bottom() + 12 + metrics.height() + metrics.ascent()), m_axisTitle);

    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(uiFont(11, QFont::Medium));
    for (const PlacedLabel& label : m_labels) {
        const CostMark& mark = m_marks[label.mark];
        const QPointF point = pointOf(mark.clip, mark.sqnrDb);
        painter.setPen(QPen(t.axis, 1));
        painter.drawPolyline(QPolygonF{{QPointF(label.area.center().x(), label.area.bottom() + 1),
                                        QPointF(point.x(), m_plot.top() - 2), point}});
        painter.setPen(t.text);
        painter.drawText(label.area, Qt::AlignCenter, mark.label);
    }
    painter.save();
    painter.setClipRect(m_plot.adjusted(-2, -2, 2, 0));
    QPolygonF line;
    for (const ClipCost& point : m_curve)
        line << QPointF(m_x.toPixel(point.clip), m_y.toPixel(point.sqnrDb));
    painter.setPen(QPen(t.text, t.stroke + 0.4));
    painter.drawPolyline(line);
    painter.restore();
    painter.setPen(QPen(t.text, t.stroke + 0.3));
    painter.setBrush(t.card);
    for (const CostMark& mark : m_marks)
        painter.drawEllipse(pointOf(mark.clip, mark.sqnrDb), 4, 4);
}

void CostCurve::drawPresent(QPainter& painter) const
{
    const Theme& t = theme();
    if (!std::isfinite(m_presentSqnrDb))
        return;
    const QPointF at = pointOf(m_presentClip, m_presentSqnrDb);
    const double best = bestSqnrDb();
    const double below = best - m_presentSqnrDb;
    // No text lies on a mark, on the diamond or on the other text.
    LabelPlacer placer(m_plot.adjusted(0, 0, 0, -10));
    const auto block = [&placer](const QPointF& centre, double reach) {
        placer.block(QRectF(centre - QPointF(reach, reach), QSizeF(2 * reach, 2 * reach)));
    };
    for (const CostMark& mark : m_marks)
        block(pointOf(mark.clip, mark.sqnrDb), 6);
    block(at, 7);
    const auto label = [&](const QPointF& beside, double distance, const QString& text, const QColor& colour) {
        painter.setFont(uiFont(12, QFont::DemiBold));
        const QFontMetricsF metrics(painter.font());
        const QRectF area = placer.place(beside, distance, {metrics.horizontalAdvance(text) + 4, metrics.height() - 1});
        QColor ground = theme().card;
        ground.setAlphaF(0.85f);
        painter.fillRect(area, ground);
        painter.setPen(colour);
        painter.drawText(area, Qt::AlignCenter, text);
    };
    if (m_isByHand && below >= 0.05) {
        // How much was given away, from here up to the best.
        auto top = std::max_element(m_curve.begin(), m_curve.end(),
                                    [](const ClipCost& a, const ClipCost& b) { return a.sqnrDb < b.sqnrDb; });
        const double y = m_y.toPixel(best);
        if (top != m_curve.end()) {
            painter.setPen(QPen(t.faint, 1, Qt::DashLine));
            painter.drawLine(QPointF(at.x(), y), QPointF(m_x.toPixel(top->clip), y));
        }
        painter.setPen(QPen(t.error, 2));
        painter.drawLine(QPointF(at.x(), at.y()), QPointF(at.x(), y));
        placer.block(QRectF(at.x() - 3, y, 6, at.y() - y));
        label({at.x(), (at.y() + y) / 2}, 5, QStringLiteral("−") + fixedNumber(below, 1), t.error);
    }
    QPolygonF diamond{{at + QPointF(0, -6), at + QPointF(6, 0), at + QPointF(0, 6), at + QPointF(-6, 0)}};
    painter.setPen(QPen(t.card, 1));
    painter.setBrush(t.accent);
    painter.drawPolygon(diamond);
    if (m_isByHand)
        label(at, 8, tr("by hand"), t.text);
}

void CostCurve::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_curve.empty()) {
        painter.fillRect(rect(), theme().card);
        return;
    }
    if (m_ground.isNull() || m_ground.devicePixelRatioF() != devicePixelRatioF())
        renderGround();
    painter.drawPixmap(0, 0, m_ground);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_prediction) {
        const double x = m_x.toPixel(std::clamp(*m_prediction, 0.0, m_largest));
        painter.setPen(QPen(theme().prediction, 2, Qt::DashLine));
        painter.drawLine(QPointF(x, m_plot.top()), QPointF(x, m_plot.bottom()));
    }
    drawPresent(painter);
}

void CostCurve::resizeEvent(QResizeEvent*)
{
    changeLayout();
}

void CostCurve::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        changeLayout();
    QWidget::changeEvent(event);
}

std::optional<std::size_t> CostCurve::markAt(const QPointF& position) const
{
    for (const PlacedLabel& label : m_labels) {
        if (label.area.adjusted(-3, -3, 3, 3).contains(position))
            return label.mark;
    }
    for (std::size_t i = 0; i < m_marks.size(); ++i) {
        if (QLineF(pointOf(m_marks[i].clip, m_marks[i].sqnrDb), position).length() <= 9)
            return i;
    }
    return {};
}

void CostCurve::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return event->ignore();
    if (const auto mark = markAt(event->position()))
        emit markChosen(m_marks[*mark].id);
    else if (!m_curve.empty() && m_plot.contains(event->position()))
        m_slider->moveTo(m_x.toValue(event->position().x()), true);
}

void CostCurve::mouseMoveEvent(QMouseEvent* event)
{
    setCursor(markAt(event->position()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

}  // namespace quantoscope
