// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace quantoscope {

/// A painted chart of things with ids, of which one can be chosen: by a press, by the arrows, Home and End in the order
/// of order(), or from outside. What the mouse is over is lit, and may be lit from outside as well: by a list.
class ChoiceChart : public QWidget {
    Q_OBJECT

public:
    QString selected() const { return m_selected; }
    QString lit() const { return m_hovered; }   ///< What the mouse is over.
    void setSelected(const QString& id);   ///< Emits nothing.
    void setHovered(const QString& id);    ///< Empty for none. Emits nothing.

signals:
    void chosen(const QString& id);    ///< By the person; empty where a press met nothing and nothing may be chosen.
    void hovered(const QString& id);   ///< Empty when the mouse leaves what it was over.

protected:
    ChoiceChart(const QString& accessibleName, QWidget* parent);
    /// What lies under the mouse; empty for nothing.
    virtual QString at(const QPointF& mouse) const = 0;
    /// All that can be chosen, in the order of the arrow keys.
    virtual QStringList order() const = 0;
    /// True where a press beside everything chooses nothing; else it changes nothing.
    virtual bool mayChooseNothing() const { return false; }
    /// Before it is painted with another choice: for what was kept of the picture.
    virtual void selectionChanged() {}
    void paintFocus(QPainter&) const;

    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void leaveEvent(QEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void choose(const QString& id);

    QString m_selected, m_hovered;
};

}  // namespace quantoscope
