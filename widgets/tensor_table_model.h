// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tensor_table_lines.h"

#include <QAbstractTableModel>

#include <deque>
#include <memory>

namespace quantoscope {

class BackgroundJob;

/// The tensors of a model as lines of a table. Holds some twenty bytes a tensor for the orders and facts of
/// those that were scanned; text is made when a cell is asked for.
class TensorTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using Source = std::shared_ptr<const TensorSource>;

    explicit TensorTableModel(QObject* parent = nullptr);
    ~TensorTableModel() override;

    void setSource(Source source);
    const Source& source() const { return m_source; }

    void setSort(TensorSort sort);
    const TensorSort& sort() const { return m_sort; }
    void setFilter(TensorFilter filter);
    const TensorFilter& filter() const { return m_filter; }
    void setByLayer(bool byLayer);
    bool isByLayer() const { return m_byLayer; }
    bool showsLayers() const { return !m_order.groups.empty(); }
    /// Sorting a long list happens in the background; the lines before stay until it is done.
    bool isArranging() const;

    // Facts, as the scan finds them. The table is told once a batch.
    const TensorFacts* facts(std::uint32_t tensor) const;
    std::size_t factsKnown() const { return m_facts.size(); }
    /// `change(TensorFacts&)`; what the layer of the tensor shows follows.
    template <class Change>
    void changeFacts(std::uint32_t tensor, Change change)
    {
        change(factsToChange(tensor));
        forgetWorst(tensor);
    }
    void forgetSqnr();
    void factsChanged();
    /// Sorts and filters by what has become known since.
    void rearrange();

    TensorLine line(int row) const { return m_lines.line(row); }
    /// The tensor of a line, or nothing for a line of layers.
    std::optional<std::uint32_t> tensorAt(int row) const;
    int rowOf(std::uint32_t tensor) const;   ///< −1 where it is filtered away.
    bool isOpen(int row) const { return m_lines.isOpen(line(row)); }
    void toggle(int row);
    bool gather(int row);
    void openAll();
    void foldAll();
    void reveal(std::uint32_t tensor);
    QStringList openLayers() const { return m_lines.openLayers(); }
    QStringList looseLayers() const { return m_lines.looseLayers(); }
    void setFolding(const QStringList& open, const QStringList& loose);

    std::span<const std::uint32_t> shownTensors() const { return m_order.tensors; }
    /// Tensors a line stands for, as places in shownTensors().
    std::pair<std::uint32_t, std::uint32_t> tensorsOf(const TensorLine&) const;
    std::span<const TensorGroup> groups() const { return m_order.groups; }
    /// The lowest known SQNR of some tensors, and whether every matrix among them is known.
    struct Worst {
        std::optional<double> db;
        bool isComplete = true;
        bool hasMatrices = false;
        void add(const Worst& other);
    };
    /// Kept by layer: a line of a thousand layers is painted without asking their tensors again.
    Worst worstOf(const TensorLine&) const;
    Worst worstOfGroup(std::uint32_t group) const;
    Worst worstOfTensor(std::uint32_t place) const;   ///< Of a place in shownTensors().
    /// How often a tensor was asked for its part in those, since the model was made.
    std::size_t tensorsAsked() const { return m_tensorsAsked; }

    void setThreshold(double db);
    double threshold() const { return m_threshold; }
    void setSchemeName(const QString& name);   ///< For the heading: "INT4 g64".
    const QString& schemeName() const { return m_schemeName; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation, int role) const override;

    /// The text of a cell, as shown, copied and read aloud.
    QString cellText(int row, TensorColumn) const;
    QString lineName(int row) const;
    /// A tensor's whole row, tab-separated.
    QString rowText(int row) const;

signals:
    void arranged();

private:
    void arrange();
    void setOrder(TensorOrder order);
    TensorFacts& factsToChange(std::uint32_t tensor);
    void forgetWorst(std::uint32_t tensor);
    std::uint32_t placeOf(std::uint32_t tensor) const;
    template <class Change> void changeLines(Change change);
    QString groupText(const TensorLine&, TensorColumn) const;
    QString tensorText(std::uint32_t tensor, TensorColumn) const;

    Source m_source;
    TensorSort m_sort;
    TensorFilter m_filter;
    bool m_byLayer = true;
    double m_threshold = 18;
    QString m_schemeName;
    TensorOrder m_order;
    TensorTableLines m_lines;
    NameOrder m_names;                      ///< All tensors by name: sorted once a model.
    mutable std::vector<std::uint32_t> m_placeOf;   ///< Of each tensor in the order; made when first asked for.
    std::deque<TensorFacts> m_facts;        ///< In the order in which they were found.
    std::vector<std::uint32_t> m_factsOf;   ///< By tensor, where in m_facts plus one; 0 while nothing is known.
    mutable std::vector<std::optional<Worst>> m_worst;   ///< By group; empty until asked for.
    mutable std::size_t m_tensorsAsked = 0;
    std::optional<std::pair<QStringList, QStringList>> m_wantedFolding;
    QStringList m_keptOpen, m_keptLoose;    ///< The folding while no layers are shown.
    bool m_hasKeptFolding = false;
    BackgroundJob* m_arranging;
};

/// "5120 × 27 648" and "1.5 GiB", as the table and the panel write them.
QString shapeWords(const Shape&);
QString byteWords(double bytes);

}  // namespace quantoscope
