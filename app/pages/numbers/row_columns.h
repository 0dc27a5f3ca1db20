// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"

namespace quantoscope {

/// One column of the rows card, in pixels from the left edge of a row.
struct Column {
    double left = 0, width = 0;
    double right() const { return left + width; }
    bool isShown() const { return width > 0; }
    friend bool operator==(const Column&, const Column&) = default;
};

/// The grid that the header and all rows share. Where the card is narrow the bits get smaller, then
/// the neighbours go, then the axis of errors.
struct RowColumns {
    Column name, bits, stored, error, axis, neighbours;
    BitColumns cells;      ///< Relative to bits.left.
    bool compact = false;  ///< Lower rows: the page is not high.

    int rowHeight() const;
    int detailHeight() const;   ///< What the selected row adds.
    double cellHeight() const;
    friend bool operator==(const RowColumns&, const RowColumns&) = default;
};
RowColumns arrangeColumns(const NumbersContent&, const QString& selected, double width, bool compact);

}  // namespace quantoscope
