// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRadioButton>
#include <QWidget>

class QButtonGroup;
class QHBoxLayout;

namespace quantoscope {

/// A radio button in all but looks: screen readers and Tab know it as one; the arrows belong to its row.
class RowButton : public QRadioButton {
public:
    RowButton(const QString& id, const QString& text, QWidget* parent);
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    bool hitButton(const QPoint& at) const override { return rect().contains(at); }
    void keyPressEvent(QKeyEvent*) override;
};

/// One of a few buttons in a row, all visible: segments, tabs. Arrows, Home and End move the choice.
class ExclusiveRow : public QWidget {
    Q_OBJECT

public:
    void clear();
    QString current() const;
    void setCurrent(const QString& id);   ///< Emits nothing.

signals:
    void chosen(const QString& id);   ///< By the person only.

protected:
    ExclusiveRow(const QMargins& margins, int spacing, QWidget* parent);
    void addButton(RowButton*);
    void keyPressEvent(QKeyEvent*) override;

private:
    QButtonGroup* m_group;
    QHBoxLayout* m_layout;
};

}  // namespace quantoscope
