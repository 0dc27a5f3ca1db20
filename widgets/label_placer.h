// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineF>
#include <QRectF>
#include <QSizeF>

#include <optional>
#include <span>
#include <vector>

namespace quantoscope {

/// Finds room for labels beside their marks, so that no text lies on another or on a mark.
class LabelPlacer {
public:
    explicit LabelPlacer(const QRectF& area) : m_area(area) {}

    /// Of a line a few pixels wide that a text can be read across, but better is not: an error bar.
    static constexpr double whisker = 2;
    /// `weight`: how bad it is to lie on this. Labels and marks count 4; a line that a text may cross counts 1.
    void block(const QRectF& rect, double weight = 4) { m_taken.push_back({rect, weight}); }

    struct Wish {
        QPointF mark;
        QSizeF size;
    };
    /// A place for each label around its mark, near before far, where it lies on nothing and its leader (the line
    /// from the mark to a label that stands apart) crosses neither a label nor another leader. All are moved to make
    /// room for each other; the ones for which there is none in the end get nothing. The places are blocked.
    std::vector<std::optional<QRectF>> placeAll(std::span<const Wish>, double distance);
    /// The place for one label with the least overlap, however much that is; blocked as well.
    QRectF place(const QPointF& mark, double distance, const QSizeF& size);

    /// From the mark to the nearest point of its label; null where the label stands beside it.
    static QLineF leader(const QPointF& mark, const QRectF& label, double distance);

private:
    struct Taken {
        QRectF rect;
        double weight;
    };
    struct Candidate {
        QRectF rect;
        QLineF leader;
        double overlap;   ///< Square pixels, weighted, on what is blocked.
        double cost;      ///< The same as a share of its area, with how far it lies from the mark.
    };
    double overlap(const QRectF&) const;
    std::vector<Candidate> candidates(const Wish&, double distance) const;

    QRectF m_area;
    std::vector<Taken> m_taken;
};

}  // namespace quantoscope
