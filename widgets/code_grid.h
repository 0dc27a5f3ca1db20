// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/number_format.h"
#include "widgets/painted_table.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace quantoscope {

/// Every code of a small format as a cell. Coloured by value or by class, and the value written in where it
/// fits. Arrow keys and clicks choose. To a screen reader it is a table of cells.
class CodeGrid : public QWidget, public PaintedTable {
    Q_OBJECT

public:
    static constexpr int mostBits = 10;
    enum class Colouring { Value, Class };
    enum class Arrangement {
        Codes,     ///< Columns are the low half of the bits, rows the high half.
        Binades,   ///< A column for each exponent; up is larger, negative numbers mirrored below. Floats with a mantissa.
    };
    static bool hasBinades(const NumberFormat& format);

    explicit CodeGrid(QWidget* parent = nullptr);
    void setContent(const NumberFormat& format, Code code);   ///< At most mostBits wide.
    void setArrangement(Arrangement arrangement);
    void setColouring(Colouring colouring);
    void setGhost(std::optional<Code> ghost);
    QSize sizeHint() const override { return {640, 260}; }
    QSize minimumSizeHint() const override { return {300, 110}; }

    Code code() const { return m_code; }
    int tableRows() const override { return rows(); }
    int tableColumns() const override { return columns(); }
    QString cellName(int row, int column) const override;
    QString cellValue(int row, int column) const override;
    QRect cellPlace(int row, int column) const override;
    bool isCellChosen(int row, int column) const override { return codeOf(column, row) == m_code; }
    void chooseCell(int row, int column) override;
    QString rowTitle(int row) const override;
    QString columnTitle(int column) const override;

signals:
    void codeChosen(quantoscope::Code code, const QString& mergeKey);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void focusInEvent(QFocusEvent*) override { update(); }
    void focusOutEvent(QFocusEvent*) override { update(); }
    void changeEvent(QEvent*) override;

private:
    struct Entry {
        double value;
        QString text, power, className;   ///< "0.013671875", "7·2⁻⁹" and "subnormal"
        double strength;   ///< 0 … 1: how far from zero, on the format's own scale.
    };
    void fill();
    int columns() const;
    int rows() const;
    QRectF gridRect() const;
    QRectF cellRect(Code) const;
    std::pair<int, int> placeOf(Code) const;      ///< Column and row.
    std::optional<Code> codeOf(int column, int row) const;
    bool isMirrored() const;                      ///< Binades of a format with a sign: two halves, with a gap between.
    double rowTop(int row) const;
    double rowHeight() const;
    QColor cellColour(const Entry&) const;
    void paintCell(QPainter&, Code, const QFont&) const;
    void paintRulers(QPainter&) const;
    void paintBinadeRulers(QPainter&) const;
    void paintLegend(QPainter&) const;
    std::optional<Code> codeAt(QPointF) const;
    void choose(Code, const QString& mergeKey);

    NumberFormat m_format;
    Code m_code = 0;
    std::optional<Code> m_ghost;
    Colouring m_colouring = Colouring::Value;
    Arrangement m_arrangement = Arrangement::Codes;
    std::vector<Entry> m_entries;
    int m_drag = 0;
};

}  // namespace quantoscope
