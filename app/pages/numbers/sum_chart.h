// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/arithmetic_content.h"

#include <QWidget>

namespace quantoscope {

/// Running sums of the same terms by several methods against the exact one, with the place where a
/// sum stops growing. Beside it the results as a table that is the legend too.
class SumChart : public QWidget {
    Q_OBJECT

public:
    explicit SumChart(QWidget* parent = nullptr);
    void show(const SumsContent& content);
    QSize sizeHint() const override { return {640, 260}; }
    QSize minimumSizeHint() const override { return {360, 120}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    struct Plot;
    void paintAxes(QPainter&, const Plot&) const;
    void paintSum(QPainter&, const Plot&, std::size_t index) const;
    void paintStuck(QPainter&, const Plot&) const;
    void paintTable(QPainter&, const QRectF&) const;

    SumsContent m_content;
};

}  // namespace quantoscope
