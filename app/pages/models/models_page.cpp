// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/models_page.h"

#include "app/pages/models/file_sheet.h"
#include "app/pages/models/filter_bar.h"
#include "app/pages/models/model_scan.h"
#include "app/pages/models/tensor_panel.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/tensor_table.h"
#include "widgets/theme.h"

#include <QJsonArray>
#include <QKeyEvent>
#include <QLineEdit>
#include <QStackedLayout>

#include <algorithm>
#include <utility>

namespace quantoscope {

Figure* makeModelsPage(Workspace& workspace, QWidget* parent)
{
    return new ModelsPage(workspace, parent);
}

ModelsPage::ModelsPage(Workspace& workspace, QWidget* parent)
    : Figure(parent)
    , m_workspace(workspace)
    , m_stack(new QStackedLayout(this))
{
    m_stack->addWidget(m_sheet = makeModelSheet());
    m_stack->addWidget(m_empty = makeEmptyState());
    m_scan = new ModelScan(*m_table->tensors(), this);
    connectParts();
    followScheme();
    m_stack->setCurrentWidget(m_workspace.model() ? m_sheet : m_empty);
    m_panel->setState({});
    refreshFilterBar();
}

ModelsPage::~ModelsPage() = default;

void ModelsPage::connectParts()
{
    connect(&m_workspace, &Workspace::modelChanged, this, [this] {
        m_isStale = true;
        m_stack->setCurrentWidget(m_workspace.model() ? m_sheet : m_empty);
        if (isVisible())
            followModel();
    });
    connect(&m_workspace, &Workspace::tensorChanged, this, [this] {
        if (!m_isStale)
            followTensor();
    });
    connect(&m_workspace, &Workspace::countsChanged, this, [this] {
        if (!m_isStale)
            refreshPanel();
    });
    connect(&m_workspace, &Workspace::schemeChanged, this, [this] {
        // A clip that is dragged on another page is a new scheme with every movement of the mouse.
        m_isSchemeStale = !isVisible();
        if (!m_isSchemeStale)
            followScheme();
        else if (m_scan->isRunning())
            m_scan->pause();
    });

    TensorTableModel* tensors = m_table->tensors();
    connect(m_table, &TensorTable::tensorChosen, this, [this](std::uint32_t tensor) {
        const TensorInfo& info = m_workspace.model()->tensors()[tensor];
        m_workspace.chooseTensor(info);
        emit changed(tr("choose %1").arg(QString::fromStdString(info.name)), QStringLiteral("models-choose"));
    });
    connect(m_table, &TensorTable::tensorOpened, this, &ModelsPage::openInQuantize);
    connect(m_table, &TensorTable::sortChosen, this, [this, tensors](TensorColumn column, bool descending) {
        tensors->setSort({column, descending});
        emit changed(tr("sort by %1").arg(tensors->headerData(int(column), Qt::Horizontal, Qt::DisplayRole).toString()), {});
    });
    connect(m_table, &TensorTable::foldingChanged, this, [this] { emit changed(tr("fold layers"), QStringLiteral("models-fold")); });
    connect(m_table, &TensorTable::rowCopied, this, [this] { m_hints->setText(tr("Row copied")); });
    connect(m_table, &TensorTable::viewChanged, this, &ModelsPage::chooseWanted);
    connect(tensors, &TensorTableModel::arranged, this, &ModelsPage::refreshFilterBar);

    connect(m_bar, &FilterBar::filterChosen, this, [this](const TensorFilter& filter, const QString& step, const QString& mergeKey) {
        setFilter(filter);
        emit changed(step, mergeKey);
    });
    connect(m_bar, &FilterBar::thresholdChosen, this, &ModelsPage::setThreshold);
    connect(m_bar, &FilterBar::byLayerChosen, this, [this, tensors](bool byLayer) {
        // Layers are formed in the order of names, over the whole list.
        if (byLayer) {
            tensors->setFilter({});
            tensors->setSort({});
        }
        tensors->setByLayer(byLayer);
        refreshFilterBar();
        emit changed(byLayer ? tr("group by layer") : tr("show a plain list"), {});
    });
    connect(m_bar, &FilterBar::tableWanted, this, [this] {
        m_table->setFocus();
        if (!m_table->currentIndex().isValid() && m_table->model()->rowCount() > 0)
            m_table->setCurrentIndex(m_table->model()->index(0, 0));
    });

    connect(m_scan, &ModelScan::changed, this, &ModelsPage::followScan);
    connect(m_scan, &ModelScan::problem, this, &Figure::problem);
    connect(m_scan, &ModelScan::countsKept, this, [this](std::uint32_t tensor) {
        if (tensor == chosenIndex())
            refreshPanel();
    });
    connect(m_progress, &ProgressLine::cancelRequested, m_scan, &ModelScan::cancel);
    connect(m_resume, &QAbstractButton::clicked, m_scan, &ModelScan::start);
    connect(m_panel, &TensorPanel::openRequested, this, [this] {
        if (const auto chosen = chosenIndex())
            openInQuantize(*chosen);
    });
    connect(m_panel, &TensorPanel::changed, this, &Figure::changed);
    connect(m_panel, &TensorPanel::problem, this, &Figure::problem);
    connect(m_panel, &TensorPanel::settled, this, &ModelsPage::followScan);
    connect(m_tabs, &TabStrip::chosen, this, [this](const QString& id) {
        showTab(id);
        emit changed(tr("show %1").arg(id), {});
    });
}

std::optional<std::uint32_t> ModelsPage::chosenIndex() const
{
    const TensorInfo* info = m_workspace.tensor();
    if (!info || m_workspace.model() != m_table->tensors()->source())
        return {};
    return std::uint32_t(info - m_workspace.model()->tensors().data());
}

/// A new model: everything known belongs to the one before.
void ModelsPage::followModel()
{
    m_isStale = false;
    m_panel->setTensor(nullptr, nullptr);
    m_table->setChosen({}, false);
    m_table->tensors()->setSource(m_workspace.model());
    m_scan->reset();
    m_bar->setTypes(m_workspace.model().get());
    m_file->showModel(m_workspace.model().get(), m_workspace.modelPath());
    refreshFilterBar();
    refreshSummary();
    followTensor();
    if (!m_workspace.model())
        return;
    if (!m_wantedState.isEmpty())
        setState(std::exchange(m_wantedState, {}));
    chooseWanted();
    m_scan->start();
}

void ModelsPage::followTensor()
{
    const auto chosen = chosenIndex();
    const TensorInfo* info = m_workspace.tensor();
    m_panel->setTensor(m_workspace.model(), info);
    if (chosen && m_table->chosen() != chosen)
        m_table->tensors()->reveal(*chosen);
    m_table->setChosen(chosen, true);
    chooseWanted();
    refreshPanel();
    emit readingsChanged();
}

void ModelsPage::refreshPanel()
{
    const auto chosen = chosenIndex();
    const TensorInfo* info = m_workspace.tensor();
    if (!chosen || !info || m_panel->tensor() != info)
        return;
    m_panel->setFacts(m_table->tensors()->facts(*chosen), m_threshold);
    auto counts = m_scan->keptCounts(*chosen);
    // The scan takes the chosen tensor first; whoever cancelled it still wants to see this one.
    if (!counts && hasNumbers(*info) && isVisible() && (!m_scan->isRunning() || m_table->tensors()->facts(*chosen)))
        counts = m_workspace.counts();
    m_panel->setCounts(std::move(counts));
}

QString ModelsPage::schemeName() const
{
    const QuantizationScheme& scheme = m_workspace.scheme();
    const std::string text = schemeText(scheme);
    for (const NamedScheme& named : namedSchemes())
        if (named.id == text)
            return QString::fromStdString(text).toUpper();
    if (scheme.kind == QuantizationScheme::Kind::Codebook)
        return tr("%1 levels").arg(scheme.levels);
    QString name = QString::fromStdString(scheme.element).toUpper();
    if (scheme.granularity.kind == Granularity::Kind::Group)
        name += QStringLiteral(" g%1").arg(scheme.granularity.group);
    else if (scheme.granularity.kind == Granularity::Kind::Channel)
        name += tr(" per channel");
    return name;
}

void ModelsPage::followScheme()
{
    m_isSchemeStale = false;
    m_table->tensors()->setSchemeName(schemeName());
    m_panel->setScheme(m_workspace.scheme(), schemeName());
    m_scan->setScheme(m_workspace.scheme());
    refreshPanel();
    emit readingsChanged();
}

void ModelsPage::followScan()
{
    const auto chosen = chosenIndex();
    if (chosen)
        m_panel->setFacts(m_table->tensors()->facts(*chosen), m_threshold);
    if (m_scan->isRunning()) {
        if (!m_progress->property("runs").toBool())
            m_progress->begin(tr("Scan"));
        m_progress->setFraction(m_scan->fraction(), m_scan->rate());
        // An order or a filter by what is being found moves now and then, not with every batch.
        if (!m_sinceArranged.isValid() || m_sinceArranged.elapsed() > 1500) {
            m_sinceArranged.start();
            m_table->tensors()->rearrange();
        }
    } else {
        m_progress->end();
        // What is sorted or filtered by facts is put in order once they are all there.
        if (m_progress->property("runs").toBool())
            m_table->tensors()->rearrange();
    }
    m_progress->setProperty("runs", m_scan->isRunning());
    m_resume->setVisible(m_scan->isCancelled());
    m_hints->setVisible(!m_scan->isRunning() && !m_scan->isCancelled() && width() > 1000 && !m_isPresenting);
    refreshVerdict();
    emit readingsChanged();
    const bool settledNow = isSettled();
    if (settledNow && !m_wasSettled)
        emit settled();
    m_wasSettled = settledNow;
}

/// The chosen tensor, then what is on the screen.
void ModelsPage::chooseWanted()
{
    std::vector<std::uint32_t> wanted;
    if (const auto chosen = chosenIndex())
        wanted.push_back(*chosen);
    const auto visible = m_table->visibleTensors();
    wanted.insert(wanted.end(), visible.begin(), visible.end());
    m_scan->setWanted(std::move(wanted));
}

void ModelsPage::setFilter(const TensorFilter& filter)
{
    m_table->tensors()->setFilter(filter);
    refreshFilterBar();
}

void ModelsPage::setThreshold(double db)
{
    m_threshold = db;
    m_table->tensors()->setThreshold(db);
    m_scan->setThreshold(db);
    refreshPanel();
}

void ModelsPage::openInQuantize(std::uint32_t tensor)
{
    if (!hasNumbers(m_workspace.model()->tensors()[tensor]))
        return;
    m_workspace.chooseTensor(m_workspace.model()->tensors()[tensor]);
    m_workspace.requestPage(QStringLiteral("quantize"));
}

void ModelsPage::refreshFilterBar()
{
    const TensorTableModel& tensors = *m_table->tensors();
    m_bar->show(tensors.filter(), m_threshold, tensors.isByLayer(), tensors.showsLayers());
}

void ModelsPage::showTab(const QString& id)
{
    const bool isFile = id == u"file";
    m_tabs->setCurrent(isFile ? QStringLiteral("file") : QStringLiteral("tensors"));
    m_tensorsSheet->setVisible(!isFile);
    m_file->setVisible(isFile);
}

QJsonObject ModelsPage::state() const
{
    const TensorTableModel& tensors = *m_table->tensors();
    const TensorFilter& filter = tensors.filter();
    QJsonObject state{
        {QStringLiteral("tab"), m_tabs->current()},
        {QStringLiteral("sort"), QLatin1String(columnRow(tensors.sort().column).id)},
        {QStringLiteral("descending"), tensors.sort().descending},
        {QStringLiteral("threshold"), m_threshold},
        {QStringLiteral("byLayer"), tensors.isByLayer()},
        {QStringLiteral("panel"), m_panel->state()},
    };
    if (!filter.search.isEmpty())
        state[u"search"] = filter.search;
    if (!filter.type.isEmpty())
        state[u"type"] = filter.type;
    if (filter.belowDb)
        state[u"below"] = true;
    if (filter.hasOutliers)
        state[u"outliers"] = true;
    // A link has room for some layers, not for thousands.
    const QStringList open = tensors.openLayers(), loose = tensors.looseLayers();
    if (tensors.showsLayers() && open.size() + loose.size() <= 200) {
        state[u"open"] = QJsonArray::fromStringList(open);
        state[u"loose"] = QJsonArray::fromStringList(loose);
    }
    return state;
}

void ModelsPage::setState(const QJsonObject& state)
{
    const auto names = [&](QStringView key) {
        QStringList list;
        for (const QJsonValue& name : state[key].toArray())
            list << name.toString();
        return list;
    };
    if (m_isStale)
        m_wantedState = state;
    TensorTableModel* tensors = m_table->tensors();
    setThreshold(std::clamp(state[u"threshold"].toDouble(18), 0.0, 200.0));
    TensorFilter filter;
    filter.search = state[u"search"].toString();
    filter.type = state[u"type"].toString();
    if (state[u"below"].toBool())
        filter.belowDb = m_threshold;
    filter.hasOutliers = state[u"outliers"].toBool();
    tensors->setByLayer(state[u"byLayer"].toBool(true));
    tensors->setFilter(filter);
    tensors->setSort({findTensorColumn(state[u"sort"].toString()).value_or(TensorColumn::Name), state[u"descending"].toBool()});
    if (state.contains(u"open"))
        tensors->setFolding(names(u"open"), names(u"loose"));
    m_panel->setState(state[u"panel"].toObject());
    showTab(state[u"tab"].toString());
    refreshFilterBar();
}

bool ModelsPage::isSettled() const
{
    if (!m_workspace.model())
        return !m_workspace.isOpening();
    // Which tensors come first may depend on all of them; else those on the screen are enough.
    const TensorTableModel& tensors = *m_table->tensors();
    const bool needsAll = tensors.sort().column > TensorColumn::Size || tensors.filter().needsFacts();
    return !m_isStale && !m_isSchemeStale && !m_workspace.isOpening() && !tensors.isArranging()
        && (!m_scan->isRunning() || (!needsAll && m_scan->hasWanted())) && m_panel->isSettled() && m_file->isSettled();
}

void ModelsPage::showEvent(QShowEvent* event)
{
    Figure::showEvent(event);
    if (m_isSchemeStale) {
        followScheme();
        m_scan->resume();   // Where the scheme is again the one before.
    }
    if (m_isStale && m_workspace.model())
        followModel();
}

void ModelsPage::focusInEvent(QFocusEvent*)
{
    if (m_table->isVisible())
        m_table->setFocus();   // Arrows choose a tensor at once.
}

void ModelsPage::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Find)) {
        showTab(QStringLiteral("tensors"));
        m_bar->search()->setFocus();
        m_bar->search()->selectAll();
        return;
    }
    Figure::keyPressEvent(event);
}

}  // namespace quantoscope
