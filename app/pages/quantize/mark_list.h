// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QWidget>

#include <vector>

class QButtonGroup;
class QVBoxLayout;

namespace quantoscope {

/// One row of the list of methods: a radio button with three columns.
class MarkRow : public QAbstractButton {
    Q_OBJECT

public:
    explicit MarkRow(const QString& id, QWidget* parent);
    const QString& id() const { return m_id; }
    void setTexts(const QString& name, bool isBest, const QString& clip, const QString& sqnr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    QString m_id, m_name, m_clip, m_sqnr;
    bool m_isBest = false;
};

/// Where each method clips and what it costs; choosing a row chooses the method.
class MarkList : public QWidget {
    Q_OBJECT

public:
    struct Row {
        QString id, name, clip, sqnr;
        bool isBest = false;
        friend bool operator==(const Row&, const Row&) = default;
    };
    explicit MarkList(QWidget* parent = nullptr);
    void setRows(const std::vector<Row>& rows, const QString& current);

signals:
    void chosen(const QString& id);

private:
    QButtonGroup* m_group;
    QVBoxLayout* m_layout;
    std::vector<MarkRow*> m_rows;
    std::vector<Row> m_shown;
};

}  // namespace quantoscope
