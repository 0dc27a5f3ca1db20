// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GemmFigure that lays it out: the picture with its list; below it where the error comes from, error
// against K, outliers, the ladder; beside it roofline, sweep and what cannot run. In a small window one at a time.
#include "app/pages/gemm/gemm_figure.h"

#include "app/pages/gemm/gemm_bar.h"
#include "app/pages/gemm/growth_panel.h"
#include "app/pages/gemm/ladder_panel.h"
#include "app/pages/gemm/obstacle_list.h"
#include "app/pages/gemm/outlier_panel.h"
#include "widgets/card_deck.h"
#include "widgets/controls.h"
#include "widgets/error_speed_plot.h"
#include "widgets/error_split_plot.h"
#include "widgets/kernel_list.h"
#include "widgets/roofline_plot.h"
#include "widgets/steady_text.h"
#include "widgets/theme.h"

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace quantoscope {

namespace {

/// Figure sizes below which the cards at the right share one with tabs, and below which one view has the whole page.
constexpr int narrowWidth = 1240, lowHeight = 780;
constexpr int singleWidth = 1000, singleHeight = 640;

QVBoxLayout* column(QWidget* widget)
{
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    return layout;
}

bool isBeside(const QString& view)
{
    return view == QLatin1String("roofline") || view == QLatin1String("batch") || view == QLatin1String("obstacles");
}

}  // namespace

const QStringList& GemmFigure::viewNames()
{
    static const QStringList names{QStringLiteral("picture"), QStringLiteral("split"), QStringLiteral("growth"), QStringLiteral("outliers"),
                                   QStringLiteral("ladder"), QStringLiteral("roofline"), QStringLiteral("batch"), QStringLiteral("obstacles")};
    return names;
}

void GemmFigure::buildPicture()
{
    m_main = new CardDeck(this);
    auto* picture = new QWidget(m_main);
    auto* layout = column(picture);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::gap);
    m_plot = new ErrorSpeedPlot(picture);
    m_list = new KernelList(picture);
    line->addWidget(m_plot, 1);
    line->addWidget(m_list);
    layout->addLayout(line, 1);
    m_selectedText = new SteadyText(picture);
    layout->addWidget(m_selectedText);
    m_main->addPanel(QStringLiteral("picture"), tr("Error across, speed up"), picture, 1, tr("Error and speed"));
}

void GemmFigure::buildDeck()
{
    m_deck = new CardDeck(this);
    auto* roof = new QWidget(m_deck);
    auto* roofLayout = column(roof);
    m_roofline = new RooflinePlot(roof);
    m_roofline->setMinimumHeight(60);   // In a low window the words need the room more than the picture does.
    roofLayout->addWidget(m_roofline, 1);
    auto* roofLine = new QHBoxLayout;
    m_roofText = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, roof);
    m_roofText->setWordWrap(true);
    m_roofText->setObjectName(QStringLiteral("roofText"));
    m_roofButton = new PushButton(tr("Measure again"), PushButton::Role::Quiet, roof);
    m_roofButton->setObjectName(QStringLiteral("measureRoof"));
    roofLine->addWidget(m_roofText, 1);
    roofLine->addWidget(m_roofButton);
    roofLayout->addLayout(roofLine);
    m_deck->addPanel(QStringLiteral("roofline"), tr("Roofline"), roof, 4);
    auto* sweep = new QWidget(m_deck);
    auto* sweepLayout = column(sweep);
    m_batch = new BatchPlot(sweep);
    sweepLayout->addWidget(m_batch, 1);
    auto* sweepLine = new QHBoxLayout;
    m_sweepText = new TextLabel(tr("The same layer for 1 to 1024 rows at once."), 12, QFont::Normal, TextTone::Muted, sweep);
    m_sweepText->setWordWrap(true);
    m_sweepButton = new PushButton(tr("Measure"), PushButton::Role::Quiet, sweep);
    sweepLine->addWidget(m_sweepText, 1);
    sweepLine->addWidget(m_sweepButton);
    sweepLayout->addLayout(sweepLine);
    m_deck->addPanel(QStringLiteral("batch"), tr("When weight-only pays"), sweep, 4, tr("Batch"));
    m_obstacleList = new ObstacleList(m_deck);
    m_deck->addPanel(QStringLiteral("obstacles"), tr("Not here"), m_obstacleList, 2);
}

void GemmFigure::buildViews()
{
    m_views = new CardDeck(this);
    m_split = new ErrorSplitPlot(m_views);
    auto* scroll = new QScrollArea(m_views);   // More kernels than fit are scrolled, never squeezed.
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Where the error comes from"));
    scroll->setFocusPolicy(Qt::NoFocus);   // The chart in it takes the keys: no second stop that shows nothing.
    scroll->setWidget(m_split);
    scroll->viewport()->setAutoFillBackground(false);
    m_split->setAutoFillBackground(false);   // setWidget turns it on
    m_growth = new GrowthPanel(m_views);
    m_outliers = new OutlierPanel(m_workspace, m_views);
    m_ladder = new LadderPanel(m_views);
    m_views->addPanel(QStringLiteral("split"), tr("Where the error comes from"), scroll, 1, tr("Rounding or sums"));
    m_views->addPanel(QStringLiteral("growth"), tr("Error against K"), m_growth);
    m_views->addPanel(QStringLiteral("outliers"), tr("Outliers"), m_outliers);
    m_views->addPanel(QStringLiteral("ladder"), tr("Ladder of kernels"), m_ladder, 1, tr("Ladder"));
    m_views->setSubtitle(QStringLiteral("growth"), tr("hollow: a model of a matrix unit"));
    m_views->setSubtitle(QStringLiteral("outliers"), tr("quantization alone, against FP64"));
    m_views->setSubtitle(QStringLiteral("ladder"), tr("FP32, from three loops to a library"));
    m_views->setTabbed(true);
}

void GemmFigure::connectViews()
{
    const auto choose = [this](const QString& id) {
        showView(id);
    };
    connect(m_views, &CardDeck::chosen, this, choose);
    connect(m_deck, &CardDeck::chosen, this, choose);
    connect(m_sweepButton, &PushButton::clicked, this, &GemmFigure::runSweep);
    connect(m_roofButton, &PushButton::clicked, this, &GemmFigure::measureCeilings);
    connect(m_list, &KernelList::ticked, this, &GemmFigure::tick);
    connect(m_list, &KernelList::chosen, this, &GemmFigure::select);
    connect(m_list, &KernelList::hovered, this, &GemmFigure::highlight);
    for (ChoiceChart* chart : kernelCharts()) {
        connect(chart, &ChoiceChart::chosen, this, &GemmFigure::select);
        connect(chart, &ChoiceChart::hovered, this, &GemmFigure::highlight);
    }
    connect(m_growth, &GrowthPanel::changed, this, [this](const QString& what, const QString& mergeKey) {
        m_state.growth = m_growth->state();
        change(what, mergeKey);
    });
    connect(m_outliers, &OutlierPanel::changed, this, [this](const QString& what, const QString& mergeKey) {
        m_state.outliers = m_outliers->state();
        change(what, mergeKey);
    });
    for (ComputedPanel* panel : {static_cast<ComputedPanel*>(m_growth), static_cast<ComputedPanel*>(m_outliers)}) {
        connect(panel, &ComputedPanel::computed, this, [this] {
            emit readingsChanged();
            settle();
        });
        connect(panel, &ComputedPanel::problem, this, &Figure::problem);
        connect(panel, &ComputedPanel::needed, this, &GemmFigure::computeViews);
    }
    connect(m_ladder, &LadderPanel::chosen, this, [this](const QString& id) {
        m_state.rung = id;
        change(tr("show a rung"), QStringLiteral("rung"));
    });
    connect(m_ladder, &LadderPanel::measureRequested, this, &GemmFigure::runLadder);
}

/// As the person's choice: of a tab, or the next view by its key.
void GemmFigure::showView(const QString& view)
{
    m_state.shown = view;
    if (isBeside(view))
        m_state.panel = view;
    else if (view != QLatin1String("picture"))
        m_state.view = view;
    arrange();
    change(tr("show a view"), QStringLiteral("view"));
}

void GemmFigure::showViews()
{
    m_growth->setState(m_state.growth);
    m_outliers->setState(m_state.outliers);
    m_outliers->setSeed(m_state.seed);
    m_ladder->setSelected(m_state.rung);
    arrange();
}

/// The pictures in which a kernel is a mark or a row.
std::array<ChoiceChart*, 3> GemmFigure::kernelCharts() const
{
    return {m_plot, m_roofline, m_split};
}

void GemmFigure::showSelected()
{
    m_list->setSelected(m_state.selected);
    for (ChoiceChart* chart : kernelCharts())
        chart->setSelected(m_state.selected);
}

void GemmFigure::select(const QString& kernelId)
{
    m_state.selected = kernelId;
    showSelected();
    refreshSelected();
    change(tr("select a kernel"), QStringLiteral("select"));
}

/// Under the mouse in one of the pictures or in the list: lit in all of them.
void GemmFigure::highlight(const QString& kernelId)
{
    m_list->setHovered(kernelId);
    for (ChoiceChart* chart : kernelCharts())
        chart->setHovered(kernelId);
}

GemmFigure::Arrangement GemmFigure::fitting() const
{
    if (m_isPresenting || m_isEmbedded || width() < singleWidth || height() < singleHeight)
        return Arrangement::Single;
    return width() < narrowWidth || height() < lowHeight ? Arrangement::Low : Arrangement::Wide;
}

/// All into one deck, or each to its place.
void GemmFigure::movePanels(bool isSingle)
{
    for (const QString& view : viewNames()) {
        CardDeck* home = view == QLatin1String("picture") ? m_main : isBeside(view) ? m_deck : m_views;
        CardDeck* goal = isSingle ? m_views : home;
        (goal == home ? m_views : home)->movePanel(view, *goal, viewNames());
    }
}

void GemmFigure::arrange()
{
    const Arrangement now = fitting();
    const bool isSingle = now == Arrangement::Single;
    if (m_arrangement != now) {
        m_arrangement = now;
        movePanels(isSingle);
        while (QLayoutItem* item = m_grid->takeAt(0))
            delete item;
        m_grid->addWidget(m_bar, 0, 0, 1, 2);
        if (isSingle) {
            m_grid->addWidget(m_views, 1, 0, 2, 2);
        } else {
            m_grid->addWidget(m_main, 1, 0);
            // Two cards below each other would be slivers in a low window: the views take its whole width.
            m_grid->addWidget(m_deck, 1, 1, now == Arrangement::Low ? 1 : 2, 1);
            m_grid->addWidget(m_views, 2, 0, 1, now == Arrangement::Low ? 2 : 1);
        }
        m_main->setVisible(!isSingle);
        m_deck->setVisible(!isSingle);
        m_deck->setTabbed(now == Arrangement::Low);
        m_grid->setColumnStretch(0, 2);
        m_grid->setColumnStretch(1, 1);
    }
    // A view with a picture and controls of its own gets as much room as the page's picture.
    const bool isTall = m_state.view != QLatin1String("split");
    m_grid->setRowStretch(1, 3);
    m_grid->setRowStretch(2, isTall ? 3 : 2);
    if (!m_isEmbedded)
        m_views->setTabsVisible(!m_isPresenting);
    m_views->setCurrent(isSingle ? m_state.shown : m_state.view);
    m_deck->setCurrent(m_state.panel);
    m_bar->setCompact(width() < singleWidth);
    // Beside a picture that needs the room itself the list goes; every mark then has its name, come what may.
    const bool hasList = m_list->sizeHint().width() < 0.45 * width();
    if (hasList == m_list->isHidden()) {
        m_list->setVisible(hasList);
        if (m_backend)   // None yet while the page is built.
            refresh();
    }
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
