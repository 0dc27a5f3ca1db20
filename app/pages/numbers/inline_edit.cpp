// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/inline_edit.h"

#include "widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>

namespace quantoscope {

InlineEdit::InlineEdit(double pixels, bool boxed, QWidget* parent) : QLineEdit(parent), m_pixels(pixels), m_boxed(boxed)
{
    setFrame(false);
    setAttribute(Qt::WA_MacShowFocusRect, false);
    setTextMargins(boxed ? 5 : 3, 0, boxed ? 5 : 3, 0);
    applyTheme();
}

void InlineEdit::applyTheme()
{
    // Superscripts of a scale are drawn in the font that has them.
    setFont(m_boxed ? uiFont(m_pixels) : monoFont(m_pixels));
    QPalette colours = palette();
    const QColor ink = m_boxed ? theme().text : theme().muted;
    if (colours.color(QPalette::Text) == ink && colours.color(QPalette::Base).alpha() == 0)
        return;   // Setting a palette announces a change of palette.
    colours.setColor(QPalette::Base, Qt::transparent);
    colours.setColor(QPalette::Text, ink);
    setPalette(colours);
}

void InlineEdit::setShownText(const QString& text)
{
    m_shown = text;
    if (!hasFocus() || !isModified()) {
        setText(text);
        setCursorPosition(0);
    }
}

void InlineEdit::revert()
{
    setText(m_shown);
    setModified(false);
}

int InlineEdit::widthForText(const QString& text) const
{
    return int(QFontMetricsF(font()).horizontalAdvance(text)) + (m_boxed ? 18 : 12);
}

void InlineEdit::commit()
{
    if (isModified() && text() != m_shown) {
        setModified(false);
        emit committed(text());
    }
}

void InlineEdit::paintEvent(QPaintEvent* event)
{
    const Theme& colours = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasFocus())
        painter.setPen(QPen(colours.accent, 1.6));
    else
        painter.setPen(m_boxed || underMouse() ? QPen(colours.outlinesZeroBits ? colours.axis : colours.border, 1.2) : QPen(Qt::NoPen));
    painter.setBrush(m_boxed || hasFocus() || underMouse() ? colours.card : QColor(Qt::transparent));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 5, 5);
    painter.end();
    QLineEdit::paintEvent(event);
}

void InlineEdit::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        commit();
        selectAll();
    } else if (event->key() == Qt::Key_Escape) {
        revert();
        selectAll();
    } else {
        QLineEdit::keyPressEvent(event);
    }
}

void InlineEdit::focusInEvent(QFocusEvent* event)
{
    QLineEdit::focusInEvent(event);
    setModified(false);
    if (event->reason() != Qt::MouseFocusReason)
        selectAll();
}

void InlineEdit::focusOutEvent(QFocusEvent* event)
{
    QLineEdit::focusOutEvent(event);
    commit();
    if (!hasFocus())
        setText(m_shown);
    deselect();
}

void InlineEdit::enterEvent(QEnterEvent* event)
{
    QLineEdit::enterEvent(event);
    update();
}

void InlineEdit::leaveEvent(QEvent* event)
{
    QLineEdit::leaveEvent(event);
    update();
}

void InlineEdit::changeEvent(QEvent* event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyTheme();
}

}  // namespace quantoscope
