// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QPainter>

namespace quantoscope {

ProblemBar::ProblemBar(QWidget* parent)
    : QFrame(parent)
    , m_text(new TextLabel({}, 13, QFont::Medium, TextTone::Normal, this))
    , m_dismiss(nullptr)
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(44, 9, 10, 9);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* dismiss = new PushButton(tr("Dismiss"), PushButton::Role::Chip, this);
    m_dismiss = dismiss;
    line->addWidget(m_text, 1);
    line->addWidget(m_dismiss, 0, Qt::AlignVCenter);
    connect(dismiss, &QAbstractButton::clicked, this, [this] { showSentence({}); });
    hide();
}

void ProblemBar::showSentence(const QString& sentence)
{
    m_text->setText(sentence);
    setAccessibleName(sentence);
    setVisible(!sentence.isEmpty());
}

QString ProblemBar::sentence() const
{
    return m_text->text();
}

void ProblemBar::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor tint = t.error;
    tint.setAlphaF(t.isDark ? 0.16f : 0.09f);
    painter.setPen(t.error);
    painter.setBrush(tint);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
    drawIcon(painter, QStringLiteral("warning"), QRectF(14, height() / 2.0 - 10, 20, 20), t.error);
}

}  // namespace quantoscope
