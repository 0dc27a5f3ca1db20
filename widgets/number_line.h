// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/number_line_scale.h"
#include "widgets/uniform_runs.h"

#include <QWidget>

#include <optional>

namespace quantoscope {

struct Theme;

/// One lane: the numbers of one format.
struct NumberLane {
    QString name;
    std::vector<UniformRun> runs;
    std::optional<double> stored;   ///< Finite, else empty.
    std::optional<double> ghost;
    double ulp = 0;                 ///< Beside the stored value; how far one may zoom in.
    QString spacing;                ///< "every 2⁻⁹"
    bool selected = false;
};

/// Formats above each other on one axis, every tick a number the format has, a band where there are
/// too many to draw. The wheel zooms around the pointer, a drag pans; + − and arrows do the same.
class NumberLine : public QWidget {
    Q_OBJECT

public:
    explicit NumberLine(QWidget* parent = nullptr);

    void setLanes(std::vector<NumberLane> lanes);
    /// The typed number as a dashed line through all lanes; without one there is no line.
    void setMarker(std::optional<double> value, const QString& text);
    void setView(const NumberLineView& view);
    const NumberLineView& view() const { return m_view; }
    /// The view that shows the neighbourhood of a value: a quarter of it, or 12 octaves to each side.
    static NumberLineView viewAround(double value, bool logarithmic);
    int laneCount() const { return int(m_lanes.size()); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void viewChanged();               ///< By the person.
    void resetRequested();            ///< Home or a double click.
    void laneActivated(int lane);

protected:
    void paintEvent(QPaintEvent*) override;
    void wheelEvent(QWheelEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void focusInEvent(QFocusEvent*) override { update(); }
    void focusOutEvent(QFocusEvent*) override { update(); }
    bool event(QEvent*) override;

private:
    struct Places {
        double left, right;       ///< Of the lanes.
        double top, laneHeight, lanePitch, axisTop;
    };
    Places places() const;
    NumberLineScale scale() const;
    void zoom(double factor, double aroundPixel);
    void pan(double pixels);
    void limitView();
    double largestMagnitude() const;
    void paintLane(QPainter&, const NumberLane&, const QRectF&, const NumberLineScale&) const;
    void paintStored(QPainter&, const NumberLane&, const QRectF&, const NumberLineScale&) const;
    void paintAxis(QPainter&, const Places&, const NumberLineScale&) const;
    void paintMarker(QPainter&, const Places&, const NumberLineScale&) const;
    void describe();

    std::vector<NumberLane> m_lanes;
    std::optional<double> m_marker;
    QString m_markerText;
    NumberLineView m_view;
    std::optional<double> m_dragX;
    bool m_dragged = false;
};

}  // namespace quantoscope
