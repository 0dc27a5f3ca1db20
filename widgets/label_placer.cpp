// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/label_placer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace quantoscope {

namespace {

double areaOf(const QRectF& rect)
{
    return rect.isEmpty() ? 0 : rect.width() * rect.height();
}

bool cross(const QLineF& a, const QLineF& b)
{
    return !a.isNull() && !b.isNull() && a.intersects(b, nullptr) == QLineF::BoundedIntersection;
}

bool crosses(const QLineF& line, const QRectF& rect)
{
    if (line.isNull() || !QRectF(line.p1(), line.p2()).normalized().adjusted(-0.5, -0.5, 0.5, 0.5).intersects(rect))
        return false;
    return rect.contains(line.p1()) || rect.contains(line.p2()) || cross(line, {rect.topLeft(), rect.bottomRight()})
        || cross(line, {rect.bottomLeft(), rect.topRight()});
}

double distanceTo(const QRectF& rect, const QPointF& point)
{
    return QLineF(point, {std::clamp(point.x(), rect.left(), rect.right()), std::clamp(point.y(), rect.top(), rect.bottom())}).length();
}

/// How much two labels with their leaders are in each other's way: 0 for not at all.
double conflict(const QRectF& rect, const QLineF& leader, const QRectF& other, const QLineF& otherLeader)
{
    double total = 8 * areaOf(rect.intersected(other)) / std::min(areaOf(rect), areaOf(other));
    total += 2 * (crosses(leader, other) + crosses(otherLeader, rect));
    return total + 0.3 * cross(leader, otherLeader);   // Ugly, but both can still be read.
}

/// Less than this share of a label hidden is no harm: ascenders over nothing.
constexpr double harmless = 0.04;

}  // namespace

QLineF LabelPlacer::leader(const QPointF& mark, const QRectF& label, double distance)
{
    // From the side it ends where letters are, from above or below before them.
    const bool isOver = mark.x() >= label.left() && mark.x() <= label.right();
    const double inset = isOver ? 0 : 3;
    const QPointF near(std::clamp(mark.x(), label.left(), label.right()), std::clamp(mark.y(), label.top() + inset, label.bottom() - inset));
    const QLineF line(mark, near);
    return line.length() > distance + 8 ? line : QLineF();
}

double LabelPlacer::overlap(const QRectF& rect) const
{
    double total = 4 * (areaOf(rect) - areaOf(rect.intersected(m_area)));
    for (const Taken& taken : m_taken)
        total += taken.weight * areaOf(rect.intersected(taken.rect));
    return total;
}

std::vector<LabelPlacer::Candidate> LabelPlacer::candidates(const Wish& wish, double distance) const
{
    // Where the label's centre lies from the mark, in halves of its size and in distances.
    struct Direction { double x, y; };
    static constexpr std::array directions{
        Direction{1, 0}, Direction{-1, 0}, Direction{0, -1}, Direction{0, 1}, Direction{1, -1}, Direction{-1, -1}, Direction{1, 1}, Direction{-1, 1},
        Direction{1, -0.5}, Direction{-1, -0.5}, Direction{1, 0.5}, Direction{-1, 0.5}, Direction{0.5, -1}, Direction{-0.5, -1}, Direction{0.5, 1}, Direction{-0.5, 1}};
    std::vector<Candidate> all;
    for (const double factor : {1.0, 1.8, 3.0, 4.5, 6.5, 9.0}) {
        for (std::size_t i = 0; i < directions.size(); ++i) {
            const QPointF centre(wish.mark.x() + directions[i].x * (wish.size.width() / 2 + distance * factor),
                                 wish.mark.y() + directions[i].y * (wish.size.height() / 2 + distance * factor));
            Candidate each{{centre.x() - wish.size.width() / 2, centre.y() - wish.size.height() / 2, wish.size.width(), wish.size.height()}, {}, 0, 0};
            each.leader = leader(wish.mark, each.rect, distance);
            each.overlap = overlap(each.rect);
            each.cost = 2 * each.overlap / areaOf(each.rect) + 0.06 * (factor - 1) + 0.004 * double(i);
            const double own = distanceTo(each.rect, wish.mark);
            for (const Taken& taken : m_taken) {
                if (taken.weight <= whisker || taken.rect.contains(wish.mark))
                    continue;
                if (crosses(each.leader, taken.rect))   // A leader may leave its own mark, not pass through another.
                    each.cost += 0.3;
                // Nearer to another mark it would be read as that one's, unless a leader says otherwise.
                if (const double other = distanceTo(each.rect, taken.rect.center()); other < own + 1 && other < 2 * distance)
                    each.cost += each.leader.isNull() ? 0.6 : 0.2;
            }
            all.push_back(each);
        }
    }
    return all;
}

std::vector<std::optional<QRectF>> LabelPlacer::placeAll(std::span<const Wish> wishes, double distance)
{
    std::vector<std::vector<Candidate>> choices;
    for (const Wish& wish : wishes)
        choices.push_back(candidates(wish, distance));
    std::vector<const Candidate*> chosen(wishes.size(), nullptr);
    const auto inTheWay = [&](std::size_t label, const Candidate& each) {
        double total = 0;
        for (std::size_t other = 0; other < chosen.size(); ++other)
            if (other != label && chosen[other])
                total += conflict(each.rect, each.leader, chosen[other]->rect, chosen[other]->leader);
        return total;
    };
    constexpr int rounds = 4;   // Later rounds move what the first put down too early.
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t label = 0; label < wishes.size(); ++label) {
            double least = std::numeric_limits<double>::infinity();
            for (const Candidate& each : choices[label]) {
                if (each.cost >= least)
                    continue;
                if (const double cost = each.cost + inTheWay(label, each); cost < least) {
                    least = cost;
                    chosen[label] = &each;
                }
            }
        }
    }
    // The one that is worst in the way gives its place up, until nobody is.
    for (;;) {
        std::size_t worst = chosen.size();
        double most = 8 * harmless;
        for (std::size_t label = 0; label < chosen.size(); ++label) {
            if (!chosen[label])
                continue;
            const double harm = inTheWay(label, *chosen[label]) + 2 * chosen[label]->overlap / areaOf(chosen[label]->rect);
            if (harm > most) {
                most = harm;
                worst = label;
            }
        }
        if (worst == chosen.size())
            break;
        chosen[worst] = nullptr;
    }
    std::vector<std::optional<QRectF>> places(wishes.size());
    for (std::size_t label = 0; label < chosen.size(); ++label) {
        if (chosen[label]) {
            places[label] = chosen[label]->rect;
            block(*places[label]);
        }
    }
    return places;
}

QRectF LabelPlacer::place(const QPointF& mark, double distance, const QSizeF& size)
{
    const std::vector<Candidate> all = candidates({mark, size}, distance);
    const QRectF rect = std::ranges::min_element(all, {}, &Candidate::cost)->rect;
    block(rect);
    return rect;
}

}  // namespace quantoscope
