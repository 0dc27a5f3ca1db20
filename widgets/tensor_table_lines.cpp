// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_table_lines.h"

#include <QStringList>

#include <algorithm>

namespace quantoscope {

void TensorTableLines::setOrder(const TensorOrder& order)
{
    m_order = &order;
    const bool isLong = order.groups.size() > longRun;
    m_folds.assign(order.groups.size(), isLong ? Fold::InRun : Fold::Alone);
    std::size_t lines = order.tensors.size() + std::min<std::size_t>(order.groups.size(), longRun);
    for (const TensorGroup& group : order.groups)
        lines -= group.count;
    for (std::size_t g = 0; g < order.groups.size() && lines + order.groups[g].count <= linesAtFirst; ++g) {
        m_folds[g] = Fold::Open;
        lines += order.groups[g].count;
    }
    rebuild();
}

void TensorTableLines::addTensors(std::uint32_t first, std::uint32_t end, int depth)
{
    if (first >= end)
        return;
    m_stretches.push_back({m_count, {TensorLine::Kind::Tensor, first, 1, depth}, int(end - first)});
    m_count += int(end - first);
}

void TensorTableLines::rebuild()
{
    m_stretches.clear();
    m_count = 0;
    if (!m_order)
        return;
    const auto& groups = m_order->groups;
    std::uint32_t place = 0;
    for (std::uint32_t g = 0; g < groups.size();) {
        addTensors(place, groups[g].first, 0);
        std::uint32_t end = g + 1;
        const auto follows = [&](std::uint32_t next) {
            return groups[next].first == groups[next - 1].first + groups[next - 1].count
                && groups[next].stem == groups[g].stem;
        };
        if (m_folds[g] == Fold::InRun)
            while (end < groups.size() && m_folds[end] == Fold::InRun && follows(end))
                ++end;
        const bool isRun = end - g > 1;
        m_stretches.push_back({m_count++, {isRun ? TensorLine::Kind::Run : TensorLine::Kind::Layer, g, end - g, 0}, 1});
        place = groups[end - 1].first + groups[end - 1].count;
        if (m_folds[g] == Fold::Open)
            addTensors(groups[g].first, place, 1);
        g = end;
    }
    addTensors(place, std::uint32_t(m_order->tensors.size()), 0);
}

TensorLine TensorTableLines::line(int row) const
{
    const auto after = std::ranges::upper_bound(m_stretches, row, {}, &Stretch::firstRow);
    if (row < 0 || row >= m_count || after == m_stretches.begin())
        return {};
    const Stretch& stretch = *std::prev(after);
    TensorLine line = stretch.line;
    if (line.kind == TensorLine::Kind::Tensor)
        line.first += std::uint32_t(row - stretch.firstRow);
    return line;
}

int TensorTableLines::rowOfTensor(std::uint32_t place) const
{
    // Stretches ascend in the order of the tensors they stand for; a layer's line stands for its first.
    const auto startOf = [&](const Stretch& s) {
        return s.line.kind == TensorLine::Kind::Tensor ? s.line.first : m_order->groups[s.line.first].first;
    };
    const auto after = std::ranges::upper_bound(m_stretches, place, {}, startOf);
    if (after == m_stretches.begin())
        return -1;
    const Stretch& stretch = *std::prev(after);
    return stretch.line.kind == TensorLine::Kind::Tensor ? stretch.firstRow + int(place - stretch.line.first)
                                                         : stretch.firstRow;
}

bool TensorTableLines::isOpen(const TensorLine& line) const
{
    return line.kind == TensorLine::Kind::Layer && m_folds[line.first] == Fold::Open;
}

void TensorTableLines::toggle(const TensorLine& line)
{
    if (line.kind == TensorLine::Kind::Tensor)
        return;
    for (std::uint32_t g = line.first; g < line.first + line.count; ++g)
        m_folds[g] = line.kind == TensorLine::Kind::Run || m_folds[g] == Fold::Open ? Fold::Alone : Fold::Open;
    rebuild();
}

bool TensorTableLines::gather(const TensorLine& line)
{
    if (line.kind != TensorLine::Kind::Layer || m_folds[line.first] == Fold::Open)
        return false;
    const auto& groups = m_order->groups;
    const auto isAlike = [&](std::uint32_t g) {
        return groups[g].stem == groups[line.first].stem && m_folds[g] != Fold::Open;
    };
    std::uint32_t from = line.first, end = line.first + 1;
    while (from > 0 && isAlike(from - 1))
        --from;
    while (end < groups.size() && isAlike(end))
        ++end;
    if (end - from < 2)
        return false;
    std::fill(m_folds.begin() + from, m_folds.begin() + end, Fold::InRun);
    rebuild();
    return true;
}

void TensorTableLines::openAll()
{
    std::ranges::fill(m_folds, Fold::Open);
    rebuild();
}

void TensorTableLines::foldAll()
{
    std::ranges::fill(m_folds, m_folds.size() > longRun ? Fold::InRun : Fold::Alone);
    rebuild();
}

void TensorTableLines::reveal(std::uint32_t place)
{
    const auto& groups = m_order->groups;
    const auto after = std::ranges::upper_bound(groups, place, {}, &TensorGroup::first);
    if (after == groups.begin())
        return;
    const auto group = std::prev(after);
    Fold& fold = m_folds[std::size_t(group - groups.begin())];
    if (place >= group->first + group->count || fold == Fold::Open)
        return;
    fold = Fold::Open;
    rebuild();
}

QStringList TensorTableLines::namesOf(Fold wanted) const
{
    QStringList names;
    for (std::size_t g = 0; g < m_folds.size(); ++g)
        if (m_folds[g] == wanted)
            names << QString::fromUtf8(m_order->groups[g].prefix.data(), qsizetype(m_order->groups[g].prefix.size()));
    return names;
}

QStringList TensorTableLines::openLayers() const { return namesOf(Fold::Open); }
QStringList TensorTableLines::looseLayers() const { return namesOf(Fold::Alone); }

void TensorTableLines::setFolding(const QStringList& open, const QStringList& loose)
{
    const QSet<QString> isOpen(open.begin(), open.end()), isLoose(loose.begin(), loose.end());
    for (std::size_t g = 0; g < m_folds.size(); ++g) {
        const auto prefix = m_order->groups[g].prefix;
        const QString name = QString::fromUtf8(prefix.data(), qsizetype(prefix.size()));
        m_folds[g] = isOpen.contains(name) ? Fold::Open : isLoose.contains(name) ? Fold::Alone : Fold::InRun;
    }
    rebuild();
}

}  // namespace quantoscope
