// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/start_door.h"

#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace quantoscope {

namespace {

constexpr int side = 26;   // Text margin of a door.

QFont actionFont() { return uiFont(12, QFont::DemiBold); }
QFont noteFont() { return uiFont(12); }
QFont keyFont() { return uiFont(11, QFont::Medium); }

int actionHeight() { return QFontMetrics(actionFont()).height() + 20; }

}  // namespace

StartDoor::StartDoor(const Words& words, Draw draw, bool isFirst, QWidget* parent)
    : QAbstractButton(parent)
    , m_words(words)
    , m_draw(draw)
    , m_isFirst(isFirst)
{
    setText(words.title);
    setAccessibleName(words.title);
    setAccessibleDescription(words.text + u' ' + words.action);
    setShortcut(QKeySequence(words.key));
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void StartDoor::setIsCompact(bool compact)
{
    m_isCompact = compact;
    updateGeometry();
    update();
}

QFont StartDoor::titleFontNow() const
{
    return titleFont(m_isCompact ? 20 : 24);
}

QFont StartDoor::textFontNow() const
{
    return uiFont(m_isCompact ? 13 : 15);
}

int StartDoor::wordsHeight(int width) const
{
    return QFontMetrics(titleFontNow()).height() + textHeight(width) + actionHeight() + (m_isCompact ? 54 : 74);
}

int StartDoor::textHeight(int width) const
{
    return QFontMetrics(textFontNow())
        .boundingRect(QRect(0, 0, width - 2 * side, 1000), Qt::TextWordWrap, m_words.text)
        .height();
}

QSize StartDoor::minimumSizeHint() const
{
    const QFontMetrics action(actionFont()), note(noteFont());
    const int words = action.horizontalAdvance(m_words.action) + note.horizontalAdvance(m_words.note);
    const int wide = std::min(words + 24 + 14 + 2 * side, 270);
    return {wide, (m_isCompact ? 84 : 110) + wordsHeight(wide)};
}

void StartDoor::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void StartDoor::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF card = QRectF(rect()).adjusted(1, 1, -1, -1);
    const bool stands = m_isFirst || underMouse() || hasFocus();
    QPainterPath outline;
    outline.addRoundedRect(card, space::radius, space::radius);
    painter.fillPath(outline, t.card);

    // The picture takes what the words leave.
    const int titleHeight = QFontMetrics(titleFontNow()).height();
    const double least = m_isCompact ? 80 : 100;
    const double split = std::clamp(height() * 0.49, least, std::max(least, double(height() - wordsHeight(width()))));
    const QRectF picture(card.left(), card.top(), card.width(), split);
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(picture, t.isDark ? t.control : t.id == ThemeId::Projector ? t.card : QColor(0xF8F9FB));
    painter.fillRect(QRectF(picture.left(), picture.bottom(), picture.width(), 1), t.border);
    m_draw(painter, m_isCompact ? picture.adjusted(14, 10, -14, -8) : picture.adjusted(side, 22, -side, -18));
    painter.restore();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(stands ? t.accent : t.border, stands ? 2 : 1));
    painter.drawRoundedRect(card, space::radius, space::radius);

    QRectF text(side, picture.bottom() + (m_isCompact ? 10 : 18), width() - 2 * side, titleHeight);
    painter.setFont(titleFontNow());
    painter.setPen(t.text);
    painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, m_words.title);
    const QFontMetrics keys(keyFont());
    QRectF key(0, 0, keys.horizontalAdvance(m_words.key) + 14, keys.height() + 6);
    key.moveCenter(QPointF(text.right() - key.width() / 2, text.center().y() + 1));
    painter.setFont(keyFont());
    painter.setPen(t.border);
    painter.setBrush(t.control);
    painter.drawRoundedRect(key, 5, 5);
    painter.setPen(t.muted);
    painter.drawText(key, Qt::AlignCenter, m_words.key);

    painter.setFont(textFontNow());
    painter.setPen(t.text);
    painter.drawText(QRectF(side, text.bottom() + (m_isCompact ? 4 : 8), width() - 2 * side, height()), Qt::TextWordWrap, m_words.text);

    const QFontMetrics action(actionFont());
    const QRectF button(side, height() - actionHeight() - (m_isCompact ? 16 : 24), action.horizontalAdvance(m_words.action) + 24, actionHeight());
    painter.setPen(m_isFirst ? t.accent : t.border);
    painter.setBrush(m_isFirst ? t.accent : underMouse() ? t.hover : t.card);
    painter.drawRoundedRect(button, 7, 7);
    painter.setFont(actionFont());
    painter.setPen(m_isFirst ? t.onAccent : t.text);
    painter.drawText(button, Qt::AlignCenter, m_words.action);
    painter.setFont(noteFont());
    painter.setPen(t.muted);
    const double noteLeft = button.right() + 14;
    const double noteRoom = width() - side / 2.0 - noteLeft;
    if (QFontMetrics(noteFont()).horizontalAdvance(m_words.note) <= noteRoom)   // Whole or not at all.
        painter.drawText(QRectF(noteLeft, button.top(), noteRoom, button.height()), Qt::AlignVCenter | Qt::TextSingleLine,
                         m_words.note);
    if (hasFocus())
        drawFocusRing(painter, QRectF(rect()).adjusted(4, 4, -4, -4), space::radius - 3);
}

}  // namespace quantoscope
