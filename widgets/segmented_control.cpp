// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QPainter>

namespace quantoscope {

namespace {

class Segment : public RowButton {
public:
    Segment(const QString& id, const QString& text, QWidget* parent)
        : RowButton(id, text, parent)
    {
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    }

    QSize sizeHint() const override
    {
        // The width of the selected, heavier text, so that choosing moves nothing.
        const QFontMetrics metrics(uiFont(12, QFont::DemiBold));
        return {metrics.horizontalAdvance(text()) + 2 * space::normal, metrics.height() + 10};
    }

protected:
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
    : ExclusiveRow({2, 2, 2, 2}, 1, parent)
{
}

void SegmentedControl::addSegment(const QString& id, const QString& text, const QString& toolTip)
{
    auto* segment = new Segment(id, text, this);
    segment->setToolTip(toolTip);
    addButton(segment);
}

void SegmentedControl::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme().border);
    painter.setBrush(theme().control);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

}  // namespace quantoscope
