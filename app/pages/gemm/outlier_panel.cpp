// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/outlier_panel.h"

#include "app/workspace.h"
#include "core/language/model_operands.h"
#include "widgets/controls.h"
#include "widgets/gemm_mark.h"
#include "widgets/line_chart.h"
#include "widgets/plot_text.h"

#include <QHBoxLayout>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

/// A hundred steps a decade, from 1 to 1000.
constexpr int stepsADecade = 100, decades = 3;

constexpr double magnitudes[] = {1, 2, 3, 6, 10, 20, 30, 60, 100, 200, 300, 600, 1000};

}  // namespace

OutlierPanel::OutlierPanel(Workspace& workspace, QWidget* parent)
    : ComputedPanel(tr("Error of the product against the size of outliers"), parent)
    , m_workspace(workspace)
    , m_sweepJob(Pool::Bulk)
    , m_pointJob(Pool::Interactive)
    , m_source(new SegmentedControl(this))
    , m_slider(new QSlider(Qt::Horizontal, this))
    , m_magnitude(new TextLabel({}, 12, QFont::DemiBold, TextTone::Accent, this))
{
    m_source->setAccessibleName(tr("Data"));
    m_source->addSegment(QStringLiteral("synthetic"), tr("made up"), tr("N(0, 1) with three large channels in x"));
    m_source->addSegment(QStringLiteral("model"), tr("open model"), tr("The open matrix with what flows into it while the sample model reads"));
    controls()->addWidget(m_source);
    controls()->addWidget(new TextLabel(tr("three channels of x times"), 12, QFont::Normal, TextTone::Muted, this));
    m_slider->setRange(0, stepsADecade * decades);
    m_slider->setPageStep(10);
    m_slider->setAccessibleName(tr("How much larger the outliers are"));
    controls()->addWidget(m_slider, 1);
    m_magnitude->setMinimumWidth(m_magnitude->fontMetrics().horizontalAdvance(QStringLiteral("1000 ×  ")));
    controls()->addWidget(m_magnitude);
    setTabOrder(m_slider, &chart());

    connect(m_source, &SegmentedControl::chosen, this, [this](const QString& id) {
        m_state.source = id;
        forget();
        emit changed(tr("choose the data"), {});
        emit needed();
    });
    connect(m_slider, &QSlider::valueChanged, this, [this](int step) {
        moveTo(std::pow(10.0, double(step) / stepsADecade));
        emit changed(tr("move the outliers"), QStringLiteral("outliers"));
    });
    connect(&chart(), &LineChart::chosen, this, [this](const QString& id) {
        m_state.treatment = id;
        emit changed(tr("choose a treatment"), QStringLiteral("treatment"));
        refresh();
    });
    connect(&m_workspace, &Workspace::tensorChanged, this, [this] {
        if (m_state.source != QLatin1String("model"))
            return;
        forget();
        ask();
    });
    setState({});
}

void OutlierPanel::setState(const OutlierState& state)
{
    const bool isOther = state.source != m_state.source;
    m_state = state;
    if (isOther)
        forget();
    const QSignalBlocker blocked(m_slider);
    m_slider->setValue(int(std::lround(std::log10(state.magnitude) * stepsADecade)));
    m_source->setCurrent(state.source);
    moveTo(state.magnitude);
    ask();
}

void OutlierPanel::setSeed(quint64 seed)
{
    if (seed == m_seed)
        return;
    m_seed = seed;
    forget();
    ask();
}

void OutlierPanel::forget()
{
    m_sweepJob.cancel();
    m_pointJob.cancel();
    m_sweep.clear();
    m_point.reset();
    m_maker = nullptr;
    refresh();
}

OutlierPanel::Maker OutlierPanel::maker()
{
    if (!m_maker && m_state.source == QLatin1String("model"))
        m_maker = modelOperands(m_workspace.model(), m_workspace.tensor() ? m_workspace.tensor()->name : std::string());
    else if (!m_maker)
        m_maker = [seed = m_seed](double magnitude, const Progress& progress) {
            OutlierData data;
            data.magnitude = magnitude;
            data.seed = seed;
            return makeOutlierOperands(data, progress);
        };
    return m_maker;
}

void OutlierPanel::compute()
{
    if (!m_sweep.empty() || m_sweepJob.isRunning())
        return;
    m_sweepJob.start(
        [make = maker()](const Progress& progress) -> Result<std::vector<OutlierSweepPoint>> {
            std::vector<OutlierSweepPoint> points;
            for (const double magnitude : magnitudes) {
                const auto operands = make(magnitude, progress);
                if (!operands)
                    return tl::unexpected(operands.error());
                auto results = compareTreatments(*operands, {}, progress);
                if (!results)
                    return tl::unexpected(results.error());
                points.push_back({magnitude, std::move(*results)});
            }
            return points;
        },
        [this](Result<std::vector<OutlierSweepPoint>> points) {
            if (points)
                m_sweep = std::move(*points);
            else if (points.error().kind != Error::Kind::Cancelled)
                emit problem(QString::fromStdString(points.error().message));
            refresh();
            emit computed();
        });
    computePoint();
}

void OutlierPanel::moveTo(double magnitude)
{
    m_state.magnitude = magnitude;
    m_magnitude->setText(timesText(magnitude));
    refresh();
    if (isVisible())
        computePoint();
}

void OutlierPanel::computePoint()
{
    m_pointJob.start(
        [make = maker(), magnitude = m_state.magnitude](const Progress& progress) -> Result<OutlierSweepPoint> {
            const auto operands = make(magnitude, progress);
            auto results = operands ? compareTreatments(*operands, {}, progress) : tl::unexpected(operands.error());
            if (!results)
                return tl::unexpected(results.error());
            return OutlierSweepPoint{magnitude, std::move(*results)};
        },
        [this](Result<OutlierSweepPoint> point) {
            if (point)
                m_point = std::move(*point);
            refresh();
            emit computed();
        });
}

void OutlierPanel::refresh()
{
    LineChart::Content content;
    content.across = LineChart::Across::Decades;
    content.xTitle = m_state.source == QLatin1String("model") ? tr("factor on the three largest channels (1: as they are)")
                                                              : tr("size of the outlier channels, the others being 1");
    content.yTitle = tr("error of x·Wᵀ");
    content.isShare = true;
    content.emptyText = m_sweepJob.isRunning() ? tr("Multiplying in every treatment …") : tr("Not computed.");
    for (const OutlierTreatment& treatment : outlierTreatments()) {
        LineChart::Line line{text(treatment.id), text(treatment.name), {}};
        line.isThin = line.id != m_state.treatment;
        for (const OutlierSweepPoint& point : m_sweep)
            for (const TreatmentResult& result : point.results)
                if (result.treatment.id == treatment.id)
                    line.points.emplace_back(point.magnitude, result.productError);
        if (!m_sweep.empty())
            content.lines.push_back(std::move(line));
    }
    content.cursor = m_state.magnitude;
    content.cursorText = timesText(m_state.magnitude);
    QStringList figures;
    if (m_point && m_point->magnitude == m_state.magnitude) {
        for (const TreatmentResult& result : m_point->results) {
            QString figure = tr("%1 %2").arg(text(result.treatment.name), percentText(result.productError));
            if (result.channelsKept > 0)
                figure += tr(" with %1 channels in FP16").arg(result.channelsKept);
            figures << figure;
        }
    }
    content.spoken = figures.join(QStringLiteral("; "));
    const OutlierTreatment* chosen = findOutlierTreatment(m_state.treatment.toStdString());
    setWords((chosen ? text(chosen->name) + QStringLiteral(": ") + text(chosen->sentence) + u' ' : QString())
                    + (figures.isEmpty() ? QString() : tr("Here: %1.").arg(figures.join(QStringLiteral(", ")))));
    chart().setContent(std::move(content));
    chart().setSelected(m_state.treatment);
}

QVariantMap OutlierPanel::readings() const
{
    QVariantMap all{{QStringLiteral("outliers.magnitude"), m_state.magnitude}};
    if (m_point && m_point->magnitude == m_state.magnitude)
        for (const TreatmentResult& result : m_point->results)
            all.insert(QStringLiteral("outliers.") + text(result.treatment.id), result.productError);
    return all;
}

QByteArray OutlierPanel::csv() const
{
    QByteArray table = "magnitude,treatment,productError,activationError,ordinaryError,weightError,channelsKept\n";
    for (const OutlierSweepPoint& point : m_sweep) {
        for (const TreatmentResult& result : point.results) {
            table += csvLine({QString::number(point.magnitude, 'g', 9), text(result.treatment.id)},
                             {result.productError, result.activationError, result.ordinaryError, result.weightError}, {QString::number(result.channelsKept)});
        }
    }
    return m_sweep.empty() ? QByteArray() : table;
}

}  // namespace quantoscope
