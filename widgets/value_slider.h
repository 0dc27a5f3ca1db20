// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace quantoscope {

/// A painted widget that is a slider to keyboards and screen readers: arrows move by a step, Shift by
/// ten, Page Up and Page Down by ten; Home asks for the best value. What it looks like is up to the
/// class derived from it.
class ValueSlider : public QWidget {
    Q_OBJECT

public:
    explicit ValueSlider(QWidget* parent = nullptr);

    double value() const { return m_value; }
    double minimum() const { return m_minimum; }
    double maximum() const { return m_maximum; }
    double step() const { return m_step; }
    /// Emits nothing.
    void setRange(double minimum, double maximum, double step);
    void setValue(double value);
    /// What a screen reader says: "−0.0605, 869 weights clipped".
    virtual QString valueText() const;
    /// As if a person had moved it: emits moved.
    void moveTo(double value, bool finished);

signals:
    /// By the person; `finished` is false while a drag goes on.
    void moved(double value, bool finished);
    void bestRequested();

protected:
    void keyPressEvent(QKeyEvent*) override;
    bool event(QEvent*) override;

private:
    double m_value = 0, m_minimum = 0, m_maximum = 1, m_step = 0.01;
};

/// Makes painted widgets speak: ValueSlider as a slider with its value, and any widget with the
/// dynamic property "chartDescription" as a chart that reads it out. Called by their constructors.
void installPlotAccessibility();

}  // namespace quantoscope
