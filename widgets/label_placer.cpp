// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/label_placer.h"

#include <array>
#include <limits>

namespace quantoscope {

double LabelPlacer::overlap(const QRectF& rect) const
{
    const auto areaOf = [](const QRectF& each) { return each.isEmpty() ? 0 : each.width() * each.height(); };
    double total = 4 * (areaOf(rect) - areaOf(rect.intersected(m_area)));
    for (const Taken& taken : m_taken)
        total += taken.weight * areaOf(rect.intersected(taken.rect));
    return total;
}

LabelPlacer::Candidate LabelPlacer::best(const QPointF& mark, double distance, const QSizeF& size) const
{
    // Where the label's centre lies from the mark, in halves of its size and in distances.
    struct Direction { double x, y; };
    static constexpr std::array directions{Direction{1, 0}, Direction{-1, 0}, Direction{0, -1}, Direction{0, 1},
                                           Direction{1, -1}, Direction{-1, -1}, Direction{1, 1}, Direction{-1, 1}};
    Candidate best{{}, std::numeric_limits<double>::infinity()};
    for (const double factor : {1.0, 2.0, 3.2, 5.0, 7.5}) {
        for (const Direction& direction : directions) {
            const QPointF centre(mark.x() + direction.x * (size.width() / 2 + distance * factor),
                                 mark.y() + direction.y * (size.height() / 2 + distance * factor));
            const QRectF rect(centre.x() - size.width() / 2, centre.y() - size.height() / 2, size.width(), size.height());
            const double cost = overlap(rect);
            if (cost < best.cost)
                best = {rect, cost};
            if (cost == 0)
                return best;
        }
    }
    return best;
}

QRectF LabelPlacer::place(const QPointF& mark, double distance, const QSizeF& size)
{
    const QRectF rect = best(mark, distance, size).rect;
    block(rect);
    return rect;
}

std::optional<QRectF> LabelPlacer::placeFree(const QPointF& mark, double distance, const QSizeF& size)
{
    const Candidate candidate = best(mark, distance, size);
    if (candidate.cost > 0.35 * size.width() * size.height())
        return std::nullopt;
    block(candidate.rect);
    return candidate.rect;
}

}  // namespace quantoscope
