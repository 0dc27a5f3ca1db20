// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/steady_text.h"

#include "widgets/controls.h"

#include <QEvent>
#include <QResizeEvent>

#include <algorithm>

namespace quantoscope {

SteadyText::SteadyText(QWidget* parent)
    : QWidget(parent)
    , m_label(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this))
{
    m_label->setWordWrap(true);
    m_label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    grow(true);
}

QString SteadyText::text() const
{
    return m_label->text();
}

void SteadyText::setText(const QString& words)
{
    if (words == m_label->text())
        return;
    m_label->setText(words);
    grow(false);
}

void SteadyText::grow(bool fromLeast)
{
    const int least = fromLeast ? 2 * m_label->fontMetrics().lineSpacing() : m_height;
    const int needed = std::max(least, width() > 0 ? m_label->heightForWidth(width()) : 0);
    if (needed != m_height) {
        m_height = needed;
        updateGeometry();
    }
    m_label->resize(width(), std::max(height(), m_height));
}

void SteadyText::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    grow(event->size().width() != event->oldSize().width());
}

void SteadyText::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        grow(true);
}

}  // namespace quantoscope
