// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/choice_row.h"

#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QPainter>

#include <cmath>

namespace quantoscope {

namespace {

constexpr int badge = 20, side = 10, above = 6;
int textLeft() { return side + int(badge * std::max(1.0, theme().typeScale)) + 9; }

}  // namespace

ChoiceRow::ChoiceRow(int number, const QString& text, QWidget* parent)
    : QAbstractButton(parent)
    , m_number(number)
    , m_document(13)
{
    m_document.setLine(text);
    setAccessibleName(m_document.plainText());
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ChoiceRow::setMark(Mark mark)
{
    m_mark = mark;
    setAccessibleDescription(mark == Mark::Right ? tr("right") : mark == Mark::Wrong ? tr("wrong") : mark == Mark::Chosen ? tr("chosen") : QString());
    update();
}

void ChoiceRow::setIsPrediction(bool isPrediction)
{
    m_isPrediction = isPrediction;
    update();
}

int ChoiceRow::heightForWidth(int width) const
{
    return std::max(int(badge * theme().typeScale) + 2, m_document.heightFor(width - textLeft() - side)) + 2 * above;
}

QSize ChoiceRow::sizeHint() const
{
    return {320, heightForWidth(320)};
}

void ChoiceRow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);   // Arrows move between the rows, space chooses.
}

void ChoiceRow::changeEvent(QEvent* event)
{
    QAbstractButton::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_document.renew();
        updateGeometry();
    }
}

void ChoiceRow::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    const bool isLive = isEnabled() && m_mark != Mark::Wrong;
    const QColor hue = m_mark == Mark::Wrong ? t.error : m_mark == Mark::Right ? t.good
                       : m_mark == Mark::Chosen ? (m_isPrediction ? t.prediction : t.accent) : t.border;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hue, m_mark == Mark::Chosen ? 1.6 : 1));
    painter.setBrush(underMouse() && isLive ? t.hover : t.card);
    const QRectF box = QRectF(rect()).adjusted(0.8, 0.8, -0.8, -0.8);
    painter.drawRoundedRect(box, 7, 7);
    if (hasFocus())
        drawFocusRing(painter, rect(), 7);

    const double size = std::round(badge * std::max(1.0, t.typeScale));
    const int textHeight = m_document.heightFor(width() - textLeft() - side);
    const double textTop = (height() - textHeight) / 2.0;
    const QRectF mark(side, std::min((height() - size) / 2.0, textTop + 2), size, size);
    painter.setPen(Qt::NoPen);
    if (m_mark == Mark::Wrong || m_mark == Mark::Right) {
        drawIcon(painter, m_mark == Mark::Right ? QStringLiteral("check") : QStringLiteral("cross"), mark.adjusted(2, 2, -2, -2), hue);
    } else {
        const bool isChosen = m_mark == Mark::Chosen;
        painter.setBrush(isChosen ? hue : t.control);
        painter.drawRoundedRect(mark, 5, 5);
        painter.setPen(isChosen ? t.card : t.muted);
        painter.setFont(uiFont(11, QFont::DemiBold));
        painter.drawText(mark, Qt::AlignCenter, QString::number(m_number));
    }
    m_document.draw(painter, {double(textLeft()), textTop + 2.5 * t.typeScale}, width() - textLeft() - side, m_mark == Mark::Wrong ? t.muted : t.text);
}

}  // namespace quantoscope
