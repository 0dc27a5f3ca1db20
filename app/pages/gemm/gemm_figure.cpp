// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/gemm_figure.h"

#include "app/page.h"
#include "app/pages/gemm/gemm_bar.h"
#include "app/pages/gemm/ladder_panel.h"
#include "app/pages/gemm/ladder_rungs.h"
#include "app/pages/gemm/obstacle_list.h"
#include "app/workspace.h"
#include "core/gemm/gemm_problem_text.h"
#include "gpu/client/gpu_client.h"
#include "widgets/card_deck.h"
#include "widgets/controls.h"
#include "widgets/error_speed_plot.h"
#include "widgets/error_split_plot.h"
#include "widgets/plot_text.h"
#include "widgets/roofline_plot.h"
#include "widgets/theme.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

namespace {

QString text(const std::string& words)
{
    return QString::fromStdString(words);
}

/// Below this the roofline, the sweep and the list of obstacles share one card with tabs.
constexpr int narrowWidth = 1240, lowHeight = 780;

}  // namespace

GemmFigure::GemmFigure(Workspace& workspace, QWidget* parent)
    : Figure(parent)
    , m_workspace(workspace)
    , m_ceilingsJob(Pool::Bulk)
    , m_openJob(Pool::Interactive)
{
    build();
    buildViews();
    arrange();
    connectBar();
    connectViews();
    connect(&m_runner, &GemmRunner::measured, this, [this](const GemmTask& task, const GemmRun& run) {
        switch (m_purpose) {
        case Purpose::Kernels: return take(task, run);
        case Purpose::Sweep: return takeSweep(task, run);
        case Purpose::Ladder: return takeLadder(task, run);
        }
    });
    connect(&m_runner, &GemmRunner::obstructed, this, [this](const GemmTask& task, const QString& sentence) {
        if (m_purpose == Purpose::Ladder) {
            m_ladderObstacles[task.kernel.id] = sentence;
            return refreshLadder();
        }
        m_obstacles[text(task.kernel.name)] = sentence;
        // What came in before the fault is no measurement.
        std::erase_if(m_measured, [&](const MeasuredKernel& each) { return each.kernel.id == task.kernel.id; });
        refresh();
    });
    connect(&m_runner, &GemmRunner::finished, this, &GemmFigure::finishRun);
    connect(&m_workspace, &Workspace::devicesChanged, this, [this] {
        listDevices();
        refreshObstacles();
    });
    connect(&m_workspace, &Workspace::tensorChanged, this, [this] {
        m_weights.reset();
        const TensorInfo* tensor = m_workspace.tensor();
        m_bar->setTensor(tensor && tensor->shape.size() >= 2 ? text(tensor->name) : QString());
    });
    if (const TensorInfo* tensor = m_workspace.tensor(); tensor && tensor->shape.size() >= 2)
        m_bar->setTensor(text(tensor->name));
    chooseBackend();
    m_bar->show(m_state);
    refresh();
}

void GemmFigure::build()
{
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(space::padding, space::normal, space::padding, space::padding);
    m_grid->setSpacing(space::gap);
    m_bar = new GemmBar(this);

    m_plotCard = new Card(this);
    m_plotCard->setTitle(tr("Error across, speed up"), tr("x · Wᵀ, median and 95 % interval"));
    m_plot = new ErrorSpeedPlot(m_plotCard);
    m_plotCard->body()->addWidget(m_plot, 1);
    m_selectedText = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, m_plotCard);
    m_selectedText->setWordWrap(true);
    m_plotCard->body()->addWidget(m_selectedText);

    m_deck = new CardDeck(this);
    auto* roof = new QWidget(m_deck);
    auto* roofLayout = new QVBoxLayout(roof);
    roofLayout->setContentsMargins(0, 0, 0, 0);
    m_roofline = new RooflinePlot(roof);
    roofLayout->addWidget(m_roofline, 1);
    auto* roofLine = new QHBoxLayout;
    m_roofText = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, roof);
    m_roofText->setWordWrap(true);
    m_roofText->setObjectName(QStringLiteral("roofText"));
    m_roofline->setMinimumHeight(60);   // In a low window the words need the room more than the picture does.
    m_roofButton = new PushButton(tr("Measure again"), PushButton::Role::Quiet, roof);
    m_roofButton->setObjectName(QStringLiteral("measureRoof"));
    roofLine->addWidget(m_roofText, 1);
    roofLine->addWidget(m_roofButton);
    roofLayout->addLayout(roofLine);
    m_deck->addPanel(QStringLiteral("roofline"), tr("Roofline"), roof, 4);
    auto* sweep = new QWidget(m_deck);
    auto* sweepLayout = new QVBoxLayout(sweep);
    sweepLayout->setContentsMargins(0, 0, 0, 0);
    m_batch = new BatchPlot(sweep);
    sweepLayout->addWidget(m_batch, 1);
    auto* line = new QHBoxLayout;
    m_sweepText = new TextLabel(tr("The same layer for 1 to 1024 rows at once."), 12, QFont::Normal, TextTone::Muted, sweep);
    m_sweepText->setWordWrap(true);
    m_sweepButton = new PushButton(tr("Measure"), PushButton::Role::Quiet, sweep);
    line->addWidget(m_sweepText, 1);
    line->addWidget(m_sweepButton);
    sweepLayout->addLayout(line);
    m_deck->addPanel(QStringLiteral("batch"), tr("When weight-only pays"), sweep, 4);
    m_obstacleList = new ObstacleList(m_deck);
    m_deck->addPanel(QStringLiteral("obstacles"), tr("Not here"), m_obstacleList, 2);
}

void GemmFigure::connectBar()
{
    connect(m_bar, &GemmBar::presetChosen, this, &GemmFigure::choosePreset);
    connect(m_bar, &GemmBar::shapeTyped, this, &GemmFigure::typeShape);
    connect(m_bar, &GemmBar::dataChosen, this, [this](const QString& id) {
        m_state.data = id;
        if (id == QLatin1String("tensor"))
            choosePreset(id);
        change(tr("choose data"));
        run();
    });
    connect(m_bar, &GemmBar::seedTyped, this, [this](const QString& typed) {
        bool ok = false;
        const quint64 seed = typed.toULongLong(&ok);
        if (!ok)
            emit problem(tr("A seed is a whole number from 0 on, not “%1”.").arg(typed));
        else if (seed != m_state.seed) {
            m_state.seed = seed;
            change(tr("change the seed"));
            run();
        }
        m_bar->show(m_state);
    });
    connect(m_bar, &GemmBar::deviceChosen, this, [this](const QString& id) {
        m_state.device = id;
        chooseBackend();
        change(tr("choose a device"));
        run();
    });
    connect(m_bar, &GemmBar::kernelToggled, this, [this](const QString& id, bool runs) {
        QStringList rest = leftOut();
        runs ? void(rest.removeAll(id)) : rest.append(id);
        m_state.leftOut = rest;
        std::erase_if(m_measured, [&](const MeasuredKernel& each) { return !runs && each.id() == id; });
        change(tr("choose kernels"));
        QMetaObject::invokeMethod(this, [this] { m_bar->setKernels(m_backend->kernels(), leftOut()); }, Qt::QueuedConnection);
        runs ? run() : refresh();
    });
    connect(m_bar, &GemmBar::runRequested, this, &GemmFigure::run);
    connect(m_bar, &GemmBar::cancelRequested, &m_runner, &GemmRunner::cancel);
    connect(m_sweepButton, &PushButton::clicked, this, &GemmFigure::runSweep);
    connect(m_roofButton, &PushButton::clicked, this, &GemmFigure::measureCeilings);
    connect(m_plot, &ErrorSpeedPlot::chosen, this, [this](const QString& id) {
        m_state.selected = id;
        refreshSelected();
        change(tr("select a kernel"), QStringLiteral("select"));
    });
    connect(m_deck, &CardDeck::chosen, this, [this](const QString& id) {
        m_state.panel = id;
        change(tr("show %1").arg(id), QStringLiteral("panel"));
    });
}

void GemmFigure::arrange()
{
    const bool narrow = width() < narrowWidth || height() < lowHeight;
    const bool compact = width() < 1000;
    while (QLayoutItem* item = m_grid->takeAt(0))
        delete item;
    m_grid->addWidget(m_bar, 0, 0, 1, 2);
    m_grid->addWidget(m_plotCard, 1, 0);
    if (narrow) {
        // Two cards below the picture at the right would be slivers: the split becomes the deck's neighbour.
        m_grid->addWidget(m_deck, 1, 1);
        m_grid->addWidget(m_views, 2, 0, 1, 2);
    } else {
        m_grid->addWidget(m_views, 2, 0);
        m_grid->addWidget(m_deck, 1, 1, 2, 1);
    }
    m_grid->setColumnStretch(0, 3);
    m_grid->setColumnStretch(1, 2);
    // A view with a picture and controls of its own gets as much room as the page's picture.
    const bool isTall = m_state.view != QLatin1String("split");
    // In a low window such a view has the page to itself; the first tab brings the picture back.
    const bool isAlone = isTall && height() < 640 && !m_isPresenting;
    m_plotCard->setVisible(!isAlone);
    m_deck->setVisible(!isAlone && !m_isPresenting);
    m_grid->setRowStretch(1, isAlone ? 0 : narrow ? 3 : 5);
    m_grid->setRowStretch(2, narrow ? (isTall ? 3 : 2) : (isTall ? 5 : 3));
    m_deck->setTabbed(narrow);
    m_deck->setCurrent(m_state.panel);
    m_bar->setCompact(compact);
}

void GemmFigure::resizeEvent(QResizeEvent* event)
{
    Figure::resizeEvent(event);
    arrange();
}

void GemmFigure::showEvent(QShowEvent* event)
{
    Figure::showEvent(event);
    m_workspace.findDevices();
    listRecorded();
    listDevices();
    // Live from the first look on: a small product takes a moment and says more than an empty picture.
    if (!m_hasRun)
        run();
}

void GemmFigure::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_runner.isRunning())
        m_runner.cancel();
    else if (event->key() == Qt::Key_R && event->modifiers() == Qt::ControlModifier)
        run();
    else
        Figure::keyPressEvent(event);
}

QJsonObject GemmFigure::state() const
{
    return m_state.toJson();
}

void GemmFigure::setState(const QJsonObject& json)
{
    const GemmState before = m_state;
    m_state = GemmState::fromJson(json);
    if (before.device != m_state.device)
        chooseBackend();
    m_bar->show(m_state);
    m_bar->setKernels(m_backend->kernels(), leftOut());
    m_deck->setCurrent(m_state.panel);
    m_plot->setSelected(m_state.selected);
    showViews();
    const bool sameWork = before.shape == m_state.shape && before.data == m_state.data && before.seed == m_state.seed
                       && before.device == m_state.device && before.leftOut == m_state.leftOut;
    if (m_hasRun && !sameWork)
        run();
    refresh();
}

void GemmFigure::change(const QString& what, const QString& mergeKey)
{
    emit changed(what, mergeKey);
}

void GemmFigure::choosePreset(const QString& id)
{
    if (id == QLatin1String("tensor")) {
        const TensorInfo* tensor = m_workspace.tensor();
        if (!tensor)
            return;
        m_state.shape.n = tensor->rows();
        m_state.shape.k = tensor->columns();
        m_state.data = id;
    } else {
        for (const LayerPreset& row : layerPresets()) {
            if (id == QLatin1String(row.id))
                m_state.shape = row.shape;
        }
        if (m_state.data == QLatin1String("tensor"))
            m_state.data = QStringLiteral("normal");
    }
    m_state.preset = id;
    m_bar->show(m_state);
    change(tr("choose a layer"));
    run();
}

void GemmFigure::typeShape(const QString& m, const QString& n, const QString& k)
{
    const auto shape = parseGemmShape((m + QLatin1Char(',') + n + QLatin1Char(',') + k).toStdString());
    if (!shape) {
        emit problem(text(shape.error().message));
        m_bar->show(m_state);
        return;
    }
    if (*shape == m_state.shape)
        return;
    if (shape->n != m_state.shape.n || shape->k != m_state.shape.k) {
        m_state.preset = QStringLiteral("custom");
        if (m_state.data == QLatin1String("tensor"))
            m_state.data = QStringLiteral("normal");
    }
    m_state.shape = *shape;
    emit problem({});
    m_bar->show(m_state);
    change(tr("change the shape"));
    run();
}

/// The processor at once; a GPU as soon as it has answered. Until then nothing is measured.
void GemmFigure::chooseBackend()
{
    m_openJob.cancel();
    m_deviceProblem.clear();
    m_backend = makeCpuBackend();
    if (m_state.device.startsWith(QLatin1String("recorded:"))) {
        chooseRecorded();
    } else if (m_state.device != QLatin1String("cpu")) {
        m_openJob.start([device = m_state.device.toStdString()](const Progress&) { return makeGpuBackend(device); },
                        [this](Result<std::shared_ptr<GemmBackend>> gpu) {
                            if (gpu)
                                return useBackend(*gpu);
                            m_deviceProblem = text(gpu.error().message) + u' ' + tr("The processor measures instead.");
                            m_state.device = QStringLiteral("cpu");
                            m_bar->show(m_state);
                            run();
                        });
    }
    adoptBackend();
}

void GemmFigure::chooseRecorded()
{
    listRecorded();
    const auto file = std::ranges::find(m_recorded, m_state.device, &RecordedFile::deviceId);
    if (file == m_recorded.end() || !file->sweep) {
        m_deviceProblem = (file != m_recorded.end() ? file->problem : tr("This recorded run is not among the files of the program.")) + u' '
                        + tr("The processor measures instead.");
        m_state.device = QStringLiteral("cpu");
        m_bar->show(m_state);
        return;
    }
    m_backend = makeRecordedBackend(*file);
    // A recorded run knows its own shapes only.
    if (std::ranges::none_of(file->sweep->runs, [this](const RecordedRun& recorded) { return recorded.shape == m_state.shape; })) {
        m_state.shape = file->sweep->runs.front().shape;
        m_state.preset = QStringLiteral("custom");
        m_bar->show(m_state);
    }
}

void GemmFigure::useBackend(std::shared_ptr<GemmBackend> backend)
{
    m_runner.cancel();
    m_deviceProblem.clear();
    m_backend = std::move(backend);
    adoptBackend();
    run();
}

/// Forgets what another device did.
void GemmFigure::adoptBackend()
{
    m_measured.clear();
    m_sweep.clear();
    m_ceilings = {};
    m_ladderRuns.clear();
    m_ladderObstacles.clear();
    refreshRoof();
    m_ladder->setRungs(rungsOf(m_backend->kernels(), m_backend->device().kind), m_backend->device().kind);
    m_bar->setKernels(m_backend->kernels(), leftOut());
}

void GemmFigure::listRecorded()
{
    if (m_isRecordedKnown)
        return;
    m_isRecordedKnown = true;
    m_recorded = listRecordedFiles(recordedFolder());
}

/// What can be chosen: this computer's devices, and those that are recorded.
void GemmFigure::listDevices()
{
    std::vector<DeviceInfo> devices = m_workspace.devices();
    for (const RecordedFile& file : m_recorded) {
        if (!file.sweep)
            continue;
        DeviceInfo device = file.sweep->device;
        device.id = file.deviceId().toStdString();
        device.name = file.title().toStdString();
        devices.push_back(std::move(device));
    }
    m_bar->setDevices(devices);
}

QList<std::pair<QString, QString>> GemmFigure::keys() const
{
    return {{tr("Ctrl+R"), tr("run")}, {tr("Esc"), tr("cancel")}, {QStringLiteral("← →"), tr("kernel")}, {QStringLiteral("G"), tr("ghost")}};
}

void GemmFigure::setPresenting(bool presenting)
{
    m_isPresenting = presenting;
    m_bar->setVisible(!presenting);
    m_views->setVisible(!presenting);
    arrange();
}

void GemmFigure::showOnlyControls(const QStringList& controls)
{
    m_bar->showOnly(controls);
}

void GemmFigure::toggleGhost()
{
    m_plot->keepGhost(!m_plot->hasGhost());
}

Figure* makeGemmPage(Workspace& workspace, QWidget* parent)
{
    return new GemmFigure(workspace, parent);
}

}  // namespace quantoscope
