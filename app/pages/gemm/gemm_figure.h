// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/gemm/gemm_runner.h"
#include "app/pages/gemm/gemm_state.h"
#include "app/pages/gemm/recorded_backend.h"
#include "core/gemm/gpu_datasheets.h"
#include "widgets/batch_plot.h"
#include "widgets/figure.h"
#include "widgets/gemm_mark.h"
#include "widgets/roofline_plot.h"

#include <array>
#include <map>
#include <optional>

class QGridLayout;

namespace quantoscope {

class CardDeck;
class ChoiceChart;
class ErrorSpeedPlot;
class ErrorSplitPlot;
class GemmBar;
class GrowthPanel;
class KernelList;
class LadderPanel;
class ObstacleList;
class OutlierPanel;
class PushButton;
class SteadyText;
class TextLabel;
class Workspace;

/// Error and speed of a matrix product in each number format, measured live on this computer's GPU or CPU.
class GemmFigure : public Figure {
    Q_OBJECT

public:
    GemmFigure(Workspace& workspace, QWidget* parent);

    QJsonObject state() const override;
    void setState(const QJsonObject&) override;
    QVariantMap readings() const override;
    bool isSettled() const override;
    QString commandLine() const override;
    QByteArray csv() const override;
    void showOnlyControls(const QStringList&) override;
    void setPresenting(bool) override;
    QList<std::pair<QString, QString>> keys() const override;
    void toggleGhost() override;
    /// Of one view, in any arrangement: else a window with two pictures could not be made small enough for one.
    QSize minimumSizeHint() const override { return {640, 360}; }

    /// Measures what the state says; what was measured before is replaced as the new figures come.
    void run();
    /// Measures the batch sweep: the same layer for M = 1, 4, 16 … 1024.
    void runSweep();
    /// Measures with this backend instead of the chosen device's: a GPU that has been reached, or a pretended one.
    void useBackend(std::shared_ptr<GemmBackend>);
    /// Measures the rungs of the ladder on the present shape.
    void runLadder();

protected:
    void showEvent(QShowEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    void build();
    /// Every view, in the order of the tabs.
    static const QStringList& viewNames();
    void buildPicture();
    void buildDeck();
    void buildViews();
    void connectViews();
    void showViews();
    void computeViews();
    void connectBar();
    /// Wide: the picture, what comes from it below, cards at the right. Low: those cards share one with tabs.
    /// Single: one view at a time has the whole page.
    enum class Arrangement { Wide, Low, Single };
    Arrangement fitting() const;
    void movePanels(bool isSingle);
    void arrange();
    void showView(const QString& view);
    void select(const QString& kernelId);
    std::array<ChoiceChart*, 3> kernelCharts() const;
    void showSelected();
    void highlight(const QString& kernelId);
    void tick(const QStringList& kernelIds, bool runs);
    void chooseBackend();
    void chooseRecorded();
    void adoptBackend();
    std::vector<GemmKernel> kernelsToRun() const;
    QStringList leftOut() const;
    Result<GemmProblem> makeProblem(const GemmShape& shape);
    bool readsWeightsBefore(void (GemmFigure::*run)());
    void cancelRun();
    void start(std::vector<GemmTask> tasks, TimeBudget budget);
    void take(const GemmTask& task, const GemmRun& run);
    void takeSweep(const GemmTask& task, const GemmRun& run);
    void takeLadder(const GemmTask& task, const GemmRun& run);
    void finishRun(const QString& problem);
    void refresh();
    void refreshList();
    std::map<std::string, int> numbers() const;
    QString nameOf(const QString& kernelId) const;
    void runMissing();
    void refreshObstacles();
    void refreshSelected();
    void refreshSweep();
    void refreshRoof();
    void refreshLadder();
    void measureCeilings();
    void raiseRoof();
    const GpuDatasheet* datasheet();
    Roofline cpuRoofline() const;
    Roofline gpuRoofline();
    QString shareText(const MeasuredKernel&);
    void listRecorded();
    void listDevices();
    void settle();
    QString baseline() const;
    void change(const QString& text, const QString& mergeKey = {});
    void typeShape(const QString& m, const QString& n, const QString& k);
    void choosePreset(const QString& id);

    Workspace& m_workspace;
    GemmState m_state;
    std::shared_ptr<GemmBackend> m_backend;
    MeasuredKernels m_measured;                        ///< In the order of the list.
    std::map<std::string, std::map<std::int64_t, GemmRun>> m_sweep;   ///< By kernel and M.
    std::map<QString, QString> m_obstacles;            ///< Kernel's name → why it did not run.
    Ceilings m_ceilings;
    std::vector<GpuDatasheet> m_sheets;      ///< Read when the first GPU is chosen.
    std::vector<RecordedFile> m_recorded;    ///< Read when the page is first shown.
    bool m_isRecordedKnown = false;
    std::map<std::string, GemmRun> m_ladderRuns;
    std::map<std::string, QString> m_ladderObstacles;
    enum class Purpose { Kernels, Sweep, Ladder } m_purpose = Purpose::Kernels;   ///< Of what runs, or ran last.
    bool m_isSure = false;   ///< The roof was measured again after the last run.
    bool m_hasRun = false;
    bool m_isPresenting = false;
    bool m_isEmbedded = false;   ///< In a lesson, with chosen controls only.
    std::optional<Arrangement> m_arrangement;
    std::shared_ptr<const std::vector<float>> m_weights;   ///< Of the open tensor, read once.

    GemmRunner m_runner;
    QTimer m_sweepPause;   ///< Between two drawings of the lines while the sweep runs.
    BackgroundJob m_weightsJob;      ///< A tensor may be hundreds of megabytes at the other end of a network.
    BackgroundJob m_ceilingsJob;
    BackgroundJob m_openJob;         ///< Reaches a GPU: its driver may take seconds, or hang.
    QString m_deviceProblem;         ///< Why the chosen device does not measure; empty where it does.
    GemmBar* m_bar;
    ErrorSpeedPlot* m_plot;
    ErrorSplitPlot* m_split;
    RooflinePlot* m_roofline;
    TextLabel* m_roofText;
    PushButton* m_roofButton;
    BatchPlot* m_batch;
    PushButton* m_sweepButton;
    TextLabel* m_sweepText;
    ObstacleList* m_obstacleList;
    SteadyText* m_selectedText;
    KernelList* m_list;
    CardDeck* m_main;    ///< The picture with its list.
    CardDeck* m_views;   ///< Below the picture: split, error against K, outliers, ladder; or all there is.
    GrowthPanel* m_growth;
    OutlierPanel* m_outliers;
    LadderPanel* m_ladder;
    CardDeck* m_deck;
    QGridLayout* m_grid;
};

}  // namespace quantoscope
