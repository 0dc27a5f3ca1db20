// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/heat_map_content.h"

#include <QTableWidget>

namespace quantoscope {

/// The largest weights of a tensor with their places; the chosen one is where the lens goes.
class LargestList : public QTableWidget {
    Q_OBJECT

public:
    explicit LargestList(QWidget* parent = nullptr);
    void showValues(const std::vector<PlacedValue>& values, double mean, double deviation);

signals:
    void placeChosen(std::int64_t row, std::int64_t column);    ///< By the person.
    void placeOpened();                                         ///< Enter or a double click.

private:
    std::vector<PlacedValue> m_values;
    bool m_isFilling = false;
};

}  // namespace quantoscope
