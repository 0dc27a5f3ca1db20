// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QSizeF>

#include <vector>

namespace quantoscope {

/// Finds room for labels beside their marks, so that no text lies on another or on a mark.
class LabelPlacer {
public:
    explicit LabelPlacer(const QRectF& area) : m_area(area) {}

    void block(const QRectF& rect) { m_taken.push_back(rect); }

    /// The first free place around the mark: right, left, above, below, then the corners, then the same
    /// further out. The place with the least overlap where none is free.
    QRectF place(const QPointF& mark, double distance, const QSizeF& size);

private:
    double overlap(const QRectF&) const;

    QRectF m_area;
    std::vector<QRectF> m_taken;
};

}  // namespace quantoscope
