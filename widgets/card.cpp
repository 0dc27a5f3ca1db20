// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace quantoscope {

Card::Card(QWidget* parent)
    : QFrame(parent)
{
    setFrameShape(QFrame::NoFrame);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::gap, space::normal, space::gap, space::gap);
    outer->setSpacing(space::small);
    m_body = new QVBoxLayout;
    m_body->setSpacing(space::small);
    outer->addLayout(m_body, 1);
}

void Card::setTitle(const QString& title, const QString& subtitle)
{
    titleLine();
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    m_subtitle->setText(subtitle);
    m_subtitle->setVisible(!subtitle.isEmpty());
    setAccessibleName(title);
}

QHBoxLayout* Card::titleLine()
{
    if (m_titleLine)
        return m_titleLine;
    m_titleLine = new QHBoxLayout;
    m_titleLine->setSpacing(space::small);
    m_title = new TextLabel({}, 14, QFont::DemiBold, TextTone::Normal, this);
    m_subtitle = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this);
    static_cast<TextLabel*>(m_subtitle)->setElides(true);
    m_title->hide();
    m_subtitle->hide();
    m_titleLine->addWidget(m_title);
    m_titleLine->addWidget(m_subtitle);
    m_titleLine->addStretch(1);
    static_cast<QVBoxLayout*>(layout())->insertLayout(0, m_titleLine);
    return m_titleLine;
}

QVBoxLayout* Card::body()
{
    return m_body;
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme().border);
    painter.setBrush(theme().card);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
}

}  // namespace quantoscope
