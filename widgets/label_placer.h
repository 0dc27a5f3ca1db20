// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QSizeF>

#include <optional>
#include <vector>

namespace quantoscope {

/// Finds room for labels beside their marks, so that no text lies on another or on a mark.
class LabelPlacer {
public:
    explicit LabelPlacer(const QRectF& area) : m_area(area) {}

    /// `weight`: how bad it is to lie on this. Labels and marks count 4; a line that a text may cross counts 1.
    void block(const QRectF& rect, double weight = 4) { m_taken.push_back({rect, weight}); }

    /// The first free place around the mark: right, left, above, below, then the corners, then the same
    /// further out. The place with the least overlap where none is free.
    QRectF place(const QPointF& mark, double distance, const QSizeF& size);
    /// The same, but nothing where every place would hide more than a little of another label or mark.
    std::optional<QRectF> placeFree(const QPointF& mark, double distance, const QSizeF& size);

private:
    struct Candidate {
        QRectF rect;
        double cost;
    };
    double overlap(const QRectF&) const;
    Candidate best(const QPointF& mark, double distance, const QSizeF& size) const;

    struct Taken {
        QRectF rect;
        double weight;
    };
    QRectF m_area;
    std::vector<Taken> m_taken;
};

}  // namespace quantoscope
