// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/number_format.h"

#include <QAbstractTableModel>

#include <vector>

namespace quantoscope {

/// The format table of the core as a Qt model. Qt::UserRole holds what a column is sorted by.
class FormatTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Bits, Layout, Bias, Largest, SmallestNormal, SmallestSubnormal, Epsilon, Specials, Sentence, ColumnCount };
    explicit FormatTableModel(QObject* parent = nullptr);

    const NumberFormat& format(int row) const { return *m_rows[std::size_t(row)].format; }
    int rowOf(const QString& id) const;   ///< -1 where there is none.

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Headings in words, values as numbers that read back.
    QByteArray csv() const;

private:
    struct Row {
        const NumberFormat* format;
        QString text[ColumnCount];
        double order[ColumnCount];
    };
    void addRow(const NumberFormat& format);

    std::vector<Row> m_rows;
};

QString formatText(std::string_view words);

}  // namespace quantoscope
