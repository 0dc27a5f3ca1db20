// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tensor_table_order.h"

#include <QSet>
#include <QString>

#include <vector>

namespace quantoscope {

/// What one line of the table shows.
struct TensorLine {
    enum class Kind { Tensor, Layer, Run } kind = Kind::Tensor;
    std::uint32_t first = 0;   ///< Of a tensor: its place in the order. Of a layer or run: its first group.
    std::uint32_t count = 1;   ///< Of a run: groups in it.
    int depth = 0;
};

/// Which lines there are while layers are folded and opened: long stretches of folded layers are one
/// line, "blk.0 … blk.16". Stretches are kept, never lines: the cost is that of layers, not of tensors.
class TensorTableLines {
public:
    /// More layers than this are folded into runs at first, and layers from the first on are open while
    /// there are at most so many lines: a table that fills a screen and still shows all of the model.
    static constexpr int longRun = 12;
    static constexpr int linesAtFirst = 26;

    void setOrder(const TensorOrder&);
    int count() const { return m_count; }
    TensorLine line(int row) const;
    int rowOfTensor(std::uint32_t place) const;   ///< Of the line that shows it or the layer it is folded into.
    bool isOpen(const TensorLine&) const;

    /// Opens a folded layer or a run into its layers; folds an open layer.
    void toggle(const TensorLine&);
    /// A folded layer beside folded ones goes back into a run with them. False where nothing changes.
    bool gather(const TensorLine&);
    void openAll();
    void foldAll();
    /// Makes the line of a tensor visible.
    void reveal(std::uint32_t place);

    /// Names of the open layers, and of those that stand alone though folded: for states.
    QStringList openLayers() const;
    QStringList looseLayers() const;
    void setFolding(const QStringList& open, const QStringList& loose);
    const TensorOrder& order() const { return *m_order; }

private:
    struct Stretch {
        int firstRow;
        TensorLine line;   ///< Of the first row.
        int rows;          ///< More than one for tensors only.
    };
    enum class Fold : std::uint8_t { InRun, Alone, Open };
    void rebuild();
    void addTensors(std::uint32_t first, std::uint32_t end, int depth);
    QStringList namesOf(Fold) const;

    const TensorOrder* m_order = nullptr;
    std::vector<Fold> m_folds;         ///< By group.
    std::vector<Stretch> m_stretches;
    int m_count = 0;
};

}  // namespace quantoscope
