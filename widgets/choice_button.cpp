// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QMenu>
#include <QPainter>

namespace quantoscope {

ChoiceButton::ChoiceButton(QWidget* parent)
    : QToolButton(parent)
{
    auto* choices = new QMenu(this);
    choices->setToolTipsVisible(true);
    setMenu(choices);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(choices, &QMenu::triggered, this, [this](QAction* action) {
        const QString id = action->data().toString();
        setCurrent(id);
        emit chosen(id);
    });
}

void ChoiceButton::addChoice(const QString& id, const QString& text, const QString& explanation)
{
    QAction* action = menu()->addAction(menuLine(text, explanation));
    action->setData(id);
    action->setCheckable(true);
    action->setToolTip(explanation);
    action->setProperty("choice", text);
}

void ChoiceButton::addHeading(const QString& text)
{
    menu()->addSection(menuText(text));
}

void ChoiceButton::clear()
{
    menu()->clear();
    m_current.clear();
    setText({});
}

QString ChoiceButton::textOf(const QString& id) const
{
    for (const QAction* action : menu()->actions()) {
        if (!action->isSeparator() && action->data().toString() == id)
            return action->property("choice").toString();
    }
    return {};
}

void ChoiceButton::setCurrent(const QString& id, const QString& shownText)
{
    m_current = id;
    for (QAction* action : menu()->actions())
        action->setChecked(!action->isSeparator() && action->data().toString() == id);
    setText(shownText.isEmpty() ? textOf(id) : shownText);
    updateGeometry();
    update();
}

QSize ChoiceButton::sizeHint() const
{
    const QFontMetrics metrics(uiFont(13, QFont::DemiBold));
    return {metrics.horizontalAdvance(text()) + 10 + 22, metrics.height() + 12};
}

void ChoiceButton::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(isDown() || menu()->isVisible() ? t.axis : t.border);
    painter.setBrush(underMouse() && isEnabled() ? t.hover : t.control);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
    if (hasFocus())
        drawFocusRing(painter, rect(), 7);
    painter.setFont(uiFont(13, QFont::DemiBold));
    painter.setPen(isEnabled() ? t.text : t.faint);
    painter.drawText(rect().adjusted(10, 0, -20, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, text());
    painter.setPen(QPen(t.muted, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF at(width() - 12, height() / 2.0);
    painter.drawPolyline(QPolygonF{at + QPointF(-3.5, -1.75), at + QPointF(0, 1.75), at + QPointF(3.5, -1.75)});
}

}  // namespace quantoscope
