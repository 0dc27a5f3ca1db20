// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>

#include <functional>

class QWidget;

namespace quantoscope {

/// The still part of a painted widget that stands on a card: drawn once, and again only when it is forgotten or the
/// widget's size, the screen's resolution, the theme or the size of type is another. What moves under the mouse is
/// painted over it, so that a frame costs one copy of pixels and not every text and line of a plot.
class KeptPicture {
public:
    void forget() { m_pixels = {}; }
    bool isKept() const { return !m_pixels.isNull(); }
    /// Onto `painter`, which paints on `widget`. A file of strokes (SVG, PDF) gets the strokes and no pixels.
    void paint(QPainter& painter, const QWidget& widget, const std::function<void(QPainter&)>& draw);

private:
    QPixmap m_pixels;
    QString m_drawnFor;   ///< Theme and type size.
};

}  // namespace quantoscope
