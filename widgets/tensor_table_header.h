// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace quantoscope {

class TensorTable;

/// Headings that sort, and the ends of the small axis over its column.
class TensorHeader : public QHeaderView {
    Q_OBJECT

public:
    explicit TensorHeader(TensorTable* table);
    QSize sizeHint() const override;

protected:
    void paintSection(QPainter*, const QRect& rect, int section) const override;

private:
    TensorTable* m_table;
};

/// Room to the left and right of a cell's text.
inline constexpr int cellPadding = 8;
/// Of the SQNR column: what the number needs at the right of the axis, at 100 %.
inline constexpr int sqnrTextWidth = 74;

}  // namespace quantoscope
