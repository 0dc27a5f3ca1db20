// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot_axis.h"
#include "widgets/value_slider.h"

#include <optional>
#include <vector>

namespace quantoscope {

/// Levels to place by hand: a pin under each. The mouse drags one; on the keyboard Up and Down choose
/// one, Left and Right move it, no further than its neighbours.
class LevelHandles : public ValueSlider {
    Q_OBJECT

public:
    static constexpr int margin = 8;        ///< From the ends of the axis to the widget's.
    static constexpr int heightOfPin = 13;

    explicit LevelHandles(QWidget* parent);

    /// Ascending; `x` in the parent's pixels.
    void setLevels(const std::vector<double>& levels, const AxisScale& x);
    int selected() const { return m_selected; }
    QString valueText() const override;

signals:
    void levelMoved(int index, double value, bool finished);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    void select(int index);
    double pixelOf(double level) const;   ///< In this widget.
    std::optional<int> pinAt(double x) const;
    double limited(double value) const;   ///< Between the neighbours of the selected one.

    std::vector<double> m_levels;
    AxisScale m_x;
    int m_selected = 0;
    bool m_isDragged = false, m_hasMoved = false;
};

}  // namespace quantoscope
