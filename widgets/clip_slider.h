// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/value_slider.h"

namespace quantoscope {

/// A track with a round thumb, filled up to its value.
class ClipSlider : public ValueSlider {
    Q_OBJECT

public:
    static constexpr int margin = 10;   ///< From the widget's side to the end of the track.

    explicit ClipSlider(QWidget* parent = nullptr);
    QSize sizeHint() const override { return {120, 2 * margin}; }
    QString valueText() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override { emit bestRequested(); }

private:
    double valueAt(double x) const;
    bool m_isDragged = false;
};

}  // namespace quantoscope
