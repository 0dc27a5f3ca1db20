// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>
#include <QString>

class QWidget;

namespace quantoscope {

/// A widget that paints a table of cells, one of them chosen, as a screen reader wants to know it. The widget
/// derives from this as well; its cells become children in the accessibility tree when they are asked for.
class PaintedTable {
public:
    virtual ~PaintedTable() = default;
    virtual int tableRows() const = 0;
    virtual int tableColumns() const = 0;
    virtual QString cellName(int row, int column) const = 0;    ///< "448, code 0x7E, normal"
    virtual QString cellValue(int row, int column) const = 0;   ///< What alone stands in it: "448"
    virtual QRect cellPlace(int row, int column) const = 0;     ///< In the widget's coordinates.
    virtual bool isCellChosen(int row, int column) const = 0;
    virtual void chooseCell(int row, int column) = 0;           ///< As if a person had.
    virtual QString rowTitle(int row) const = 0;
    virtual QString columnTitle(int column) const = 0;
};

/// Teaches Qt's accessibility about such widgets; called by their constructors, as early as may be.
void installPaintedTableAccessibility();
/// After another cell was chosen: tells who listens.
void announceChosenCell(QWidget* widget, int row, int column);

}  // namespace quantoscope
