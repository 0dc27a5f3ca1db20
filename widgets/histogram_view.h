// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/histogram_painter.h"

#include <QPixmap>
#include <QWidget>

namespace quantoscope {

class ClipHandle;
class LevelHandles;

/// Before and after quantization on shared axes, with the error between them, and the ends of the
/// range as handles to drag. Shows what it is given; computes bins and scales, never a quantization.
class HistogramView : public QWidget {
    Q_OBJECT

public:
    explicit HistogramView(QWidget* parent = nullptr);

    /// New counts begin at min … max again; the same counts keep the zoom.
    void setContent(HistogramContent);
    const HistogramContent& content() const { return m_content; }
    void setCaption(const QString& caption);

    HistogramScale scale() const { return m_scale; }
    void setScale(HistogramScale);

    struct Range {
        double low = 0, high = 1;
        friend bool operator==(const Range&, const Range&) = default;
    };
    Range visibleRange() const { return m_range; }
    Range fullRange() const;
    bool isZoomed() const { return m_isZoomed; }
    void setVisibleRange(Range);
    void showEverything();

    /// Keeps an earlier picture pale behind the present one and freezes the axes; nothing thaws them.
    void setGhost(std::optional<HistogramGhost>);
    const std::optional<HistogramGhost>& ghost() const { return m_ghost; }
    void setPrediction(std::optional<double> clip);

    /// A weight and what it is stored as, pointed out in both panels.
    void setMarkedWeight(std::optional<MarkedWeight>);

    LevelHandles* levelHandles() const { return m_levelHandles; }
    ClipHandle* lowHandle() const { return m_lowHandle; }
    ClipHandle* highHandle() const { return m_highHandle; }
    bool isDragging() const;

    QSize minimumSizeHint() const override { return {280, 200}; }
    QSize sizeHint() const override { return {800, 600}; }

signals:
    /// By the person. Symmetric schemes get −high, high. `finished` is false while a drag goes on.
    void clipMoved(double low, double high, bool finished);
    void bestRequested();
    /// By the person: all levels, one of them moved.
    void levelsMoved(const std::vector<double>& levels, bool finished);
    /// A click on the picture: a weight of about this value, within a pixel.
    void weightPicked(double value, double tolerance);
    void rangeChanged();   ///< By the person: zoomed or panned.

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void wheelEvent(QWheelEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void changeEvent(QEvent*) override;

private:
    HistogramFrame frame() const;
    void changeLayout();      ///< Size, zoom, scale or theme changed: bins and pixmaps are stale.
    void chooseScales(bool anew);
    void measureErrors();     ///< For the staircase.
    void renderGrounds();
    void placeHandles();
    void describe();
    void moveClip(bool isLow, double value, bool finished);
    void zoomBy(double factor, double centre);

    HistogramContent m_content;
    std::optional<HistogramGhost> m_ghost;
    std::optional<double> m_prediction;
    QString m_caption;
    HistogramScale m_scale = HistogramScale::Linear;
    Range m_range;
    bool m_isZoomed = false;
    std::optional<double> m_panFrom;
    std::optional<QPointF> m_pressedAt;
    std::optional<MarkedWeight> m_marked;

    HistogramLayout m_layout;
    BinnedShares m_before;
    std::optional<BinnedShares> m_stored, m_errors;
    double m_errorTop = 1;
    double m_top = 1, m_floor = 0, m_errorLimit = 1;
    QPixmap m_ground, m_hatchedGround;

    ClipHandle* m_lowHandle;
    ClipHandle* m_highHandle;
    LevelHandles* m_levelHandles;
};

}  // namespace quantoscope
