// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/value_slider.h"

#include <QRectF>
#include <QString>

#include <vector>

namespace quantoscope {

/// One end of the range: a line across all panels with a grip to drag. As wide as it can be hit:
/// nine pixels to either side of the line.
class ClipHandle : public ValueSlider {
    Q_OBJECT

public:
    static constexpr int reach = 9;

    explicit ClipHandle(QWidget* parent);
    void setGripCentre(double y) { m_gripCentre = y; update(); }
    /// Places of the parent, in its coordinates, where the line would run through text.
    void setGaps(std::vector<QRectF> gaps) { m_gaps = std::move(gaps); }
    void setValueText(const QString& text) { m_valueText = text; }
    QString valueText() const override { return m_valueText; }
    bool isDragged() const { return m_isDragged; }

signals:
    /// To a position of the parent, in its coordinates; the parent knows the scale.
    void draggedTo(double x, bool finished);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }

private:
    double m_gripCentre = 0;
    double m_grabOffset = 0;   ///< Of the line from the mouse, so that a grab does not make it jump.
    bool m_isDragged = false;
    bool m_hasMoved = false;
    QString m_valueText;
    std::vector<QRectF> m_gaps;
};

}  // namespace quantoscope
