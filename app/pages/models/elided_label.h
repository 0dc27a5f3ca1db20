// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/theme.h"

#include <QPainter>
#include <QWidget>

namespace quantoscope {

/// A name of any length in the room there is: the middle gives way, the whole stands in the tool tip.
class ElidedLabel : public QWidget {
    Q_OBJECT

public:
    ElidedLabel(double pixels, QFont::Weight weight, QWidget* parent)
        : QWidget(parent)
        , m_pixels(pixels)
        , m_weight(weight)
    {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    void setText(const QString& text)
    {
        m_text = text;
        setAccessibleName(text);
        setToolTip(text.toHtmlEscaped());
        update();
    }

    QSize minimumSizeHint() const override { return {60, QFontMetrics(uiFont(m_pixels, m_weight)).height() + 2}; }
    QSize sizeHint() const override
    {
        const QFontMetrics metrics(uiFont(m_pixels, m_weight));
        return {metrics.horizontalAdvance(m_text) + 2, metrics.height() + 2};
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        const QFont font = uiFont(m_pixels, m_weight);
        painter.setFont(font);
        painter.setPen(theme().text);
        painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft,
                         QFontMetrics(font).elidedText(m_text, Qt::ElideMiddle, width()));
    }

private:
    QString m_text;
    double m_pixels;
    QFont::Weight m_weight;
};

}  // namespace quantoscope
