// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/house_style.h"

#include "widgets/theme.h"

#include <QAbstractItemView>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>
#include <QWidget>

#include <algorithm>

namespace quantoscope {

namespace {

constexpr double controlRadius = 7;

void drawFrame(QPainter& painter, const QRect& rect, const QColor& fill, const QColor& border, double width = 1)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill);
    painter.setPen(QPen(border, width));
    painter.drawRoundedRect(QRectF(rect).adjusted(width / 2, width / 2, -width / 2, -width / 2), controlRadius,
                            controlRadius);
    painter.restore();
}

void drawCheckIndicator(QPainter& painter, const QStyleOption& option, bool isRound)
{
    const bool on = option.state & QStyle::State_On;
    const bool mixed = option.state & QStyle::State_NoChange;
    const bool enabled = option.state & QStyle::State_Enabled;
    const Theme& t = theme();
    const QColor ink = enabled ? t.accent : t.faint;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double side = std::min(option.rect.width(), option.rect.height()) - 2;
    QRectF box(0, 0, side, side);
    box.moveCenter(QRectF(option.rect).center());
    painter.setPen(QPen(on || mixed ? ink : t.axis, 1.4));
    painter.setBrush((on || mixed) && !isRound ? ink : t.card);
    const double radius = isRound ? side / 2 : 4;
    painter.drawRoundedRect(box, radius, radius);
    if (on && isRound) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawEllipse(box.center(), side * 0.25, side * 0.25);
    } else if (on) {
        painter.setPen(QPen(t.onAccent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF{box.topLeft() + QPointF(side * 0.24, side * 0.52),
                                       box.topLeft() + QPointF(side * 0.43, side * 0.70),
                                       box.topLeft() + QPointF(side * 0.77, side * 0.30)});
    } else if (mixed) {
        painter.setPen(QPen(t.onAccent, 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(box.center() - QPointF(side * 0.25, 0), box.center() + QPointF(side * 0.25, 0));
    }
    painter.restore();
}

void drawScrollBar(QPainter& painter, const QStyleOptionSlider& option, const QRect& handle)
{
    const Theme& t = theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const bool active = option.state & (QStyle::State_MouseOver | QStyle::State_Sunken);
    painter.setBrush(active ? t.faint : t.axis);
    const QRectF bar = QRectF(handle).adjusted(3, 3, -3, -3);
    const double radius = std::min(bar.width(), bar.height()) / 2;
    if (option.minimum < option.maximum)
        painter.drawRoundedRect(bar, radius, radius);
    painter.restore();
}

void drawSlider(QPainter& painter, const QStyleOptionSlider& option, const QRect& handle)
{
    const Theme& t = theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QPointF knob = QRectF(handle).center();
    const QRectF area = option.rect;
    const bool horizontal = option.orientation == Qt::Horizontal;
    const QPointF start = horizontal ? QPointF(area.left() + 4, knob.y()) : QPointF(knob.x(), area.bottom() - 4);
    const QPointF end = horizontal ? QPointF(area.right() - 4, knob.y()) : QPointF(knob.x(), area.top() + 4);
    const QColor ink = option.state & QStyle::State_Enabled ? t.accent : t.axis;
    painter.setPen(QPen(t.axis, 4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(knob, end);
    painter.setPen(QPen(ink, 4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(start, knob);
    painter.setPen(QPen(ink, 2));
    painter.setBrush(t.card);
    painter.drawEllipse(knob, 7, 7);
    if (option.state & QStyle::State_HasFocus) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(t.accent, 2));
        painter.drawEllipse(knob, 9.5, 9.5);
    }
    painter.restore();
}

void drawMenuItem(QPainter& painter, const QStyleOptionMenuItem& item)
{
    const Theme& t = theme();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect inner = item.rect.adjusted(4, 0, -4, 0);
    const bool isHeading = item.menuItemType == QStyleOptionMenuItem::Separator;
    if (isHeading && item.text.isEmpty()) {
        painter.fillRect(QRect(inner.left(), item.rect.center().y(), inner.width(), 1), t.border);
        painter.restore();
        return;
    }
    const bool enabled = item.state & QStyle::State_Enabled;
    if ((item.state & QStyle::State_Selected) && enabled && !isHeading) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.selectedRow);
        painter.drawRoundedRect(inner, 6, 6);
    }
    QRect text = inner.adjusted(28, 0, -12, 0);
    if (item.checked && item.checkType != QStyleOptionMenuItem::NotCheckable) {
        const QPointF at(inner.left() + 10, inner.center().y());
        painter.setPen(QPen(t.accent, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF{at + QPointF(0, 0), at + QPointF(3.5, 3.5), at + QPointF(10, -4)});
    }
    const QStringList parts = item.text.split(u'\t');
    QFont font = item.font;
    if (isHeading) {
        font = uiFont(11, QFont::DemiBold);
        text = inner.adjusted(10, 4, -10, 0);
    }
    painter.setFont(font);
    painter.setPen(isHeading || !enabled ? t.faint : t.text);
    painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine | Qt::TextShowMnemonic, parts[0]);
    if (parts.size() > 1) {
        painter.setFont(uiFont(12));
        painter.setPen(t.faint);
        painter.drawText(text, Qt::AlignVCenter | Qt::AlignRight | Qt::TextSingleLine, parts[1]);
    }
    if (item.menuItemType == QStyleOptionMenuItem::SubMenu) {
        const QPointF at(inner.right() - 8, inner.center().y() + 0.5);
        painter.setPen(QPen(t.muted, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF{at + QPointF(-3, -4), at + QPointF(1, 0), at + QPointF(-3, 4)});
    }
    painter.restore();
}

}  // namespace

void drawFocusRing(QPainter& painter, const QRectF& area, double radius)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, 2));
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), radius, radius);
    painter.restore();
}

HouseStyle::HouseStyle()
    : QProxyStyle(QStringLiteral("fusion"))
{
}

int HouseStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent: return 12;
    case PM_ScrollView_ScrollBarSpacing: return 0;
    case PM_MenuPanelWidth: return 1;
    case PM_MenuVMargin: return 4;
    case PM_MenuHMargin: return 0;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return 18;
    case PM_SliderLength: return 20;
    case PM_SliderThickness:
    case PM_SliderControlThickness: return 22;
    case PM_HeaderMargin: return 10;
    case PM_HeaderMarkSize: return 9;
    case PM_FocusFrameHMargin: return qobject_cast<const QAbstractItemView*>(widget) ? 8 : 2;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int HouseStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_UnderlineShortcut: return 0;
    case SH_Slider_AbsoluteSetButtons: return Qt::LeftButton;
    case SH_ScrollBar_LeftClickAbsolutePosition: return 1;
    case SH_Menu_MouseTracking:
    case SH_Menu_Scrollable: return 1;
    case SH_ItemView_ShowDecorationSelected: return 1;
    case SH_ScrollBar_Transient: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

void HouseStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const
{
    const Theme& t = theme();
    const bool focused = option->state & State_HasFocus;
    switch (element) {
    case PE_PanelLineEdit:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->lineWidth > 0)
            drawFrame(*painter, option->rect, option->state & State_Enabled ? t.card : t.control,
                      focused ? t.accent : t.border, focused ? 2 : 1);
        return;
    case PE_FrameLineEdit:
        return;
    case PE_FrameFocusRect:
        if (!qobject_cast<const QAbstractItemView*>(widget))
            drawFocusRing(*painter, option->rect, controlRadius);
        return;
    case PE_PanelScrollAreaCorner:
        return;
    case PE_PanelItemViewItem:
        // One rounded tint for the whole row, not a block of colour a cell.
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option); item && (item->state & State_Selected)) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(t.selectedRow);
            painter->drawRoundedRect(item->rect, 6, 6);
            painter->restore();
        }
        return;
    case PE_PanelItemViewRow:
        return;
    case PE_IndicatorHeaderArrow:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            const bool isUp = header->sortIndicator == QStyleOptionHeader::SortUp;
            const QPointF at = QRectF(option->rect).center();
            const double tip = isUp ? 2 : -2;
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(QPen(t.muted, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter->drawPolyline(QPolygonF{at + QPointF(-3.5, -tip), at + QPointF(0, tip), at + QPointF(3.5, -tip)});
            painter->restore();
        }
        return;
    case PE_PanelMenu:
        painter->fillRect(option->rect, t.card);
        return;
    case PE_FrameMenu:
        painter->save();
        painter->setPen(t.axis);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, t.card);
        painter->setPen(t.axis);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheckIndicator(*painter, *option, false);
        return;
    case PE_IndicatorRadioButton:
        drawCheckIndicator(*painter, *option, true);
        return;
    case PE_PanelButtonCommand:
        drawFrame(*painter, option->rect, option->state & State_MouseOver ? t.hover : t.card,
                  focused ? t.accent : t.border, focused ? 2 : 1);
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void HouseStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const
{
    const Theme& t = theme();
    switch (element) {
    case CE_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            painter->fillRect(option->rect, t.card);
            drawMenuItem(*painter, *item);
            return;
        }
        break;
    case CE_HeaderSection:
        painter->fillRect(option->rect, t.card);
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.border);
        return;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, t.card);
        return;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

/// A field like a line edit's, with two arrows in it.
static void drawSpinBox(QPainter& painter, const QStyleOptionSpinBox& box, const QRect& up, const QRect& down)
{
    const Theme& t = theme();
    const bool isEnabled = box.state & QStyle::State_Enabled, focused = box.state & QStyle::State_HasFocus;
    drawFrame(painter, box.rect, isEnabled ? t.card : t.control, focused ? t.accent : t.border, focused ? 2 : 1);
    if (box.buttonSymbols == QAbstractSpinBox::NoButtons)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const bool isUp : {true, false}) {
        const QRectF place = isUp ? up : down;
        const bool works = isEnabled && (box.stepEnabled & (isUp ? QAbstractSpinBox::StepUpEnabled : QAbstractSpinBox::StepDownEnabled));
        const bool isHovered = works && box.activeSubControls == (isUp ? QStyle::SC_SpinBoxUp : QStyle::SC_SpinBoxDown);
        painter.setPen(QPen(works ? isHovered ? t.text : t.muted : t.faint, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const double by = isUp ? 1.75 : -1.75;
        const QPointF at = place.center() + QPointF(-1, isUp ? 1.5 : -0.5);
        painter.drawPolyline(QPolygonF{at + QPointF(-3.5, by), at + QPointF(0, -by), at + QPointF(3.5, by)});
    }
    painter.restore();
}

void HouseStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                    const QWidget* widget) const
{
    if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
        if (control == CC_ScrollBar)
            return drawScrollBar(*painter, *slider, subControlRect(control, option, SC_ScrollBarSlider, widget));
        if (control == CC_Slider)
            return drawSlider(*painter, *slider, subControlRect(control, option, SC_SliderHandle, widget));
    }
    if (const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option); box && control == CC_SpinBox)
        return drawSpinBox(*painter, *box, subControlRect(control, option, SC_SpinBoxUp, widget), subControlRect(control, option, SC_SpinBoxDown, widget));
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect HouseStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                 const QWidget* widget) const
{
    // Scroll bars have no arrow buttons: the groove is the whole bar.
    if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option); bar && control == CC_ScrollBar) {
        const bool horizontal = bar->orientation == Qt::Horizontal;
        const int length = horizontal ? bar->rect.width() : bar->rect.height();
        if (part == SC_ScrollBarAddLine || part == SC_ScrollBarSubLine)
            return {};
        if (part == SC_ScrollBarGroove)
            return bar->rect;
        const qint64 range = qint64(bar->maximum) - bar->minimum;
        const int handle = range <= 0 ? length
                                      : std::clamp(int(qint64(bar->pageStep) * length / (range + bar->pageStep)),
                                                   std::min(28, length), length);
        const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - handle,
                                                  bar->upsideDown);
        const auto slice = [&](int from, int size) {
            return horizontal ? QRect(bar->rect.left() + from, bar->rect.top(), size, bar->rect.height())
                              : QRect(bar->rect.left(), bar->rect.top() + from, bar->rect.width(), size);
        };
        if (part == SC_ScrollBarSlider)
            return slice(start, handle);
        if (part == SC_ScrollBarSubPage)
            return slice(0, start);
        if (part == SC_ScrollBarAddPage)
            return slice(start + handle, length - start - handle);
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QRect HouseStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    // Text keeps its distance from a rounded frame.
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    if (element == SE_LineEditContents && frame && frame->lineWidth > 0)
        return rect.adjusted(6, 0, -6, 0);
    return rect;
}

QSize HouseStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& contents,
                                   const QWidget* widget) const
{
    const QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    const int line = option ? option->fontMetrics.height() : 16;
    switch (type) {
    case CT_LineEdit:
        return {size.width() + 16, std::max(size.height(), line + 14)};
    case CT_ItemViewItem:
        return {size.width(), std::max(size.height(), line + 10)};
    case CT_MenuItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (item && item->menuItemType == QStyleOptionMenuItem::Separator && item->text.isEmpty())
            return {size.width(), 9};
        // The menu itself adds the width of what follows the tab; Fusion would add it once more.
        const bool hasTab = item && item->text.contains(u'\t');
        return {contents.width() + 64 + (hasTab ? 28 : 0), line + 12};
    }
    case CT_HeaderSection:
        return {size.width() + 12, std::max(size.height(), line + 16)};
    default:
        return size;
    }
}

}  // namespace quantoscope
