// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_table_model.h"

#include "widgets/background_job.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace quantoscope {

namespace {

/// Lists up to this length are sorted at once: faster than a picture is drawn.
constexpr std::size_t sortedAtOnce = 5000;
constexpr std::uint32_t nowhere = 0xFFFFFFFF;

}  // namespace

TensorTableModel::TensorTableModel(QObject* parent)
    : QAbstractTableModel(parent)
    , m_arranging(new BackgroundJob(Pool::Interactive, this))
{
}

TensorTableModel::~TensorTableModel() = default;

void TensorTableModel::setSource(Source source)
{
    m_arranging->cancel();
    beginResetModel();
    m_source = std::move(source);
    m_names.reset();
    m_facts.clear();
    m_factsOf.assign(m_source ? m_source->tensors().size() : 0, 0);
    m_order = {};
    m_placeOf.clear();
    m_worst.clear();
    m_lines.setOrder(m_order);
    m_hasKeptFolding = false;
    // What a filter asks for belongs to the model before.
    m_filter = {};
    endResetModel();
    arrange();
}

void TensorTableModel::arrange()
{
    if (!m_source)
        return;
    struct Arranged {
        NameOrder names;
        TensorOrder order;
    };
    const auto work = [source = m_source, names = m_names, sort = m_sort, filter = m_filter, byLayer = m_byLayer,
                       keys = sortKeysOf(*m_source, m_sort, m_filter, [this](std::uint32_t i) { return facts(i); })](const Progress& progress) {
        const NameOrder byName = names ? names : orderOfNames(*source);
        return Arranged{byName, orderTensors(*source, *byName, sort, filter, keys, byLayer, progress)};
    };
    const auto take = [this](Arranged arranged) {
        m_names = std::move(arranged.names);
        setOrder(std::move(arranged.order));
    };
    if (m_source->tensors().size() <= sortedAtOnce) {
        m_arranging->cancel();
        take(work({}));
    } else {
        m_arranging->start(work, take);
    }
}

bool TensorTableModel::isArranging() const
{
    return m_arranging->isRunning();
}

void TensorTableModel::setOrder(TensorOrder order)
{
    beginResetModel();
    if (!m_order.groups.empty()) {
        m_keptOpen = m_lines.openLayers();
        m_keptLoose = m_lines.looseLayers();
        m_hasKeptFolding = true;
    }
    m_order = std::move(order);
    m_placeOf.clear();
    m_worst.assign(m_order.groups.size(), std::nullopt);
    m_lines.setOrder(m_order);
    if (!m_order.groups.empty()) {
        if (m_wantedFolding)
            m_lines.setFolding(m_wantedFolding->first, m_wantedFolding->second);
        else if (m_hasKeptFolding)
            m_lines.setFolding(m_keptOpen, m_keptLoose);
        m_wantedFolding.reset();
    }
    endResetModel();
    emit arranged();
}

void TensorTableModel::setSort(TensorSort sort)
{
    if (sort == m_sort)
        return;
    m_sort = sort;
    emit headerDataChanged(Qt::Horizontal, 0, tensorColumnCount - 1);
    arrange();
}

void TensorTableModel::setFilter(TensorFilter filter)
{
    if (filter == m_filter)
        return;
    m_filter = std::move(filter);
    arrange();
}

void TensorTableModel::setByLayer(bool byLayer)
{
    if (byLayer == m_byLayer)
        return;
    m_byLayer = byLayer;
    arrange();
}

void TensorTableModel::rearrange()
{
    if (m_sort.column > TensorColumn::Size || m_filter.needsFacts())
        arrange();
}

const TensorFacts* TensorTableModel::facts(std::uint32_t tensor) const
{
    return tensor < m_factsOf.size() && m_factsOf[tensor] > 0 ? &m_facts[m_factsOf[tensor] - 1] : nullptr;
}

TensorFacts& TensorTableModel::factsToChange(std::uint32_t tensor)
{
    std::uint32_t& found = m_factsOf[tensor];
    if (found == 0) {
        m_facts.emplace_back();
        found = std::uint32_t(m_facts.size());
    }
    return m_facts[found - 1];
}

void TensorTableModel::forgetSqnr()
{
    for (TensorFacts& facts : m_facts)
        facts.sqnrState = TensorFacts::Sqnr::Unknown;
    m_worst.assign(m_order.groups.size(), std::nullopt);
    factsChanged();
}

void TensorTableModel::factsChanged()
{
    if (rowCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, tensorColumnCount - 1));
}

std::optional<std::uint32_t> TensorTableModel::tensorAt(int row) const
{
    const TensorLine line = m_lines.line(row);
    if (row < 0 || row >= m_lines.count() || line.kind != TensorLine::Kind::Tensor)
        return {};
    return m_order.tensors[line.first];
}

std::uint32_t TensorTableModel::placeOf(std::uint32_t tensor) const
{
    if (!m_source || tensor >= m_source->tensors().size() || m_order.tensors.empty())
        return nowhere;
    if (m_placeOf.empty()) {
        m_placeOf.assign(m_source->tensors().size(), nowhere);
        for (std::uint32_t place = 0; place < m_order.tensors.size(); ++place)
            m_placeOf[m_order.tensors[place]] = place;
    }
    return m_placeOf[tensor];
}

int TensorTableModel::rowOf(std::uint32_t tensor) const
{
    const std::uint32_t place = placeOf(tensor);
    return place == nowhere ? -1 : m_lines.rowOfTensor(place);
}

template <class Change>
void TensorTableModel::changeLines(Change change)
{
    // A layout change keeps the chosen row: persistent indexes follow their tensor or layer.
    emit layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    std::vector<std::uint32_t> places;
    for (const QModelIndex& index : before)
        places.push_back(tensorsOf(m_lines.line(index.row())).first);
    std::vector<TensorLine::Kind> kinds;
    for (const QModelIndex& index : before)
        kinds.push_back(m_lines.line(index.row()).kind);
    change();
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        int row = m_lines.rowOfTensor(places[std::size_t(i)]);
        // The line of an open layer stands just above its first tensor.
        if (kinds[std::size_t(i)] != TensorLine::Kind::Tensor && m_lines.line(row).kind == TensorLine::Kind::Tensor && row > 0)
            --row;
        after << index(row, before[i].column());
    }
    changePersistentIndexList(before, after);
    emit layoutChanged();
}

void TensorTableModel::toggle(int row)
{
    const TensorLine toggled = line(row);
    if (toggled.kind != TensorLine::Kind::Tensor)
        changeLines([&] { m_lines.toggle(toggled); });
}

bool TensorTableModel::gather(int row)
{
    bool changed = false;
    const TensorLine gathered = line(row);
    changeLines([&] { changed = m_lines.gather(gathered); });
    return changed;
}

void TensorTableModel::openAll()
{
    changeLines([&] { m_lines.openAll(); });
}

void TensorTableModel::foldAll()
{
    changeLines([&] { m_lines.foldAll(); });
}

void TensorTableModel::reveal(std::uint32_t tensor)
{
    if (const std::uint32_t place = placeOf(tensor); place != nowhere)
        changeLines([&] { m_lines.reveal(place); });
}

void TensorTableModel::setFolding(const QStringList& open, const QStringList& loose)
{
    if (m_order.groups.empty())
        m_wantedFolding = {open, loose};
    else
        changeLines([&] { m_lines.setFolding(open, loose); });
}

std::pair<std::uint32_t, std::uint32_t> TensorTableModel::tensorsOf(const TensorLine& line) const
{
    if (line.kind == TensorLine::Kind::Tensor)
        return {line.first, line.first + 1};
    const TensorGroup& last = m_order.groups[line.first + line.count - 1];
    return {m_order.groups[line.first].first, last.first + last.count};
}

void TensorTableModel::Worst::add(const Worst& other)
{
    if (other.db)
        db = std::min(db.value_or(*other.db), *other.db);
    isComplete = isComplete && other.isComplete;
    hasMatrices = hasMatrices || other.hasMatrices;
}

TensorTableModel::Worst TensorTableModel::worstOfTensor(std::uint32_t place) const
{
    ++m_tensorsAsked;
    const std::uint32_t tensor = m_order.tensors[place];
    if (!isWeightMatrix(m_source->tensors()[tensor]))
        return {};
    const TensorFacts* known = facts(tensor);
    if (known && known->sqnrState == TensorFacts::Sqnr::Known)
        return {known->sqnrDb, true, true};
    return {{}, known && (!known->isReadable || known->sqnrState == TensorFacts::Sqnr::Refused), true};
}

TensorTableModel::Worst TensorTableModel::worstOfGroup(std::uint32_t group) const
{
    std::optional<Worst>& kept = m_worst[group];
    if (!kept) {
        kept.emplace();
        const TensorGroup& layer = m_order.groups[group];
        for (std::uint32_t place = layer.first; place < layer.first + layer.count; ++place)
            kept->add(worstOfTensor(place));
    }
    return *kept;
}

TensorTableModel::Worst TensorTableModel::worstOf(const TensorLine& line) const
{
    if (line.kind == TensorLine::Kind::Tensor)
        return worstOfTensor(line.first);
    Worst worst;
    for (std::uint32_t group = line.first; group < line.first + line.count; ++group)
        worst.add(worstOfGroup(group));
    return worst;
}

void TensorTableModel::forgetWorst(std::uint32_t tensor)
{
    const std::uint32_t place = m_worst.empty() ? nowhere : placeOf(tensor);
    const auto after = std::ranges::upper_bound(m_order.groups, place, {}, &TensorGroup::first);
    if (place == nowhere || after == m_order.groups.begin())
        return;
    const auto group = std::prev(after);
    if (place < group->first + group->count)
        m_worst[std::size_t(group - m_order.groups.begin())].reset();
}

void TensorTableModel::setThreshold(double db)
{
    m_threshold = db;
    factsChanged();
}

void TensorTableModel::setSchemeName(const QString& name)
{
    m_schemeName = name;
    emit headerDataChanged(Qt::Horizontal, int(TensorColumn::Sqnr), int(TensorColumn::Sqnr));
}

int TensorTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_lines.count();
}

int TensorTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : tensorColumnCount;
}

QVariant TensorTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto column = TensorColumn(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return cellText(index.row(), column);
    case Qt::ToolTipRole:
        return column == TensorColumn::Name ? lineName(index.row()) : QVariant();
    case Qt::AccessibleTextRole:
        // A heading in front, since a lone number says nothing.
        return headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString() + u' ' + cellText(index.row(), column);
    case Qt::TextAlignmentRole:
        return int((columnRow(column).isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant TensorTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= tensorColumnCount)
        return {};
    const auto column = TensorColumn(section);
    if (role == Qt::DisplayRole) {
        const QString title = QCoreApplication::translate("TensorTable", columnRow(column).title);
        return column == TensorColumn::Sqnr && !m_schemeName.isEmpty() ? tr("%1 at %2").arg(title, m_schemeName) : title;
    }
    if (role == Qt::ToolTipRole) {
        switch (column) {
        case TensorColumn::Weights: return tr("Histogram from min to max; heights are the square root of the share, so that tails are seen");
        case TensorColumn::Deviation: return tr("Standard deviation");
        case TensorColumn::Kurtosis: return tr("Excess kurtosis: 0 for a normal distribution");
        case TensorColumn::Outliers: return tr("Share of weights more than six standard deviations from the mean");
        case TensorColumn::Sqnr: return tr("Signal to quantization noise of the weights, 10 log₁₀ Σx² / Σe²");
        default: return {};
        }
    }
    return {};
}

}  // namespace quantoscope
