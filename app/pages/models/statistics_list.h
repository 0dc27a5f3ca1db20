// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/statistics/summary.h"

#include <QScrollArea>

#include <optional>
#include <vector>

class QGridLayout;

namespace quantoscope {

class TextLabel;

/// The statistics of one tensor as names and numbers, each number selectable.
class StatisticsList : public QScrollArea {
    Q_OBJECT

public:
    explicit StatisticsList(QWidget* parent = nullptr);
    /// `isExact` false: quantiles and kurtosis are within a bin's width, and the list says so.
    void showSummary(const std::optional<Summary>& summary, bool isExact);
    void showNote(const QString& note);

private:
    struct Row {
        TextLabel* name;
        TextLabel* value;
    };
    QGridLayout* m_grid;
    TextLabel* m_note;
    std::vector<Row> m_rows;
};

/// Names and numbers of a summary in the order of the list and the CSV.
std::vector<std::pair<QString, QString>> summaryRows(const Summary&);

}  // namespace quantoscope
