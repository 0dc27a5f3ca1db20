// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QRadioButton>

namespace quantoscope {

namespace {

class Tab : public QRadioButton {
public:
    Tab(const QString& id, const QString& text, QWidget* parent)
        : QRadioButton(text, parent)
    {
        setObjectName(id);
        setCursor(Qt::PointingHandCursor);
        setAttribute(Qt::WA_Hover);
    }

    QSize sizeHint() const override
    {
        const QFontMetrics metrics(uiFont(13, QFont::DemiBold));
        return {metrics.horizontalAdvance(text()) + 4, metrics.height() + 16};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    bool hitButton(const QPoint& at) const override { return rect().contains(at); }

    void keyPressEvent(QKeyEvent* event) override
    {
        if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
            event->ignore();
        else
            QRadioButton::keyPressEvent(event);
    }

    void paintEvent(QPaintEvent*) override
    {
        const Theme& t = theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(uiFont(13, isChecked() ? QFont::DemiBold : QFont::Medium));
        painter.setPen(isChecked() || underMouse() ? t.text : t.muted);
        painter.drawText(rect().adjusted(2, 0, 0, -2), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, text());
        if (isChecked()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.accent);
            painter.drawRoundedRect(QRectF(0, height() - 3, width(), 3), 1.5, 1.5);
        }
        if (hasFocus())
            drawFocusRing(painter, rect().adjusted(0, 2, 0, -4), 5);
    }
};

}  // namespace

TabStrip::TabStrip(QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(space::padding);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* button) { emit chosen(button->objectName()); });
}

void TabStrip::addTab(const QString& id, const QString& text)
{
    auto* tab = new Tab(id, text, this);
    m_group->addButton(tab);
    m_layout->addWidget(tab);
    if (m_group->buttons().size() == 1)
        tab->setChecked(true);
}

QString TabStrip::current() const
{
    const QAbstractButton* button = m_group->checkedButton();
    return button ? button->objectName() : QString();
}

void TabStrip::setCurrent(const QString& id)
{
    for (QAbstractButton* button : m_group->buttons()) {
        if (button->objectName() == id)
            button->setChecked(true);
    }
}

void TabStrip::keyPressEvent(QKeyEvent* event)
{
    const QList<QAbstractButton*> buttons = m_group->buttons();
    const int step = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    const int next = int(buttons.indexOf(m_group->checkedButton())) + step;
    if (step == 0) {
        QWidget::keyPressEvent(event);
    } else if (next >= 0 && next < buttons.size()) {
        buttons[next]->setChecked(true);
        buttons[next]->setFocus(Qt::TabFocusReason);
        emit chosen(buttons[next]->objectName());
    }
}

}  // namespace quantoscope
