// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/veil.h"

#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QPainter>

namespace quantoscope {

Veil::Veil(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("The figure answers when you have predicted."));
    hide();
}

void Veil::cover(QWidget* covered)
{
    setGeometry(covered->geometry());
    if (covered->size().isEmpty())
        return;
    // Shrunk until no digit is left of it, then drawn large again: a blur that costs nothing.
    QPixmap picture(covered->size());
    picture.fill(theme().window);
    covered->render(&picture);
    const QSize tiny = (covered->size() / 14).expandedTo({1, 1});
    m_blurred = picture.scaled(tiny, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                    .scaled(covered->size() / 3, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    update();
}

void Veil::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.fillRect(rect(), t.window);
    painter.setOpacity(0.75);
    painter.drawPixmap(rect(), m_blurred);
    painter.setOpacity(1);

    const QString title = tr("Predict first");
    const QString words = tr("The figure answers once you have committed.");
    const QFontMetrics large(titleFont(20, QFont::DemiBold)), small(uiFont(13));
    const double wide = std::min(width() - 16.0, std::max(large.horizontalAdvance(title), small.horizontalAdvance(words)) + 56.0);
    const double high = large.height() + small.height() + 44;
    QRectF box(0, 0, wide, high);
    box.moveCenter(QPointF(width() / 2.0, height() * 0.42));
    QColor border = t.prediction;
    border.setAlphaF(0.5f);
    painter.setPen(border);
    painter.setBrush(t.predictionSoft);
    painter.drawRoundedRect(box, space::radius, space::radius);
    painter.setPen(t.prediction);
    painter.setFont(titleFont(20, QFont::DemiBold));
    painter.drawText(box.adjusted(0, 18, 0, 0), Qt::AlignHCenter | Qt::AlignTop, title);
    painter.setPen(t.text);
    painter.setFont(uiFont(13));
    painter.drawText(box.adjusted(8, 0, -8, -18), Qt::AlignHCenter | Qt::AlignBottom, small.elidedText(words, Qt::ElideRight, int(wide) - 16));
}

}  // namespace quantoscope
