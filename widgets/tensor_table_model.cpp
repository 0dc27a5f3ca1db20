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
    m_facts.clear();
    m_order = {};
    m_placeOf.clear();
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
    const auto work = [source = m_source, sort = m_sort, filter = m_filter, byLayer = m_byLayer,
                       keys = sortKeysOf(*m_source, m_sort, m_filter, [this](std::uint32_t i) { return facts(i); })](
                          const Progress&) { return orderTensors(*source, sort, filter, keys, byLayer); };
    if (m_source->tensors().size() <= sortedAtOnce) {
        m_arranging->cancel();
        setOrder(work({}));
    } else {
        m_arranging->start(work, [this](TensorOrder order) { setOrder(std::move(order)); });
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
    const auto found = m_facts.find(tensor);
    return found == m_facts.end() ? nullptr : &found->second;
}

void TensorTableModel::forgetSqnr()
{
    for (auto& [tensor, facts] : m_facts)
        facts.sqnrState = TensorFacts::Sqnr::Unknown;
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

int TensorTableModel::rowOf(std::uint32_t tensor) const
{
    if (!m_source || tensor >= m_source->tensors().size())
        return -1;
    if (m_placeOf.empty() && !m_order.tensors.empty()) {
        auto& places = const_cast<TensorTableModel*>(this)->m_placeOf;
        places.assign(m_source->tensors().size(), nowhere);
        for (std::uint32_t place = 0; place < m_order.tensors.size(); ++place)
            places[m_order.tensors[place]] = place;
    }
    return m_placeOf.empty() || m_placeOf[tensor] == nowhere ? -1 : m_lines.rowOfTensor(m_placeOf[tensor]);
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
    if (rowOf(tensor) >= 0 && m_placeOf[tensor] != nowhere)
        changeLines([&] { m_lines.reveal(m_placeOf[tensor]); });
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

TensorTableModel::Worst TensorTableModel::worstOf(std::uint32_t first, std::uint32_t end) const
{
    Worst worst;
    const auto tensors = m_source->tensors();
    for (std::uint32_t place = first; place < end; ++place) {
        const std::uint32_t tensor = m_order.tensors[place];
        if (!isWeightMatrix(tensors[tensor]))
            continue;
        worst.hasMatrices = true;
        const TensorFacts* known = facts(tensor);
        if (known && known->sqnrState == TensorFacts::Sqnr::Known)
            worst.db = std::min(worst.db.value_or(known->sqnrDb), known->sqnrDb);
        else if (!known || (known->isReadable && known->sqnrState == TensorFacts::Sqnr::Unknown))
            worst.isComplete = false;
    }
    return worst;
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
