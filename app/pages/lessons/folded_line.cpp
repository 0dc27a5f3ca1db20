// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/folded_line.h"

#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace quantoscope {

FoldedLine::FoldedLine(const QString& kind, const QString& words, QWidget* parent)
    : QAbstractButton(parent)
    , m_words(words)
{
    setText(kind);
    setAccessibleName(tr("%1, done: %2").arg(kind, words));
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QSize FoldedLine::sizeHint() const
{
    return {300, QFontMetrics(uiFont(13)).height() + 8};
}

void FoldedLine::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void FoldedLine::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.hover);
        painter.drawRoundedRect(rect(), 6, 6);
    }
    if (hasFocus())
        drawFocusRing(painter, rect(), 6);
    const double side = 13 * t.typeScale;
    drawIcon(painter, QStringLiteral("check"), QRectF(space::small, height() / 2.0 - side / 2, side, side), t.good);
    double x = space::small + side + 8;
    const QFont bold = uiFont(13, QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(t.text);
    painter.drawText(QRectF(x, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    x += QFontMetrics(bold).horizontalAdvance(text()) + 10;
    const double room = width() - x - space::small;
    painter.setFont(uiFont(13));
    painter.setPen(t.muted);
    painter.drawText(QRectF(x, 0, room, height()), Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetrics(uiFont(13)).elidedText(m_words, Qt::ElideRight, int(room)));
}

}  // namespace quantoscope
