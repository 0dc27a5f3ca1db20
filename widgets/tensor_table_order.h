// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/progress.h"
#include "core/tensors/tensor.h"
#include "widgets/tensor_facts.h"

#include <QString>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace quantoscope {

/// The columns of the table, in the order in which they stand.
enum class TensorColumn {
    Name, Type, Shape, Size, Weights, Min, Max, Mean, Deviation, Kurtosis, Outliers, Specials, Sqnr
};
inline constexpr int tensorColumnCount = int(TensorColumn::Sqnr) + 1;

/// One row of the table of columns.
struct TensorColumnRow {
    const char* id;       ///< In states: "sqnr".
    const char* title;    ///< Translated where it is shown.
    int width;            ///< At 100 % type; the first column takes what is left.
    int keep;             ///< Narrow windows drop the lowest first; 0 is never dropped.
    bool isNumber;        ///< Right-aligned; sorted largest first.
};
const TensorColumnRow& columnRow(TensorColumn);
std::optional<TensorColumn> findTensorColumn(QStringView id);

/// Names in the order people count in: "blk.2" before "blk.10".
bool naturalLess(std::string_view a, std::string_view b);

/// A name taken apart at its first number: "model.layers.17.mlp.up_proj" is layer 17 of "model.layers".
struct LayerName {
    std::string_view prefix;   ///< "model.layers.17"; empty where the name has no layer.
    std::string_view stem;     ///< "model.layers"
    std::string_view rest;     ///< "mlp.up_proj"
};
LayerName layerOf(std::string_view name);

/// Consecutive tensors of one layer in a TensorOrder.
struct TensorGroup {
    std::uint32_t first = 0, count = 0;   ///< Within TensorOrder::tensors.
    std::string_view prefix, stem;        ///< Into the names of the model.
};

struct TensorSort {
    TensorColumn column = TensorColumn::Name;
    bool descending = false;
    friend bool operator==(const TensorSort&, const TensorSort&) = default;
};

struct TensorFilter {
    QString search;                    ///< Words, each of which must occur in name, type or shape.
    QString type;                      ///< As the file writes it; empty for all.
    std::optional<double> belowDb;     ///< Only matrices known to be below.
    bool hasOutliers = false;

    bool isEmpty() const { return search.trimmed().isEmpty() && type.isEmpty() && !belowDb && !hasOutliers; }
    bool needsFacts() const { return belowDb.has_value() || hasOutliers; }
    friend bool operator==(const TensorFilter&, const TensorFilter&) = default;
};

/// Which tensors are shown, in which order; four bytes a tensor.
struct TensorOrder {
    std::vector<std::uint32_t> tensors;
    std::vector<TensorGroup> groups;   ///< Ascending; tensors of no group lie between them.
};

/// What sorting and filtering need to know of every tensor and is not in the file: taken from the facts
/// before the sorting moves to another thread.
struct SortKeys {
    std::vector<double> values;        ///< Of the column, NaN where unknown; empty where the file has it.
    std::vector<bool> passes;          ///< The part of the filter that needs facts; empty where none does.
};
SortKeys sortKeysOf(const TensorSource&, const TensorSort&, const TensorFilter&, const FactsOf&);

/// All tensors of a model in the natural order of their names: half a second for half a million of them, so it is
/// found once and every order and search starts from it.
using NameOrder = std::shared_ptr<const std::vector<std::uint32_t>>;
NameOrder orderOfNames(const TensorSource&);

/// Sorts and filters. Layers are formed where `byLayer`, the order is that of names and nothing is filtered. Empty
/// once nobody wants it any more.
TensorOrder orderTensors(const TensorSource&, std::span<const std::uint32_t> byName, const TensorSort&, const TensorFilter&,
                         const SortKeys&, bool byLayer, const Progress& = {});

}  // namespace quantoscope
