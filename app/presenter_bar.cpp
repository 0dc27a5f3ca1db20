// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/presenter_bar.h"

#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>

namespace quantoscope {

namespace {

QFont keyFont() { return uiFont(13, QFont::DemiBold); }
QFont wordFont() { return uiFont(13); }

}  // namespace

void PresenterBar::setKeys(const Keys& keys)
{
    m_keys = keys;
    QStringList words;
    for (const auto& [key, word] : keys)
        words << key + u' ' + word;
    setAccessibleName(tr("Keys: %1").arg(words.join(QStringLiteral(", "))));
    update();
}

QSize PresenterBar::sizeHint() const
{
    return {400, QFontMetrics(keyFont()).height() + 38};
}

void PresenterBar::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(QRectF(space::margin, 0, width() - 2 * space::margin, t.stroke), t.text);
    const QFontMetrics keyMetrics(keyFont()), wordMetrics(wordFont());
    const double middle = (height() + t.stroke) / 2.0;
    const double tall = keyMetrics.height() + 8;
    double x = space::margin;
    for (const auto& [key, word] : m_keys) {
        const double keyWidth = std::max(tall, keyMetrics.horizontalAdvance(key) + 18.0);
        const double needed = keyWidth + 10 + wordMetrics.horizontalAdvance(word);
        // What finds no room is left out whole; a cut word helps nobody.
        if (x + needed > width() - space::margin)
            break;
        const QRectF cap(x, middle - tall / 2, keyWidth, tall);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.text);
        painter.drawRoundedRect(cap, 6, 6);
        painter.setFont(keyFont());
        painter.setPen(t.card);
        painter.drawText(cap, Qt::AlignCenter, key);
        painter.setFont(wordFont());
        painter.setPen(t.text);
        painter.drawText(QRectF(cap.right() + 10, 0, width(), height() + t.stroke), Qt::AlignVCenter, word);
        x += needed + 26;
    }
}

}  // namespace quantoscope
