// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/crumb.h"

#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace quantoscope {

namespace {

constexpr int chevronRoom = 18;
constexpr int padding = 6;

QFont labelFont() { return uiFont(13); }
QFont valueFont() { return uiFont(13, QFont::DemiBold); }
QFont keyFont() { return uiFont(11); }

bool isPress(const QKeyEvent& event)
{
    return event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter || event.key() == Qt::Key_Down;
}

}  // namespace

Crumb::Crumb(const QString& label, QWidget* parent)
    : QAbstractButton(parent)
    , m_label(label)
{
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
}

void Crumb::setValue(const QString& value, bool isPlaceholder)
{
    setText(value);
    m_isPlaceholder = isPlaceholder;
    setAccessibleName(QStringLiteral("%1: %2").arg(m_label, value));
    setToolTip(value);
    update();
}

void Crumb::setShowsLabel(bool shows)
{
    m_showsLabel = shows;
    update();
}

QSize Crumb::sizeHint() const
{
    const int label = m_showsLabel ? QFontMetrics(labelFont()).horizontalAdvance(m_label) + 6 : 0;
    const QFontMetrics metrics(valueFont());
    return {2 * padding + label + metrics.horizontalAdvance(text()) + chevronRoom, metrics.height() + 12};
}

int Crumb::smallestWidth() const
{
    const int value = QFontMetrics(valueFont()).horizontalAdvance(text());
    return sizeHint().width() - value + std::min(value, 90);
}

int Crumb::widthWithin(int width) const
{
    const QFontMetrics metrics(valueFont());
    const int beside = sizeHint().width() - metrics.horizontalAdvance(text());
    return beside + metrics.horizontalAdvance(metrics.elidedText(text(), m_elideMode, width - beside + 1));
}

void Crumb::keyPressEvent(QKeyEvent* event)
{
    if (isPress(*event))
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void Crumb::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (underMouse() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.hover);
        painter.drawRoundedRect(rect(), 6, 6);
    }
    if (hasFocus())
        drawFocusRing(painter, rect(), 6);
    int left = padding;
    if (m_showsLabel) {
        painter.setFont(labelFont());
        painter.setPen(t.muted);
        painter.drawText(QRect(left, 0, width(), height()), Qt::AlignVCenter | Qt::TextSingleLine, m_label);
        left += QFontMetrics(labelFont()).horizontalAdvance(m_label) + 6;
    }
    const QFontMetrics metrics(valueFont());
    const int room = width() - left - padding - chevronRoom;
    const QString shown = metrics.elidedText(text(), m_elideMode, room + 1);
    painter.setFont(valueFont());
    painter.setPen(m_isPlaceholder ? t.muted : t.text);
    painter.drawText(QRect(left, 0, room + 2, height()), Qt::AlignVCenter | Qt::TextSingleLine, shown);
    painter.setPen(QPen(t.muted, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF at(left + metrics.horizontalAdvance(shown) + 11, height() / 2.0 + 0.5);
    painter.drawPolyline(QPolygonF{at + QPointF(-3.5, -1.75), at + QPointF(0, 1.75), at + QPointF(3.5, -1.75)});
}

PillButton::PillButton(QWidget* parent)
    : QAbstractButton(parent)
{
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
}

void PillButton::setSign(Sign sign)
{
    m_sign = sign;
    update();
}

void PillButton::setIsFolded(bool folded)
{
    m_isFolded = folded;
    update();
}

QSize PillButton::sizeHint() const
{
    const QFontMetrics metrics(uiFont(12, QFont::Medium));
    int width = 12 + 14 + 12;
    if (!m_isFolded)
        width += 8 + metrics.horizontalAdvance(text());
    if (!m_isFolded && !m_key.isEmpty())
        width += 20 + QFontMetrics(keyFont()).horizontalAdvance(m_key);
    return {width, metrics.height() + 12};
}

void PillButton::keyPressEvent(QKeyEvent* event)
{
    if (isPress(*event))
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void PillButton::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(t.border);
    painter.setBrush(underMouse() ? t.hover : t.card);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
    if (hasFocus())
        drawFocusRing(painter, rect(), 7);
    const QRectF sign(12, height() / 2.0 - 8, 16, 16);
    if (m_sign == Sign::Search) {
        drawIcon(painter, QStringLiteral("search"), sign, t.muted);
    } else {
        painter.setPen(QPen(m_sign == Sign::Ready ? t.good : t.muted, 2));
        painter.setBrush(m_sign == Sign::Ready ? QBrush(t.good) : QBrush(Qt::NoBrush));
        painter.drawEllipse(sign.center() - QPointF(1, 0), 3.5, 3.5);
    }
    if (m_isFolded)
        return;
    painter.setFont(uiFont(12, QFont::Medium));
    painter.setPen(t.muted);
    painter.drawText(rect().adjusted(34, 0, 0, 0), Qt::AlignVCenter | Qt::TextSingleLine, text());
    painter.setFont(keyFont());
    painter.setPen(t.faint);
    painter.drawText(rect().adjusted(0, 0, -12, 0), Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, m_key);
}

}  // namespace quantoscope
