// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batch_plot.h"

#include "widgets/gemm_mark.h"
#include "widgets/house_plot.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QCPScatterStyle scatterOf(GemmMark mark, const QColor& colour)
{
    const auto shape = mark == GemmMark::Float   ? QCPScatterStyle::ssCircle
                     : mark == GemmMark::Integer ? QCPScatterStyle::ssSquare
                                                 : QCPScatterStyle::ssDiamond;
    return QCPScatterStyle(shape, QPen(colour, 1.2), QBrush(colour), 6);
}

}  // namespace

std::optional<double> crossoverOf(const BatchLine& line)
{
    for (std::size_t i = 1; i < line.points.size(); ++i) {
        const auto [m0, s0] = line.points[i - 1];
        const auto [m1, s1] = line.points[i];
        if (s0 > 1 && s1 <= 1) {
            const double share = std::log(s0) / (std::log(s0) - std::log(s1));
            return std::exp(std::log(m0) + share * (std::log(m1) - std::log(m0)));
        }
    }
    return std::nullopt;
}

BatchPlot::BatchPlot(QWidget* parent)
    : QWidget(parent)
    , m_plot(makeHousePlot(this))
{
    installPlotAccessibility();
    setProperty("chartDescription", QString());   // Before the name, which may make the interface for a listening screen reader.
    setAccessibleName(tr("Speed against batch size"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setPowerTicks(*m_plot->xAxis, 4);
    setPowerTicks(*m_plot->yAxis, 2, " ×");
    m_plot->xAxis->setLabel(tr("M: rows (tokens) at once"));
    m_plot->hide();
}

void BatchPlot::setLines(std::vector<BatchLine> lines, const QString& baseline)
{
    m_lines = std::move(lines);
    m_baseline = baseline;
    QStringList texts;
    for (const BatchLine& line : m_lines) {
        if (const auto crossover = crossoverOf(line))
            texts << tr("%1 stops paying at M = %2").arg(line.name, wholeNumber(std::round(*crossover)));
    }
    setProperty("chartDescription", texts.join(QStringLiteral("; ")));
    redraw();
}

void BatchPlot::redraw()
{
    m_plot->setVisible(!m_lines.empty());
    if (m_lines.empty()) {
        update();
        return;
    }
    applyTheme(*m_plot);
    m_plot->clearPlottables();
    m_plot->clearItems();
    double low = 0.5, high = 2, lastM = 4;
    for (const BatchLine& line : m_lines) {
        for (const auto& [m, speed] : line.points) {
            low = std::min(low, speed);
            high = std::max(high, speed);
            lastM = std::max(lastM, m);
        }
    }
    low = std::max(std::exp2(std::floor(std::log2(low))), 1.0 / 16);   // What is slower still leaves the picture.
    // Room at the right for the names: a third of the axis, in doublings.
    m_plot->xAxis->setRange(1, std::pow(lastM, 1.32));
    m_plot->yAxis->setRange(low, std::exp2(std::ceil(std::log2(high))));
    drawBaseline(lastM, low);
    for (const BatchLine& line : m_lines) {
        const QColor colour = colourOf(line.mark);
        auto* graph = m_plot->addGraph();
        graph->setPen(QPen(colour, theme().stroke));
        graph->setScatterStyle(scatterOf(line.mark, colour));
        for (const auto& [m, speed] : line.points)
            graph->addData(m, speed);
    }
    // Where the axes come to lie decides where the names stand: laid out first, drawn once.
    for (const auto phase : {QCPLayoutElement::upPreparation, QCPLayoutElement::upMargins, QCPLayoutElement::upLayout})
        m_plot->plotLayout()->update(phase);
    drawCrossover(lastM);
    drawNames(lastM);
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
}

/// The line at 1 ×, and hatching below it: not by colour alone.
void BatchPlot::drawBaseline(double lastM, double low)
{
    auto* one = m_plot->addGraph();
    one->setPen(QPen(theme().text, 1.4));
    one->addData(1, 1);
    one->addData(lastM, 1);
    QColor hatch = theme().error;
    hatch.setAlphaF(0.35f);
    auto* slower = new QCPItemRect(m_plot);
    slower->topLeft->setCoords(1, 1);
    slower->bottomRight->setCoords(lastM, low);
    slower->setPen(Qt::NoPen);
    slower->setBrush(QBrush(hatch, Qt::BDiagPattern));
}

/// Where the last weight-only kernel stops paying: left of it memory limits, and fewer bytes a weight help;
/// right of it arithmetic does, and decoding costs.
void BatchPlot::drawCrossover(double lastM)
{
    const BatchLine* last = nullptr;
    double at = 0;
    for (const BatchLine& line : m_lines) {
        const auto crossover = line.mark == GemmMark::WeightOnly ? crossoverOf(line) : std::nullopt;
        if (crossover && *crossover > at) {
            at = *crossover;
            last = &line;
        }
    }
    if (!last)
        return;
    auto* edge = new QCPItemLine(m_plot);
    edge->setPen(QPen(theme().error, 1.4, Qt::DashLine));
    edge->start->setCoords(at, m_plot->yAxis->range().lower);
    edge->end->setCoords(at, m_plot->yAxis->range().upper);
    const QRect area = m_plot->axisRect()->rect();
    const double pixel = m_plot->xAxis->coordToPixel(at), end = m_plot->xAxis->coordToPixel(lastM);
    const auto write = [&](const QString& words, double x, double y, Qt::Alignment alignment, const QColor& colour, QFont::Weight weight) {
        auto* label = new QCPItemText(m_plot);
        label->position->setType(QCPItemPosition::ptAbsolute);
        label->position->setCoords(x, y);
        label->setPositionAlignment(alignment);
        label->setText(words);
        label->setFont(uiFont(11, weight));
        label->setColor(colour);
        label->setClipToAxisRect(false);
    };
    // On the side that has more room.
    const bool isLeft = pixel > area.center().x();
    write(tr("%1 stops paying at M = %2").arg(last->name, wholeNumber(std::round(at))), pixel + (isLeft ? -6 : 6), area.top() + 1,
          (isLeft ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop, theme().error, QFont::DemiBold);
    const double bottom = area.bottom() - 3;
    const QFontMetricsF metrics(uiFont(11));
    const QString memory = tr("memory limits"), arithmetic = tr("arithmetic limits");
    if (pixel - area.left() > metrics.horizontalAdvance(memory) + 12)
        write(memory, pixel - 6, bottom, Qt::AlignRight | Qt::AlignBottom, theme().text, QFont::Normal);
    if (end - pixel > metrics.horizontalAdvance(arithmetic) + 12)
        write(arithmetic, pixel + 6, bottom, Qt::AlignLeft | Qt::AlignBottom, theme().text, QFont::Normal);
}

/// Names at the ends of the lines; where ends meet they move apart.
void BatchPlot::drawNames(double lastM)
{
    struct Name { double pixel; QString text; QColor colour; };
    std::vector<Name> names{{m_plot->yAxis->coordToPixel(1), m_baseline, theme().text}};
    for (const BatchLine& line : m_lines) {
        if (!line.points.empty())
            names.push_back({m_plot->yAxis->coordToPixel(line.points.back().second), line.name, colourOf(line.mark)});
    }
    const QFont font = uiFont(11, QFont::DemiBold);
    const double height = QFontMetricsF(font).height();
    // Where not all fit below each other the names of what is asked about stay: weights only, and what they are compared with.
    if (double(names.size()) * height > m_plot->axisRect()->height() + height) {
        std::erase_if(names, [this](const Name& name) {
            const auto line = std::ranges::find(m_lines, name.text, &BatchLine::name);
            return line != m_lines.end() && line->mark != GemmMark::WeightOnly;
        });
    }
    std::ranges::sort(names, {}, &Name::pixel);
    for (std::size_t i = 1; i < names.size(); ++i)
        names[i].pixel = std::max(names[i].pixel, names[i - 1].pixel + height);
    const double excess = std::max(0.0, names.back().pixel + height / 2 - m_plot->axisRect()->bottom());
    for (const Name& name : names) {
        auto* label = new QCPItemText(m_plot);
        label->setClipToAxisRect(false);
        label->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        label->position->setType(QCPItemPosition::ptAbsolute);
        label->position->setCoords(m_plot->xAxis->coordToPixel(lastM) + 8, name.pixel - excess);
        label->setText(name.text);
        label->setFont(font);
        label->setColor(name.colour);
    }
}

void BatchPlot::paintEvent(QPaintEvent*)
{
    if (!m_lines.empty())
        return;
    QPainter painter(this);
    painter.setFont(uiFont(12));
    painter.setPen(theme().muted);
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("With one row of x the bytes of the weights take the time, and fewer bits pay; with many rows arithmetic does, and unpacking costs. Measured here, the lines show where the one becomes the other."));
}

void BatchPlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_plot->setGeometry(rect());
    redraw();
}

void BatchPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        redraw();
}

}  // namespace quantoscope
