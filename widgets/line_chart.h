// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/choice_chart.h"
#include "widgets/plot_axis.h"

#include <QPointF>

#include <optional>
#include <vector>

class QPainter;

namespace quantoscope {

/// Lines over a logarithmic height, each named at its right end: how something grows with K, with the size of
/// an outlier, or over the years. One line can be chosen, with its limits drawn as dashes of the error colour.
class LineChart : public ChoiceChart {
    Q_OBJECT

public:
    enum class Across { Doublings, Decades, Years };   ///< Doublings and Decades are logarithmic.
    struct Line {
        QString id, name;
        std::vector<QPointF> points;   ///< By x. What is not positive or not finite ends a stretch of the line.
        bool isLimit = false;          ///< Dashed in the colour of errors; named, not chosen.
        bool isModel = false;          ///< Computed by a model of hardware: marks are hollow.
        bool isThin = false;           ///< A step of the way rather than the point of the picture.
    };
    struct Content {
        std::vector<Line> lines;
        Across across = Across::Doublings;
        QString xTitle, yTitle;
        bool isShare = false;               ///< y is a share: "1 %" instead of "10⁻²".
        std::optional<double> cursor;       ///< Where a slider stands: a line across the picture.
        QString cursorText;
        QString spoken;                     ///< What a screen reader says.
        QString emptyText;                  ///< Shown where there is no line.
    };

    explicit LineChart(const QString& accessibleName, QWidget* parent = nullptr);

    void setContent(Content);
    const Content& content() const { return m_content; }

    QSize minimumSizeHint() const override { return {260, 130}; }

protected:
    void paintEvent(QPaintEvent*) override;
    QString at(const QPointF& mouse) const override;
    QStringList order() const override;

private:
    struct Axes {
        QRectF area;
        AxisScale x, y;
    };
    Axes axes() const;
    void paintAxes(QPainter&, const Axes&) const;
    void paintLine(QPainter&, const Axes&, const Line&) const;
    void paintNames(QPainter&, const Axes&) const;
    QColor colourOf(const Line&) const;

    Content m_content;
};

}  // namespace quantoscope
