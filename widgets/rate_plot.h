// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot_axis.h"

#include <QWidget>

#include <vector>

namespace quantoscope {

/// SQNR against bits per weight: families of schemes as lines, limits as dashed lines of 6.02 dB per bit,
/// and numbered marks for the schemes that are compared.
class RatePlot : public QWidget {
    Q_OBJECT

public:
    struct Point {
        double bits = 0, sqnrDb = 0;
        friend bool operator==(const Point&, const Point&) = default;
    };
    struct Line {
        QString name;
        std::vector<Point> points;
        bool isLimit = false;   ///< Dashed: nothing lies above it.
        friend bool operator==(const Line&, const Line&) = default;
    };
    struct Mark {
        QString number;   ///< "1", as the column's title has it.
        QString name;
        Point at;
        bool isPresent = false;
        bool isEstimate = false;   ///< From a sample: drawn hollow.
        friend bool operator==(const Mark&, const Mark&) = default;
    };
    struct Content {
        std::vector<Line> lines;
        std::vector<Mark> marks;
        friend bool operator==(const Content&, const Content&) = default;
    };

    explicit RatePlot(QWidget* parent = nullptr);
    void setContent(Content);
    const Content& content() const { return m_content; }

    QSize minimumSizeHint() const override { return {220, 180}; }
    QSize sizeHint() const override { return {400, 360}; }

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void layOut();
    void drawAxes(QPainter&) const;
    void drawLines(QPainter&) const;
    void drawMarks(QPainter&) const;
    QPointF pointOf(const Point&) const;
    QPointF markPoint(const Mark&) const;
    std::vector<QPointF> badgePlaces() const;

    Content m_content;
    QRectF m_plot;
    AxisScale m_x, m_y;
};

}  // namespace quantoscope
