// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tensor_table_order.h"

#include <QWidget>

class QLineEdit;

namespace quantoscope {

class ChoiceButton;
class PushButton;

/// Search and filters over the table of tensors.
class FilterBar : public QWidget {
    Q_OBJECT

public:
    explicit FilterBar(QWidget* parent = nullptr);

    void setTypes(const TensorSource*);
    void show(const TensorFilter& filter, double threshold, bool byLayer, bool canFold);
    QLineEdit* search() const { return m_search; }
    /// Leaves the words out that a narrow table has no room for.
    void setCompact(bool compact);

signals:
    void filterChosen(const TensorFilter& filter, const QString& step, const QString& mergeKey);
    void thresholdChosen(double db);
    void byLayerChosen(bool byLayer);
    void tableWanted();   ///< Down or Enter in the search.

protected:
    bool eventFilter(QObject*, QEvent*) override;

private:
    void fillBelow();

    TensorFilter m_filter;
    double m_threshold = 18;
    bool m_isCompact = false;
    QLineEdit* m_search;
    ChoiceButton* m_types;
    ChoiceButton* m_below;
    PushButton* m_outliers;
    PushButton* m_byLayer;
};

}  // namespace quantoscope
