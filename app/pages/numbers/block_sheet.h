// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/block_content.h"
#include "widgets/painted_table.h"

#include <QWidget>

namespace quantoscope {

struct AxisScale;

/// The values of one block beside what is stored of them, and the bytes that hold it. To a screen reader it is a
/// table of one line, a cell for each value.
class BlockSheet : public QWidget, public PaintedTable {
    Q_OBJECT

public:
    explicit BlockSheet(QWidget* parent = nullptr);
    void show(const BlockContent& content);
    QSize sizeHint() const override { return {640, 320}; }
    QSize minimumSizeHint() const override { return {360, 190}; }
    /// "scale 0x7D = 2⁻²": what the shared scale is, where the format keeps it apart.
    static QString scaleWords(const BlockContent& content);

    int tableRows() const override { return m_content.format ? 1 : 0; }
    int tableColumns() const override { return int(m_content.values.size()); }
    QString cellName(int row, int column) const override;
    QString cellValue(int row, int column) const override;
    QRect cellPlace(int row, int column) const override;
    bool isCellChosen(int, int column) const override { return column == int(m_content.chosen); }
    void chooseCell(int, int column) override { emit valueChosen(column); }
    QString rowTitle(int) const override { return m_content.name; }
    QString columnTitle(int column) const override { return tr("value %1").arg(column + 1); }

signals:
    void valueChosen(int index);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void focusInEvent(QFocusEvent*) override { update(); }
    void focusOutEvent(QFocusEvent*) override { update(); }

private:
    QRectF chartRect() const;
    int indexAt(QPointF) const;
    void paintLegend(QPainter&) const;
    void paintBands(QPainter&, const QRectF&, const AxisScale& y) const;
    void paintChart(QPainter&, const QRectF&) const;
    double paintBytes(QPainter&, const QString& name, const QByteArray& bytes, const std::vector<BlockAnatomy::Byte>& anatomy, bool holdsCodes, double y) const;
    double bytesHeight() const;
    double nameWidth() const;   ///< Of the column in front of the bytes.
    int bytesPerLine() const;

    BlockContent m_content;
};

}  // namespace quantoscope
