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

/// A radio button in all but looks: screen readers, Tab and arrows know it as one.
class Segment : public QRadioButton {
public:
    Segment(const QString& id, const QString& text, QWidget* parent)
        : QRadioButton(text, parent)
    {
        setObjectName(id);
        setCursor(Qt::PointingHandCursor);
        setAttribute(Qt::WA_Hover);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    }

    QSize sizeHint() const override
    {
        // The width of the selected, heavier text, so that choosing moves nothing.
        const QFontMetrics metrics(uiFont(12, QFont::DemiBold));
        return {metrics.horizontalAdvance(text()) + 2 * space::normal, metrics.height() + 10};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    bool hitButton(const QPoint& at) const override { return rect().contains(at); }

    void keyPressEvent(QKeyEvent* event) override
    {
        const int key = event->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down
            || key == Qt::Key_Home || key == Qt::Key_End)
            event->ignore();   // The control moves the choice.
        else
            QRadioButton::keyPressEvent(event);
    }

    void paintEvent(QPaintEvent*) override
    {
        const Theme& t = theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF area = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        if (isChecked()) {
            painter.setPen(t.axis);
            painter.setBrush(t.isDark ? t.selectedRow : t.card);
            painter.drawRoundedRect(area, 6, 6);
        } else if (underMouse() && isEnabled()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.hover);
            painter.drawRoundedRect(area, 6, 6);
        }
        if (hasFocus())
            drawFocusRing(painter, rect(), 6);
        painter.setFont(uiFont(12, isChecked() ? QFont::DemiBold : QFont::Medium));
        painter.setPen(!isEnabled() ? t.faint : isChecked() ? t.text : t.muted);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextSingleLine, text());
    }
};

}  // namespace

SegmentedControl::SegmentedControl(QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(2, 2, 2, 2);
    m_layout->setSpacing(1);
    m_group->setExclusive(true);
    setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::buttonClicked, this,
            [this](QAbstractButton* button) { emit chosen(button->objectName()); });
}

void SegmentedControl::addSegment(const QString& id, const QString& text, const QString& toolTip)
{
    auto* segment = new Segment(id, text, this);
    segment->setToolTip(toolTip);
    m_group->addButton(segment);
    m_layout->addWidget(segment);
    if (m_group->buttons().size() == 1)
        segment->setChecked(true);
}

void SegmentedControl::clear()
{
    for (QAbstractButton* button : m_group->buttons()) {
        m_group->removeButton(button);
        m_layout->removeWidget(button);
        button->hide();
        button->deleteLater();
    }
}

QString SegmentedControl::current() const
{
    const QAbstractButton* button = m_group->checkedButton();
    return button ? button->objectName() : QString();
}

void SegmentedControl::setCurrent(const QString& id)
{
    for (QAbstractButton* button : m_group->buttons()) {
        if (button->objectName() == id)
            button->setChecked(true);
    }
}

void SegmentedControl::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme().border);
    painter.setBrush(theme().control);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

void SegmentedControl::keyPressEvent(QKeyEvent* event)
{
    const QList<QAbstractButton*> buttons = m_group->buttons();
    const int now = int(buttons.indexOf(m_group->checkedButton()));
    int next = now;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up: next = now - 1; break;
    case Qt::Key_Right:
    case Qt::Key_Down: next = now + 1; break;
    case Qt::Key_Home: next = 0; break;
    case Qt::Key_End: next = int(buttons.size()) - 1; break;
    default: QWidget::keyPressEvent(event); return;
    }
    if (next < 0 || next >= buttons.size() || next == now || !buttons[next]->isEnabled())
        return;
    buttons[next]->setChecked(true);
    buttons[next]->setFocus(Qt::TabFocusReason);
    emit chosen(buttons[next]->objectName());
}

}  // namespace quantoscope
