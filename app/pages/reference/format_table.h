// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QSortFilterProxyModel;
class QTableView;

namespace quantoscope {

class FormatTableModel;
class PushButton;
class TextLabel;

/// The format table, sorted by any column; the chosen format is explained below and opened on Numbers.
class FormatTable : public QWidget {
    Q_OBJECT

public:
    explicit FormatTable(QWidget* parent = nullptr);
    QString current() const;             ///< Id of the chosen format.
    void setCurrent(const QString& id);
    int sortColumn() const;              ///< -1: the table's own order.
    bool isDescending() const;
    void setSorting(int column, bool descending);
    QByteArray csv() const;

signals:
    void formatOpened(const QString& id);
    void changed(const QString& text);   ///< By the person.

protected:
    void changeEvent(QEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    void showCurrent();
    void hideSentencesWhereNarrow();
    void fitColumns();

    FormatTableModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_view;
    TextLabel* m_name;
    TextLabel* m_sentence;
    PushButton* m_open;
    int m_widthOfNumbers = 0;   ///< Of all columns but the sentences.
    bool m_isRestoring = false;
};

}  // namespace quantoscope
