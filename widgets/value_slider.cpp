// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/value_slider.h"

#include "widgets/plot_text.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QKeyEvent>

#include <algorithm>

namespace quantoscope {

namespace {

class AccessibleSlider : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit AccessibleSlider(ValueSlider* slider)
        : QAccessibleWidget(slider, QAccessible::Slider)
    {
    }

    void* interface_cast(QAccessible::InterfaceType type) override
    {
        if (type == QAccessible::ValueInterface)
            return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value ? slider().valueText() : QAccessibleWidget::text(kind);
    }
    QVariant currentValue() const override { return slider().value(); }
    void setCurrentValue(const QVariant& value) override { slider().moveTo(value.toDouble(), true); }
    QVariant minimumValue() const override { return slider().minimum(); }
    QVariant maximumValue() const override { return slider().maximum(); }
    QVariant minimumStepSize() const override { return slider().step(); }

private:
    ValueSlider& slider() const { return *static_cast<ValueSlider*>(object()); }
};

class AccessibleChart : public QAccessibleWidget {
public:
    explicit AccessibleChart(QWidget* chart)
        : QAccessibleWidget(chart, QAccessible::Chart)
    {
    }
    QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value || kind == QAccessible::Description
                 ? object()->property("chartDescription").toString() : QAccessibleWidget::text(kind);
    }
};

QAccessibleInterface* makeInterface(const QString&, QObject* object)
{
    if (auto* slider = qobject_cast<ValueSlider*>(object))
        return new AccessibleSlider(slider);
    auto* widget = qobject_cast<QWidget*>(object);
    if (widget && widget->dynamicPropertyNames().contains("chartDescription"))
        return new AccessibleChart(widget);
    return nullptr;
}

}  // namespace

void installPlotAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    Q_UNUSED(installed);
}

ValueSlider::ValueSlider(QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setFocusPolicy(Qt::StrongFocus);
}

void ValueSlider::setRange(double minimum, double maximum, double step)
{
    m_minimum = minimum;
    m_maximum = std::max(minimum, maximum);
    m_step = step;
    m_value = std::clamp(m_value, m_minimum, m_maximum);
}

void ValueSlider::setValue(double value)
{
    value = std::clamp(value, m_minimum, m_maximum);
    if (value == m_value)
        return;
    m_value = value;
    update();
    if (QAccessible::isActive()) {
        QAccessibleValueChangeEvent change(this, value);
        QAccessible::updateAccessibility(&change);
    }
}

QString ValueSlider::valueText() const
{
    return roundedNumber(m_value, 4);
}

void ValueSlider::moveTo(double value, bool finished)
{
    setValue(value);
    emit moved(m_value, finished);
}

void ValueSlider::keyPressEvent(QKeyEvent* event)
{
    const double stride = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Up: return moveTo(m_value + stride * m_step, true);
    case Qt::Key_Left:
    case Qt::Key_Down: return moveTo(m_value - stride * m_step, true);
    case Qt::Key_PageUp: return moveTo(m_value + 10 * m_step, true);
    case Qt::Key_PageDown: return moveTo(m_value - 10 * m_step, true);
    case Qt::Key_Home: emit bestRequested(); return;
    case Qt::Key_End: return moveTo(m_maximum, true);
    default: QWidget::keyPressEvent(event);
    }
}

bool ValueSlider::event(QEvent* event)
{
    // Arrows are this widget's own before they are shortcuts of a page or the stepping of a lesson.
    if (event->type() == QEvent::ShortcutOverride) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home: event->accept(); return true;
        default: break;
        }
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::event(event);
}

}  // namespace quantoscope
