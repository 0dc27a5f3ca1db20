// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <QSet>
#include <QStringList>
#include <QWidget>

#include <vector>

class QTreeWidget;
class QTreeWidgetItem;

namespace quantoscope {

/// One kernel in the list beside the picture.
struct KernelRow {
    QString id, name, sentence;
    GemmMark mark = GemmMark::Float;
    bool isTicked = false;   ///< It is measured and shown.
    int number = 0;          ///< Of a ticked one: what stands at its mark where its name has no room.
    QString speed, error;    ///< Empty while nothing is known; a word in place of the speed where it cannot run.
    bool isRunning = false;
    friend bool operator==(const KernelRow&, const KernelRow&) = default;
};

/// Kernels of one regime.
struct KernelRows {
    QString id, name;
    std::vector<KernelRow> rows;
    friend bool operator==(const KernelRows&, const KernelRows&) = default;
};

/// The kernels by regime: legend of the picture beside it, its figures, and what is measured. A group shows those that
/// are ticked; a press on its line unfolds the rest. Space ticks a row, or all of a group.
class KernelList : public QWidget {
    Q_OBJECT

public:
    explicit KernelList(QWidget* parent = nullptr);

    void setGroups(std::vector<KernelRows>);
    /// What the speeds are multiples of: the caption of their column.
    void setBaseline(const QString& name);
    void setSelected(const QString& kernelId);
    void setHovered(const QString& kernelId);
    /// False leaves the figures and takes the boxes: in a lesson without this control.
    void setTickable(bool);
    void setUnfolded(const QString& groupId, bool);
    bool isUnfolded(const QString& groupId) const { return m_unfolded.contains(groupId); }
    const std::vector<KernelRows>& groups() const { return m_groups; }
    QTreeWidget& tree() { return *m_tree; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void ticked(const QStringList& kernelIds, bool runs);
    void chosen(const QString& kernelId);
    void hovered(const QString& kernelId);   ///< Empty when the mouse leaves the rows.

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;
    bool eventFilter(QObject*, QEvent*) override;

private:
    class RowPainter;
    void rebuild();
    void showTexts();
    void fold();
    void toggle(QTreeWidgetItem&);
    void hoverAt(QTreeWidgetItem*);
    const KernelRow* rowOf(const QTreeWidgetItem&) const;
    const KernelRows& groupOf(const QTreeWidgetItem&) const;

    std::vector<KernelRows> m_groups;
    QSet<QString> m_unfolded;
    QString m_baseline, m_selected, m_hovered;
    bool m_isTickable = true;
    QTreeWidget* m_tree;
};

}  // namespace quantoscope
