// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/lesson_end.h"

#include "app/pages/lessons/lesson_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace quantoscope {

LessonEnd::LessonEnd(QWidget* parent)
    : QWidget(parent)
    , m_title(new TextLabel({}, 24, QFont::DemiBold, TextTone::Normal, this))
    , m_words(new LessonText(14, QFont::Normal, TextTone::Normal, this))
    , m_nextWords(new LessonText(14, QFont::Normal, TextTone::Muted, this))
    , m_open(new PushButton(tr("Go to the first open one"), PushButton::Role::Quiet, this))
    , m_next(new PushButton({}, PushButton::Role::Primary, this))
    , m_list(new PushButton(tr("All lessons"), PushButton::Role::Quiet, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::padding, space::padding, space::padding, space::padding);
    column->setSpacing(space::normal);
    m_title->setWordWrap(true);
    column->addWidget(m_title);
    column->addWidget(m_words);
    column->addWidget(m_open, 0, Qt::AlignLeft);
    column->addSpacing(space::small);
    column->addWidget(m_nextWords);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_next);
    buttons->addWidget(m_list);
    buttons->addStretch(1);
    column->addLayout(buttons);
    column->addStretch(1);
    connect(m_next, &PushButton::clicked, this, &LessonEnd::nextWanted);
    connect(m_list, &PushButton::clicked, this, &LessonEnd::listWanted);
    connect(m_open, &PushButton::clicked, this, [this] { emit screenWanted(m_firstOpen); });
}

void LessonEnd::setNext(const Lesson* next)
{
    m_hasNext = next != nullptr;
    m_next->setVisible(next);
    if (next) {
        m_next->setText(tr("Start lesson %1").arg(next->number));
        m_next->updateGeometry();
        m_nextWords->setLine(tr("Next: **%1**, about %2 minutes.").arg(QString::fromStdString(next->title)).arg(next->minutes));
    } else {
        m_nextWords->setLine(tr("That was the last lesson. The pages of this program are yours: everything in the figures works there too."));
    }
}

void LessonEnd::show(const Lesson& lesson, const LessonProgress& progress)
{
    const auto questions = progress.questions(lesson);
    const int left = questions.all - questions.done;
    m_firstOpen = -1;
    for (int screen = int(lesson.screens.size()) - 1; screen >= 0; --screen) {
        if (!progress.isScreenDone(lesson, screen))
            m_firstOpen = screen;
    }
    if (left == 0) {
        const auto first = progress.rightAtFirst(lesson);
        m_title->setText(tr("Lesson %1 is done").arg(lesson.number));
        m_words->setLine(first.all == 0 ? tr("You have seen all of it.")
                                        : tr("**%1 of %2** checks were right at the first try. Everything you did is kept; "
                                             "come back to any screen and it is as you left it.").arg(first.done).arg(first.all));
    } else {
        m_title->setText(tr("The end of lesson %1").arg(lesson.number));
        m_words->setLine(left == 1 ? tr("One question is still open.") : tr("**%1 questions** are still open. You can answer them at any time.").arg(left));
    }
    m_open->setVisible(left > 0 && m_firstOpen >= 0);
}

QString LessonEnd::headline() const
{
    return m_title->text();
}

}  // namespace quantoscope
