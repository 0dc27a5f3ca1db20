// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

namespace quantoscope {

/// Blocks of facts: a name with its main figure, and lines of names and values under it.
class FactTable : public QWidget {
    Q_OBJECT

public:
    struct Row {
        QString name;
        QString figure;                                     ///< "31.2 dB"
        std::vector<std::pair<QString, QString>> figures;
        bool isBest = false;
    };
    explicit FactTable(QWidget* parent = nullptr);
    void setRows(std::vector<Row> rows);
    const std::vector<Row>& rows() const { return m_rows; }
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    struct Fit {
        double line;
        std::size_t figures;   ///< Shown of each block.
    };
    Fit fit() const;
    double blockHeight() const;
    std::vector<Row> m_rows;
};

}  // namespace quantoscope
