// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetricsF>
#include <QStringList>

namespace quantoscope {

/// The first that is no wider than `width`, else the last: the long way of saying something before the short ones.
inline QString longestThatFits(const QStringList& longFirst, const QFontMetricsF& metrics, double width)
{
    for (const QString& words : longFirst)
        if (metrics.horizontalAdvance(words) <= width)
            return words;
    return longFirst.isEmpty() ? QString() : longFirst.last();
}

}  // namespace quantoscope
