// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/text_tone.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QPainter>

namespace quantoscope {

QColor toneColour(TextTone tone)
{
    const Theme& t = theme();
    switch (tone) {
    case TextTone::Normal: return t.text;
    case TextTone::Muted: return t.muted;
    case TextTone::Faint: return t.faint;
    case TextTone::Error: return t.error;
    case TextTone::Good: return t.good;
    case TextTone::Accent: return t.accent;
    }
    return t.text;
}

TextLabel::TextLabel(const QString& text, double pixels, QFont::Weight weight, TextTone tone, QWidget* parent)
    : QLabel(parent)
    , m_pixels(pixels)
    , m_weight(weight)
    , m_tone(tone)
{
    setTextFormat(Qt::PlainText);
    setText(text);
    applyTheme();
}

void TextLabel::setTone(TextTone tone)
{
    m_tone = tone;
    applyTheme();
}

void TextLabel::setMono(bool mono)
{
    m_mono = mono;
    applyTheme();
}

void TextLabel::setElides(bool elides)
{
    m_elides = elides;
    updateGeometry();
}

QSize TextLabel::minimumSizeHint() const
{
    return m_elides ? QSize(0, QLabel::minimumSizeHint().height()) : QLabel::minimumSizeHint();
}

void TextLabel::paintEvent(QPaintEvent* event)
{
    const bool isCut = m_elides && fontMetrics().horizontalAdvance(text()) > contentsRect().width();
    if (!isCut)
        return QLabel::paintEvent(event);
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(contentsRect(), int(alignment()) | Qt::TextSingleLine,
                     fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
}

void TextLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    if (m_elides)
        setToolTip(fontMetrics().horizontalAdvance(text()) > contentsRect().width() ? text() : QString());
}

void TextLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        applyTheme();
}

void TextLabel::applyTheme()
{
    const QFont wanted = m_mono           ? monoFont(m_pixels, m_weight)
                         : m_pixels >= 20 ? titleFont(m_pixels, m_weight)
                                          : uiFont(m_pixels, m_weight);
    if (font() != wanted)
        setFont(wanted);
    // Setting a palette sends the event that led here: only where the colour is another one.
    const QColor colour = toneColour(m_tone);
    if (m_shown == colour)
        return;
    m_shown = colour;
    QPalette own;
    own.setColor(QPalette::WindowText, colour);
    setPalette(own);
}

}  // namespace quantoscope
