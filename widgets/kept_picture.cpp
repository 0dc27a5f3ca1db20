// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/kept_picture.h"

#include "widgets/theme.h"

#include <QPaintEngine>
#include <QPainter>
#include <QWidget>

namespace quantoscope {

void KeptPicture::paint(QPainter& painter, const QWidget& widget, const std::function<void(QPainter&)>& draw)
{
    if (painter.paintEngine()->type() != QPaintEngine::Raster)
        return draw(painter);
    const double ratio = painter.device()->devicePixelRatioF();
    const QString drawnFor = QLatin1String(theme().name) + u' ' + uiFont(12).key() + u' ' + uiFont(11).key();
    const QSize pixels = (QSizeF(widget.size()) * ratio).toSize();
    if (m_pixels.size() != pixels || m_drawnFor != drawnFor) {
        m_drawnFor = drawnFor;
        m_pixels = QPixmap(pixels);
        m_pixels.setDevicePixelRatio(ratio);
        m_pixels.fill(theme().card);
        QPainter ground(&m_pixels);
        ground.setRenderHints(painter.renderHints());
        draw(ground);
    }
    painter.drawPixmap(0, 0, m_pixels);
}

}  // namespace quantoscope
