// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/lesson_column.h"

#include "app/pages/lessons/folded_line.h"
#include "app/pages/lessons/lesson_text.h"
#include "app/pages/lessons/question_card.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

namespace {

constexpr int sideMargin = space::normal;   // Cards reach further out than text does.

bool isQuestion(LessonStep::Kind kind)
{
    return kind == LessonStep::Kind::Predict || kind == LessonStep::Kind::Check;
}

int heightOf(const QWidget* widget, int width)
{
    const int wanted = widget->hasHeightForWidth() ? widget->heightForWidth(width) : widget->sizeHint().height();
    return std::max(wanted, widget->minimumHeight());
}

/// Text to read, or to try with a heading, indented to stand in line with the text inside cards.
QWidget* makeProse(const LessonStep& step, QWidget* parent)
{
    auto* prose = new QWidget(parent);
    auto* column = new QVBoxLayout(prose);
    column->setContentsMargins(space::small, step.kind == LessonStep::Kind::Try ? 4 : 0, space::small, 2);
    column->setSpacing(4);
    if (step.kind == LessonStep::Kind::Try)
        column->addWidget(new TextLabel(LessonColumn::tr("Try"), 14, QFont::DemiBold, TextTone::Normal, prose));
    auto* text = new LessonText(14, QFont::Normal, TextTone::Normal, prose);
    text->setMarkdown(QString::fromStdString(step.markdown));
    column->addWidget(text);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    prose->setSizePolicy(policy);
    return prose;
}

}  // namespace

LessonColumn::LessonColumn(LessonProgress& progress, QWidget* parent)
    : QScrollArea(parent)
    , m_progress(progress)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setAutoFillBackground(false);
}

void LessonColumn::showScreen(const Lesson& lesson, int screen)
{
    m_lesson = lesson;
    m_screen = screen;
    m_isTouched = false;
    build(lesson.screens[std::size_t(screen)]);
    refresh();
}

void LessonColumn::build(const LessonScreen& screen)
{
    m_items.clear();
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(sideMargin, space::gap, sideMargin, space::gap);
    column->setSpacing(space::normal);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(space::small, 0, space::small, 0);
    m_title = new LessonText(20, QFont::DemiBold, TextTone::Normal, content);
    m_title->setLine(QString::fromStdString(screen.title));
    head->addWidget(m_title);
    column->addLayout(head);
    setWidget(content);
    content->setAutoFillBackground(false);   // Which setWidget() turns on.
    int index = 0;
    for (const LessonStep& step : screen.steps) {
        m_items.push_back(makeItem(step, index++));
        column->addWidget(m_items.back().line);
        column->addWidget(m_items.back().open);
    }
    column->addStretch(1);
    content->show();
}

LessonColumn::Item LessonColumn::makeItem(const LessonStep& step, int index)
{
    Item item{step.kind, nullptr, nullptr, nullptr, false};
    QString words = QString::fromStdString(step.markdown);
    if (isQuestion(step.kind)) {
        item.card = new QuestionCard(step.question, step.kind == LessonStep::Kind::Predict, widget());
        item.open = item.card;
        words = QString::fromStdString(step.question.text);
        connect(item.card, &QuestionCard::answered, this, [this, index](const QString& answer) { emit answered(index, answer); });
        connect(item.card, &QuestionCard::hintWanted, this, [this, index] { emit hintWanted(index); });
        connect(item.card, &QuestionCard::showMeWanted, this, [this, index] { emit showMeWanted(index); });
    } else {
        item.open = makeProse(step, widget());
    }
    LessonDocument plain(13);
    plain.setMarkdown(words);
    item.line = new FoldedLine(StepStrip::word(step.kind), plain.plainText().simplified(), widget());
    connect(item.line, &QAbstractButton::clicked, this, [this, index] {
        m_items[std::size_t(index)].isUnfolded = true;
        fold();
    });
    return item;
}

bool LessonColumn::isStepDone(int step) const
{
    const Item& item = m_items[std::size_t(step)];
    if (item.card)
        return item.card->record().isDone;
    const bool goesOn = std::any_of(m_items.begin() + step + 1, m_items.end(), [](const Item& later) {
        return later.card && (later.card->record().isDone || !later.card->record().answers.isEmpty());
    });
    if (item.kind == LessonStep::Kind::Try)
        return m_isTouched || goesOn;
    // What was read is done with once there is something else to do.
    return step + 1 < int(m_items.size()) || m_progress.screen(m_lesson) > m_screen;
}

/// All steps up to the first prediction still open: what comes after it would answer it.
int LessonColumn::shownSteps() const
{
    for (int step = 0; step < int(m_items.size()); ++step) {
        if (m_items[std::size_t(step)].kind == LessonStep::Kind::Predict && !isStepDone(step))
            return step + 1;
    }
    return int(m_items.size());
}

bool LessonColumn::isPredictionOpen() const
{
    const int shown = shownSteps();
    return shown > 0 && m_items[std::size_t(shown - 1)].kind == LessonStep::Kind::Predict && !isStepDone(shown - 1);
}

int LessonColumn::presentStep() const
{
    for (int step = 0; step < shownSteps(); ++step) {
        if (m_items[std::size_t(step)].card && !isStepDone(step))
            return step;
    }
    return -1;
}

QuestionCard* LessonColumn::presentCard() const
{
    const int step = presentStep();
    return step < 0 ? nullptr : card(step);
}

QuestionCard* LessonColumn::card(int step) const
{
    return step >= 0 && step < int(m_items.size()) ? m_items[std::size_t(step)].card : nullptr;
}

std::vector<StepStrip::Entry> LessonColumn::entries() const
{
    std::vector<StepStrip::Entry> entries;
    using Mark = StepStrip::Mark;
    for (const auto kind : {LessonStep::Kind::Read, LessonStep::Kind::Predict, LessonStep::Kind::Try, LessonStep::Kind::Check}) {
        bool exists = false, isDone = true;
        for (int step = 0; step < int(m_items.size()); ++step) {
            if (m_items[std::size_t(step)].kind != kind)
                continue;
            exists = true;
            isDone = isDone && isStepDone(step);
        }
        if (exists)
            entries.push_back({kind, isDone ? Mark::Done : Mark::Open});
    }
    const auto present = std::ranges::find(entries, Mark::Open, &StepStrip::Entry::mark);
    if (present != entries.end())
        present->mark = Mark::Present;
    return entries;
}

void LessonColumn::refresh()
{
    for (int step = 0; step < int(m_items.size()); ++step) {
        if (QuestionCard* card = m_items[std::size_t(step)].card) {
            const QuestionRecord record = m_progress.question(m_lesson, {m_screen, step});
            card->setReadings(m_readings);
            if (!(record == card->record()))
                card->setRecord(record);
        }
    }
    fold();
    QTimer::singleShot(0, this, &LessonColumn::bringIntoView);
}

void LessonColumn::setReadings(const QVariantMap& readings)
{
    m_readings = readings;
    for (const Item& item : m_items) {
        if (item.card)
            item.card->setReadings(readings);
    }
}

void LessonColumn::setTouched(bool touched)
{
    m_isTouched = touched;
}

/// Folds what is done, from the top, until what is left has room.
void LessonColumn::fold()
{
    if (!widget())
        return;
    const int width = viewport()->width() - 2 * sideMargin;
    const int shown = shownSteps();
    int height = 2 * space::gap + heightOf(m_title, width - 2 * space::small);
    for (int step = 0; step < shown; ++step)
        height += space::normal + heightOf(m_items[std::size_t(step)].open, width);
    // The step done last keeps what it said open, for as long as nothing else was done.
    int last = -1;
    for (int step = 0; step < shown; ++step) {
        if (m_items[std::size_t(step)].card && isStepDone(step))
            last = step;
    }
    for (int step = 0; step < int(m_items.size()); ++step) {
        Item& item = m_items[std::size_t(step)];
        const bool mayFold = step < shown && step != last && isStepDone(step) && !item.isUnfolded
                             && (last > step || presentStep() < 0);
        const bool folds = mayFold && height > viewport()->height();
        if (folds)
            height += heightOf(item.line, width) - heightOf(item.open, width);
        item.line->setVisible(folds);
        item.open->setVisible(step < shown && !folds);
    }
}

void LessonColumn::bringIntoView()
{
    if (QuestionCard* card = presentCard())
        ensureWidgetVisible(card, 0, space::gap);
}

void LessonColumn::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    fold();
}

bool LessonColumn::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        QTimer::singleShot(0, this, &LessonColumn::fold);
    return QScrollArea::event(event);
}

}  // namespace quantoscope
