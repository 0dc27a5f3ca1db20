// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

#include <vector>

class QGridLayout;

namespace quantoscope {

/// What cannot be run here, each with its reason as a sentence; it never just disappears from the list.
class ObstacleList : public QScrollArea {
    Q_OBJECT

public:
    struct Row {
        QString name;
        QString reason;
        friend bool operator==(const Row&, const Row&) = default;
    };

    explicit ObstacleList(QWidget* parent = nullptr);
    void setRows(const std::vector<Row>& rows);
    QString text() const;   ///< "name: reason" by line.

private:
    QGridLayout* m_grid;
    std::vector<Row> m_rows;
};

}  // namespace quantoscope
