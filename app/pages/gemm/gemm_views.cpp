// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GemmFigure below its picture: where the error comes from, error against K, outliers, the ladder.
#include "app/pages/gemm/gemm_figure.h"

#include "app/pages/gemm/growth_panel.h"
#include "app/pages/gemm/ladder_panel.h"
#include "app/pages/gemm/outlier_panel.h"
#include "widgets/card_deck.h"
#include "widgets/controls.h"
#include "widgets/error_split_plot.h"
#include "widgets/plot_text.h"
#include "widgets/roofline_plot.h"

namespace quantoscope {

void GemmFigure::buildViews()
{
    m_views = new CardDeck(this);
    m_split = new ErrorSplitPlot(m_views);
    m_growth = new GrowthPanel(m_views);
    m_outliers = new OutlierPanel(m_workspace, m_views);
    m_ladder = new LadderPanel(m_views);
    m_views->addPanel(QStringLiteral("split"), tr("Where the error comes from"), m_split);
    m_views->addPanel(QStringLiteral("growth"), tr("Error against K"), m_growth);
    m_views->addPanel(QStringLiteral("outliers"), tr("Outliers"), m_outliers);
    m_views->addPanel(QStringLiteral("ladder"), tr("Ladder of kernels"), m_ladder);
    m_views->setSubtitle(QStringLiteral("split"), tr("■ rounding  ○ sums  | bound"));
    m_views->setSubtitle(QStringLiteral("growth"), tr("hollow: a model of a matrix unit"));
    m_views->setSubtitle(QStringLiteral("outliers"), tr("quantization alone, against FP64"));
    m_views->setSubtitle(QStringLiteral("ladder"), tr("FP32, from three loops to a library"));
    m_views->setTabbed(true);
}

void GemmFigure::connectViews()
{
    connect(m_views, &CardDeck::chosen, this, [this](const QString& id) {
        m_state.view = id;
        arrange();
        change(tr("show %1").arg(id), QStringLiteral("view"));
    });
    connect(m_growth, &GrowthPanel::changed, this, [this](const QString& what, const QString& mergeKey) {
        m_state.growth = m_growth->state();
        change(what, mergeKey);
    });
    connect(m_outliers, &OutlierPanel::changed, this, [this](const QString& what, const QString& mergeKey) {
        m_state.outliers = m_outliers->state();
        change(what, mergeKey);
    });
    const auto showAnswer = [this] {
        emit readingsChanged();
        settle();
    };
    connect(m_growth, &GrowthPanel::computed, this, showAnswer);
    connect(m_outliers, &OutlierPanel::computed, this, showAnswer);
    connect(m_growth, &GrowthPanel::problem, this, &Figure::problem);
    connect(m_outliers, &OutlierPanel::problem, this, &Figure::problem);
    connect(m_growth, &GrowthPanel::needed, this, &GemmFigure::computeViews);
    connect(m_outliers, &OutlierPanel::needed, this, &GemmFigure::computeViews);
    connect(m_ladder, &LadderPanel::chosen, this, [this](const QString& id) {
        m_state.rung = id;
        change(tr("show a rung"), QStringLiteral("rung"));
    });
    connect(m_ladder, &LadderPanel::measureRequested, this, &GemmFigure::runLadder);
}

void GemmFigure::showViews()
{
    m_views->setCurrent(m_state.view);
    m_growth->setState(m_state.growth);
    m_outliers->setState(m_state.outliers);
    m_outliers->setSeed(m_state.seed);
    m_ladder->setSelected(m_state.rung);
    arrange();
}

/// What the shown view still lacks. Not while kernels are timed: it would take their processor.
void GemmFigure::computeViews()
{
    if (m_runner.isRunning() || m_ceilingsJob.isRunning())
        return;
    if (m_growth->isVisible())
        m_growth->compute();
    if (m_outliers->isVisible())
        m_outliers->compute();
}

void GemmFigure::refreshLadder()
{
    m_ladder->setRuns(m_ladderRuns, m_ladderObstacles);
}

}  // namespace quantoscope
