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

QRectF LabelPlacer::place(const QPointF& mark, double distance, const QSizeF& size)
{
    // Where the label's centre lies from the mark, in halves of its size and in distances.
    struct Direction { double x, y; };
    static constexpr std::array directions{Direction{1, 0}, Direction{-1, 0}, Direction{0, -1}, Direction{0, 1},
                                           Direction{1, -1}, Direction{-1, -1}, Direction{1, 1}, Direction{-1, 1}};
    QRectF best;
    double least = std::numeric_limits<double>::infinity();
    for (const double factor : {1.0, 2.0, 3.2}) {
        for (const Direction& direction : directions) {
            const QPointF centre(mark.x() + direction.x * (size.width() / 2 + distance * factor),
                                 mark.y() + direction.y * (size.height() / 2 + distance * factor));
            const QRectF rect(centre.x() - size.width() / 2, centre.y() - size.height() / 2, size.width(), size.height());
            const double cost = overlap(rect);
            if (cost < least) {
                least = cost;
                best = rect;
            }
            if (cost == 0) {
                block(rect);
                return rect;
            }
        }
    }
    block(best);
    return best;
}

}  // namespace quantoscope
