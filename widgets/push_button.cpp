// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace quantoscope {

namespace {

constexpr int iconSide = 16;
QFont textFont() { return uiFont(12, QFont::DemiBold); }
QFont hintFont() { return uiFont(11, QFont::Medium); }

struct Ink {
    QColor fill, border, text;
};

Ink inkOf(const QAbstractButton& button, PushButton::Role role)
{
    const Theme& t = theme();
    const bool hovered = button.underMouse() && button.isEnabled();
    Ink ink{hovered ? t.hover : t.card, t.border, t.text};
    if (role == PushButton::Role::Primary) {
        const QColor fill = !hovered ? t.accent : t.isDark ? t.accent.lighter(108) : t.accent.darker(112);
        ink = {fill, fill, t.onAccent};
    } else if (button.isChecked()) {
        ink = {t.accentSoft, t.accent, t.accent};
    }
    if (button.isDown() && role != PushButton::Role::Primary)
        ink.fill = t.border;
    if (!button.isEnabled())
        ink = {t.control, t.border, t.faint};
    return ink;
}

}  // namespace

PushButton::PushButton(const QString& text, Role role, QWidget* parent)
    : QAbstractButton(parent)
    , m_role(role)
{
    setText(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void PushButton::setKeyHint(const QString& key)
{
    m_keyHint = key;
    updateGeometry();
    update();
}

QSize PushButton::sizeHint() const
{
    const QFontMetrics metrics(textFont());
    const int padding = m_role == Role::Chip ? 10 : 12;
    int width = metrics.horizontalAdvance(text()) + 2 * padding;
    if (!icon().isNull())
        width += iconSide + (text().isEmpty() ? 0 : 6);
    if (!m_keyHint.isEmpty())
        width += QFontMetrics(hintFont()).horizontalAdvance(m_keyHint) + space::small;
    return {width, metrics.height() + (m_role == Role::Chip ? 11 : 16)};
}

void PushButton::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void PushButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Ink ink = inkOf(*this, m_role);
    painter.setPen(ink.border);
    painter.setBrush(ink.fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
    if (hasFocus()) {
        // On a filled button the ring stands inside, in the colour of its text.
        if (m_role == Role::Primary) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme().onAccent, 1.5));
            painter.drawRoundedRect(QRectF(rect()).adjusted(3, 3, -3, -3), 5, 5);
        } else {
            drawFocusRing(painter, rect(), 7);
        }
    }
    const int padding = m_role == Role::Chip ? 10 : 12;
    QRect line = rect().adjusted(padding, 0, -padding, 0);
    if (!icon().isNull()) {
        const int top = (height() - iconSide) / 2;
        icon().paint(&painter, QRect(line.left(), top, iconSide, iconSide), Qt::AlignCenter,
                     isEnabled() ? QIcon::Normal : QIcon::Disabled);
        line.setLeft(line.left() + iconSide + 6);
    }
    if (!m_keyHint.isEmpty()) {
        QColor faded = ink.text;
        faded.setAlphaF(0.75f);
        painter.setFont(hintFont());
        painter.setPen(m_role == Role::Primary ? faded : theme().faint);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, m_keyHint);
        line.setRight(line.right() - QFontMetrics(hintFont()).horizontalAdvance(m_keyHint) - space::small);
    }
    painter.setFont(textFont());
    painter.setPen(ink.text);
    if (line.width() < painter.fontMetrics().horizontalAdvance(text()))
        line = rect();   // A stepper is narrower than a button for words.
    painter.drawText(line, Qt::AlignCenter | Qt::TextSingleLine, text());
}

}  // namespace quantoscope
