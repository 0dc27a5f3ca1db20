// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/stair_content.h"

#include <QWidget>

namespace quantoscope {

struct AxisScale;

/// The staircase of the chosen rounding, and beside it the same two steps under every rounding. A click on
/// a small one chooses it; the keyboard has the page's rounding control for that.
class StairChart : public QWidget {
    Q_OBJECT

public:
    explicit StairChart(QWidget* parent = nullptr);
    void show(const StairContent& content);
    QSize sizeHint() const override { return {900, 420}; }
    QSize minimumSizeHint() const override { return {420, 150}; }

signals:
    void roundingChosen(quantoscope::Rounding rounding);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;

private:
    struct Plot;
    QRectF mainRect() const;
    QRectF smallRect(std::size_t index) const;
    Plot plotOf(const StairPicture&, const QRectF& area, bool isSmall) const;
    void paintAxes(QPainter&, const StairPicture&, const Plot&) const;
    void paintCurve(QPainter&, const StairPicture&, const Plot&) const;
    void paintStairs(QPainter&, const StairPicture&, const Plot&) const;
    void paintTooFine(QPainter&, const StairPicture&, const Plot&) const;
    void paintOdds(QPainter&, const StairPicture&, const Plot&) const;
    void paintPoints(QPainter&, const StairPicture&, const Plot&) const;
    void paintTyped(QPainter&, const Plot&, bool isSmall) const;
    void paintSmall(QPainter&, std::size_t index) const;
    void paintKey(QPainter&, const QRectF& area) const;

    StairContent m_content;
};

}  // namespace quantoscope
