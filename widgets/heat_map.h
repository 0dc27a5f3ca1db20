// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/heat_map_content.h"

#include <QImage>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>

namespace quantoscope {

class BackgroundJob;

/// Where the large weights of a tensor sit: the whole matrix above, largest |weight| per pixel, and under
/// it a lens on single weights with their values. The wheel and + − change how many the lens shows; a
/// click and the arrow keys move it.
class HeatMap : public QWidget {
    Q_OBJECT

public:
    using Source = std::shared_ptr<const TensorSource>;
    static constexpr int fewestColumns = 4, mostLensColumns = 1024;

    explicit HeatMap(QWidget* parent = nullptr);
    ~HeatMap() override;

    /// A new tensor begins at its largest weight. `info` lies in the source.
    void setContent(Source source, const TensorInfo* info, std::shared_ptr<const HeatMapContent> content);
    void setNote(const QString& note);   ///< While there is nothing to draw.
    void setDeviation(double mean, double deviation);

    struct Place {
        std::int64_t row = 0, column = 0;
        friend bool operator==(const Place&, const Place&) = default;
    };
    Place focusPlace() const { return m_focus; }
    int lensColumns() const { return m_lensColumns; }
    void showPlace(Place place, int lensColumns);
    /// The weight in the middle of the lens; nothing until it was read.
    std::optional<double> focusValue() const;
    /// "Row 2690, column 14 175: −0.2012, 11.0 σ"
    QString placeText(bool isShort = false) const;
    bool isSettled() const;

    QSize minimumSizeHint() const override { return {220, 150}; }
    QSize sizeHint() const override { return {420, 360}; }

signals:
    void placeChosen();   ///< By the person.
    void windowRead();

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;
    void wheelEvent(QWheelEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void focusInEvent(QFocusEvent*) override { update(); }
    void focusOutEvent(QFocusEvent*) override { update(); }

private:
    struct Layout {
        QRectF overview, lens;
        double left = 0;
        int lensRows = 0, lensColumns = 0;
        std::int64_t firstRow = 0, firstColumn = 0;
    };
    Layout layOut() const;
    void placeLens();
    void readLens();
    void moveTo(Place place);
    void zoomTo(int columns);
    void moveToMouse(const QPointF& at);
    void describe();
    void drawOverview(QPainter&, const Layout&);
    void drawLens(QPainter&, const Layout&) const;
    void drawConnection(QPainter&, const Layout&) const;
    void drawFacts(QPainter&, const Layout&) const;
    bool hasWindow(const Layout&) const;
    QRectF boxOf(const Layout&) const;

    Source m_source;
    const TensorInfo* m_info = nullptr;
    std::shared_ptr<const HeatMapContent> m_content;
    QString m_note;
    double m_mean = 0, m_deviation = 0;
    Place m_focus;
    int m_lensColumns = 8;
    std::int64_t m_firstRow = 0, m_firstColumn = 0;   ///< Of the lens; follows the focus only where it must.
    WeightWindow m_window;
    QImage m_overview;   ///< Of the present size and theme; made when painted.
    BackgroundJob* m_reading;
    QTimer m_readSoon;
};

}  // namespace quantoscope
