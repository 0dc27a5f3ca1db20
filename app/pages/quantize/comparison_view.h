// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/histogram_content.h"
#include "widgets/plot_axis.h"

#include <QWidget>

#include <array>
#include <vector>

namespace quantoscope {

class PushButton;

/// Schemes side by side: the weights as each stores them, its errors, its figures. All columns share
/// every axis, and y is a density, so that stems of any spacing stand as high as the curve above them.
class ComparisonView : public QWidget {
    Q_OBJECT

public:
    struct Column {
        QString name;
        QString note;                 ///< "so far", "± 0.1 dB from a sample"; empty where exact.
        HistogramContent content;     ///< map and error, or dequantized; counts are shared.
        std::vector<QString> figures; ///< One a row of `rows`.
        bool isBest = false;          ///< Of the highest SQNR.
        bool isPresent = false;
    };
    struct Content {
        std::shared_ptr<const ValueCounts> counts;
        QStringList rows;             ///< Names of the figures.
        std::vector<Column> columns;
    };

    static constexpr int mostColumns = 4;

    explicit ComparisonView(QWidget* parent = nullptr);
    void setContent(Content);
    const Content& content() const { return m_content; }

    QSize minimumSizeHint() const override { return {420, 260}; }
    QSize sizeHint() const override { return {860, 600}; }

signals:
    void removeRequested(int column);

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;

private:
    struct Layout {
        QRectF title, picture, error, figures;   ///< Of one column.
        AxisScale x, y, errorY;
    };
    void placeButtons();
    void measure();
    double gutter() const;
    double figureHeight() const;
    Layout layoutOf(std::size_t column) const;
    void drawGutter(QPainter&) const;
    void drawColumn(QPainter&, std::size_t column) const;
    void drawPicture(QPainter&, const Column&, const Layout&) const;
    void drawStems(QPainter&, const Column&, const Layout&) const;
    void drawErrors(QPainter&, const Column&, const Layout&) const;
    void drawFigures(QPainter&, std::size_t column, const Layout&) const;

    Content m_content;
    BinnedShares m_before;
    double m_low = 0, m_high = 1;    ///< Of every x axis.
    double m_unit = 1;               ///< y is the share of weights per this much.
    double m_top = 1, m_errorLimit = 1;
    std::array<PushButton*, mostColumns> m_remove{};
};

}  // namespace quantoscope
