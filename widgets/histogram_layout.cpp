// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histogram_layout.h"

#include "widgets/theme.h"

#include <QFontMetricsF>

#include <cmath>

namespace quantoscope {

QRectF HistogramLayout::allPanels() const
{
    if (isPerCode())
        return codes;
    return before.united(after).united(error);
}

AxisScale HistogramLayout::y(const QRectF& panel, double low, double high, bool logarithmic) const
{
    return {low, high, panel.bottom(), panel.top(), logarithmic};
}

HistogramLayout layOutHistogram(const QSizeF& size, HistogramScale scale, double low, double high)
{
    const QFontMetricsF label(uiFont(12));
    const double line = std::ceil(label.height());
    HistogramLayout layout;
    const double left = std::ceil(line + label.horizontalAdvance(QStringLiteral("0.001 %")) + space::small);
    const double right = space::normal;
    layout.titleX = line / 2;
    layout.pillTop = 1;
    layout.pillHeight = line + 4;
    const double top = layout.pillHeight + 3;
    const double bottom = size.height() - 2 * line - space::small;
    layout.tickBaseline = bottom + space::tight + label.ascent() + 1;
    layout.titleBaseline = layout.tickBaseline + line + 1;

    const double width = std::max(40.0, size.width() - left - right), height = std::max(60.0, bottom - top);
    layout.x = {low, high, left, left + width, false};
    if (scale == HistogramScale::BarPerCode) {
        layout.codes = QRectF(left, top, width, height);
        layout.x = {low, high, left, left + width, false};
        return layout;
    }
    const double gap = line + space::small;
    if (scale == HistogramScale::Staircase) {
        layout.isStaircase = true;
        layout.before = QRectF(left, top, width, std::floor((height - gap) * 0.62));
        layout.after = QRectF(left, layout.before.bottom() + gap, width, bottom - layout.before.bottom() - gap);
        return layout;
    }
    // The staircase goes first where there is little height: it repeats what the other two show.
    const bool hasError = height > 26 * line;
    const double share = hasError ? 0.4 : 0.5;
    const double shared = height - (hasError ? 2 : 1) * gap;
    const double panel = std::floor(shared * share);
    layout.before = QRectF(left, top, width, panel);
    layout.after = QRectF(left, top + panel + gap, width, panel);
    if (hasError)
        layout.error = QRectF(left, layout.after.bottom() + gap, width, bottom - layout.after.bottom() - gap);
    else
        layout.after.setBottom(bottom);
    return layout;
}

}  // namespace quantoscope
