// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QPainter>

namespace quantoscope {

namespace {

class Tab : public RowButton {
public:
    using RowButton::RowButton;

    QSize sizeHint() const override
    {
        const QFontMetrics metrics(uiFont(13, QFont::DemiBold));
        return {metrics.horizontalAdvance(text()) + 4, metrics.height() + 16};
    }

protected:
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
    : ExclusiveRow({}, space::padding, parent)
{
}

void TabStrip::addTab(const QString& id, const QString& text)
{
    addButton(new Tab(id, text, this));
}

}  // namespace quantoscope
