// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/level_map.h"
#include "widgets/plot_axis.h"

#include <QPixmap>
#include <QWidget>

#include <optional>
#include <vector>

namespace quantoscope {

class ClipSlider;

/// A method's clip, as a mark on the curve.
struct CostMark {
    QString id;
    QString label;
    double clip = 0;
    double sqnrDb = 0;
};

/// SQNR against clip, higher is better, with every method marked on it and the present clip as a
/// diamond. The slider under it is the twin of the handles in the histogram.
class CostCurve : public QWidget {
    Q_OBJECT

public:
    explicit CostCurve(QWidget* parent = nullptr);

    /// The curve is drawn as it is; `largest` is the end of the slider.
    void setCurve(std::vector<ClipCost> curve, double largest, const QString& axisTitle);
    void setMarks(std::vector<CostMark> marks);
    const std::vector<CostMark>& marks() const { return m_marks; }
    /// `isByHand`: no method put it there, so it gets its own label and its distance to the best.
    void setPresent(double clip, double sqnrDb, bool isByHand);
    void setPrediction(std::optional<double> clip);
    ClipSlider* slider() const { return m_slider; }
    double bestSqnrDb() const;

    QSize minimumSizeHint() const override { return {200, 150}; }
    QSize sizeHint() const override { return {320, 260}; }

signals:
    void clipMoved(double clip, bool finished);
    void markChosen(const QString& id);
    void bestRequested();

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;

private:
    struct PlacedLabel {
        std::size_t mark;
        QRectF area;
    };
    void changeLayout();
    void placeLabels();
    void renderGround();
    void drawPresent(QPainter&) const;
    std::optional<std::size_t> markAt(const QPointF&) const;
    QPointF pointOf(double clip, double sqnrDb) const;

    std::vector<ClipCost> m_curve;
    std::vector<CostMark> m_marks;
    std::vector<PlacedLabel> m_labels;
    QString m_axisTitle;
    double m_largest = 1;
    double m_presentClip = 0, m_presentSqnrDb = 0;
    bool m_isByHand = false;
    std::optional<double> m_prediction;
    QRectF m_plot;
    AxisScale m_x, m_y;
    QPixmap m_ground;
    ClipSlider* m_slider;
};

}  // namespace quantoscope
