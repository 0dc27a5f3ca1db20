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
#include "widgets/kernel_list.h"
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

}  // namespace

GemmFigure::GemmFigure(Workspace& workspace, QWidget* parent)
    : Figure(parent)
    , m_workspace(workspace)
    , m_weightsJob(Pool::Interactive)
    , m_ceilingsJob(Pool::Bulk)
    , m_openJob(Pool::Interactive)
{
    build();
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
    m_sweepPause.setSingleShot(true);
    m_sweepPause.setInterval(200);
    connect(&m_sweepPause, &QTimer::timeout, this, &GemmFigure::refreshSweep);
    connect(&m_workspace, &Workspace::devicesChanged, this, [this] {
        listDevices();
        refreshObstacles();
    });
    connect(&m_workspace, &Workspace::tensorChanged, this, [this] {
        m_weights.reset();
        if (m_weightsJob.isRunning())
            cancelRun();   // They are another tensor's.
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
    m_grid->setSizeConstraint(QLayout::SetNoConstraint);
    m_bar = new GemmBar(this);
    buildPicture();
    buildViews();
    buildDeck();
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
    connect(m_bar, &GemmBar::runRequested, this, &GemmFigure::run);
    connect(m_bar, &GemmBar::cancelRequested, this, &GemmFigure::cancelRun);
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
    if (event->key() == Qt::Key_Escape && (m_runner.isRunning() || m_weightsJob.isRunning()))
        cancelRun();
    else if (event->key() == Qt::Key_R && event->modifiers() == Qt::ControlModifier)
        run();
    else if (event->key() == Qt::Key_V && event->modifiers() == Qt::NoModifier)
        showView(viewNames()[(viewNames().indexOf(m_state.shown) + 1) % viewNames().size()]);
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
    showViews();
    const bool sameWork = before.shape == m_state.shape && before.data == m_state.data && before.seed == m_state.seed
                       && before.device == m_state.device;
    if (m_hasRun && !sameWork)
        run();
    else if (m_hasRun && before.leftOut != m_state.leftOut)
        runMissing();
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
    refreshList();
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
    return {{tr("Ctrl+R"), tr("run")}, {tr("Esc"), tr("cancel")}, {QStringLiteral("← →"), tr("kernel")}, {QStringLiteral("V"), tr("next view")},
            {QStringLiteral("G"), tr("ghost")}};
}

void GemmFigure::setPresenting(bool presenting)
{
    m_isPresenting = presenting;
    m_bar->setVisible(!presenting);
    m_list->setTickable(!presenting);
    arrange();
}

void GemmFigure::showOnlyControls(const QStringList& controls)
{
    m_bar->showOnly(controls);
    m_isEmbedded = true;
    m_list->setTickable(controls.contains(QLatin1String("kernels")));
    m_views->setTabsVisible(controls.contains(QLatin1String("views")));
    arrange();
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
