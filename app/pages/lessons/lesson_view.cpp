// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/lesson_view.h"

#include "app/pages/lessons/condition_list.h"
#include "app/pages/lessons/figure_panel.h"
#include "app/pages/lessons/lesson_end.h"
#include "app/pages/lessons/presented_lesson.h"
#include "app/pages/lessons/question_card.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/theme.h"
#include "widgets/typed_key.h"

#include <QHBoxLayout>
#include <QCoreApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QScopedValueRollback>
#include <QShortcut>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

LessonView::LessonView(Workspace& workspace, LessonProgress& progress, QWidget* parent)
    : QWidget(parent)
    , m_progress(progress)
    , m_text(new Card(this))
    , m_strip(new StepStrip(m_text))
    , m_column(new LessonColumn(progress, m_text))
    , m_end(new LessonEnd(m_text))
    , m_stack(new QStackedLayout)
    , m_back(new PushButton(tr("Back"), PushButton::Role::Quiet, m_text))
    , m_next(new PushButton(tr("Next"), PushButton::Role::Quiet, m_text))
    , m_goOn(new PushButton(tr("Next"), PushButton::Role::Primary, m_text))
    , m_panel(new FigurePanel(workspace, this))
{
    layOut();
    connect(m_back, &PushButton::clicked, this, &LessonView::back);
    connect(m_next, &PushButton::clicked, this, &LessonView::next);
    connect(m_goOn, &PushButton::clicked, this, &LessonView::next);
    const auto addKey = [this](Qt::Key key, void (LessonView::*run)()) {
        auto* shortcut = new QShortcut(key, this);
        shortcut->setContext(Qt::WindowShortcut);   // From wherever the keyboard is, while a lesson is shown.
        connect(shortcut, &QShortcut::activated, this, run);
    };
    addKey(Qt::Key_PageUp, &LessonView::back);
    addKey(Qt::Key_PageDown, &LessonView::next);
    connect(m_column, &LessonColumn::answered, this, &LessonView::takeAnswer);
    connect(m_column, &LessonColumn::hintWanted, this, &LessonView::giveHint);
    connect(m_column, &LessonColumn::showMeWanted, this, &LessonView::showAnswer);
    connect(m_panel, &FigurePanel::readingsChanged, this, &LessonView::followFigure);
    connect(m_panel, &FigurePanel::edited, this, [this](const QString& text, const QString& mergeKey) {
        m_column->setTouched(true);
        refresh();
        emit changed(text, mergeKey);
    });
    connect(m_panel, &FigurePanel::controlsChanged, this, [this] { emit changed(tr("controls of the figure"), {}); });
    connect(m_end, &LessonEnd::nextWanted, this, &LessonView::nextLessonWanted);
    connect(m_end, &LessonEnd::listWanted, this, &LessonView::listWanted);
    connect(m_end, &LessonEnd::screenWanted, this, [this](int screen) { goTo(screen); });
}

void LessonView::layOut()
{
    m_text->layout()->setContentsMargins(1, 0, 1, 0);
    auto* column = m_text->body();
    column->setSpacing(0);
    column->addWidget(m_strip);
    m_stack->addWidget(m_column);
    m_stack->addWidget(m_end);
    column->addLayout(m_stack, 1);
    auto* rule = new QFrame(m_text);
    rule->setFrameShape(QFrame::HLine);
    rule->setFrameShadow(QFrame::Plain);
    rule->setForegroundRole(QPalette::Mid);
    column->addWidget(rule);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::gap, 10, space::gap, 10);
    foot->addWidget(m_back);
    foot->addStretch(1);
    foot->addWidget(m_next);
    foot->addWidget(m_goOn);
    m_goOn->setKeyHint(QStringLiteral("PgDn"));
    column->addLayout(foot);
    m_back->setKeyHint(QStringLiteral("PgUp"));
    m_next->setKeyHint(QStringLiteral("PgDn"));
    m_outer = new QVBoxLayout(this);
    m_outer->setContentsMargins(0, 0, 0, 0);
    m_outer->setSpacing(0);
    auto* line = new QHBoxLayout;
    m_outer->addLayout(line, 1);
    line->setSpacing(space::normal);
    line->addWidget(m_text);
    line->addWidget(m_panel, 1);
    setFocusPolicy(Qt::ClickFocus);
}

void LessonView::resizeEvent(QResizeEvent*)
{
    const double scale = std::min(1.25, theme().typeScale);
    m_text->setFixedWidth(std::clamp(int(width() * 0.335), int(330 * scale), int(470 * scale)));
}

const LessonFigure* LessonView::figureOf(int screen) const
{
    for (int i = std::min(screen, int(m_lesson.screens.size()) - 1); i >= 0; --i) {
        if (m_lesson.screens[std::size_t(i)].figure)
            return &*m_lesson.screens[std::size_t(i)].figure;
    }
    return nullptr;
}

void LessonView::open(const Lesson& lesson, const Place& place)
{
    m_lesson = lesson;
    m_screen = std::clamp(place.screen, 0, int(lesson.screens.size()));
    m_progress.setScreen(m_lesson, m_screen);
    showScreen(place.figure, place.allControls);
    emit progressed();
}

void LessonView::goTo(int screen)
{
    screen = std::clamp(screen, 0, int(m_lesson.screens.size()));
    if (screen == m_screen)
        return;
    // What has the keyboard may be covered or gone on the next screen, and the window would hand it to the rail.
    if (!m_presented && !m_back->hasFocus() && !m_next->hasFocus() && !m_goOn->hasFocus())
        setFocus();
    // A screen without a figure of its own keeps the one before as it was left.
    const bool keepsFigure = figureOf(screen) == figureOf(m_screen) && m_panel->figure();
    m_screen = screen;
    m_progress.setScreen(m_lesson, screen);
    showScreen(keepsFigure ? std::optional(m_panel->figure()->state()) : std::nullopt, m_panel->showsAllControls());
    emit progressed();
    emit changed(tr("go to screen %1").arg(screen + 1), {});
}

void LessonView::next()
{
    if (m_presented && m_presented->next())
        return;
    if (!isAtEnd())
        goTo(m_screen + 1);
    else
        emit nextLessonWanted();
}

void LessonView::back()
{
    if (m_presented && m_presented->back())
        return;
    m_goesBack = true;
    goTo(m_screen - 1);
    m_goesBack = false;
}

void LessonView::showScreen(const std::optional<QJsonObject>& figure, bool allControls)
{
    {
        const QScopedValueRollback playing(m_isPlaying, true);
        if (!isAtEnd())
            m_column->showScreen(m_lesson, m_screen);
        if (const LessonFigure* wanted = figureOf(m_screen))
            m_panel->show(*wanted, figure, allControls);
    }
    if (m_panel->figure() && !isAtEnd())
        m_column->setReadings(m_panel->figure()->readings());
    refresh();
    if (m_presented)
        m_presented->showScreen(m_lesson, m_screen, m_goesBack);
}

void LessonView::refresh()
{
    const int screens = int(m_lesson.screens.size());
    m_stack->setCurrentWidget(isAtEnd() ? static_cast<QWidget*>(m_end) : m_column);
    m_back->setEnabled(m_screen > 0);
    // With nothing left to answer here, going on is the thing to do.
    const bool isDone = !isAtEnd() && m_progress.isScreenDone(m_lesson, m_screen);
    const bool hadFocus = m_next->hasFocus() || m_goOn->hasFocus();
    m_next->setEnabled(!isAtEnd());
    m_next->setVisible(!isDone);
    m_goOn->setVisible(isDone);
    if (hadFocus)
        (isDone ? m_goOn : m_next)->setFocus();
    if (isAtEnd()) {
        m_end->show(m_lesson, m_progress);
        m_strip->setEntries({}, tr("the end"));
        m_panel->setVeiled(false);
        return;
    }
    m_column->refresh();
    m_strip->setEntries(m_column->entries(), tr("screen %1 of %2").arg(m_screen + 1).arg(screens),
                        QStringLiteral("%1 / %2").arg(m_screen + 1).arg(screens));
    m_panel->setVeiled(m_column->isPredictionOpen() && !m_presented);
}

void LessonView::setNext(const Lesson* next)
{
    m_end->setNext(next);
}

const LessonQuestion& LessonView::question(int step) const
{
    return m_lesson.screens[std::size_t(m_screen)].steps[std::size_t(step)].question;
}

void LessonView::keep(int step, const QuestionRecord& record)
{
    m_progress.setQuestion(m_lesson, {m_screen, step}, record);
    // What was answered is put away; the next digit typed is meant for the question after it.
    if (record.isDone && m_column->isAncestorOf(focusWidget()))
        setFocus();
    refresh();
    emit progressed();
}

void LessonView::takeAnswer(int step, const QString& answer)
{
    QuestionRecord record = this->record(step);
    if (record.isDone)
        return;
    record.answers << answer;
    const bool isPrediction = m_lesson.screens[std::size_t(m_screen)].steps[std::size_t(step)].kind == LessonStep::Kind::Predict;
    record.isDone = isPrediction || lastVerdict(question(step), record).isRight;
    const LessonFigure* figure = figureOf(m_screen);
    keep(step, record);
    if (record.isDone && figure && !question(step).show.empty()) {
        const QScopedValueRollback playing(m_isPlaying, true);
        QJsonObject state = answerState(*figure, question(step));
        // A figure with a place for it shows the guess beside the truth too.
        if (const auto guess = typedNumber(answer); isPrediction && question(step).answer && guess)
            state.insert(QStringLiteral("prediction"), *guess);
        m_panel->play(state);
        if (m_panel->figure())
            m_column->setReadings(m_panel->figure()->readings());
    }
}

void LessonView::giveHint(int step)
{
    QuestionRecord record = this->record(step);
    record.hadHint = true;
    keep(step, record);
}

void LessonView::showAnswer(int step)
{
    QuestionRecord record = this->record(step);
    record.isDone = record.wasShown = true;
    if (const LessonFigure* figure = figureOf(m_screen); figure && !question(step).show.empty()) {
        const QScopedValueRollback playing(m_isPlaying, true);
        m_panel->play(answerState(*figure, question(step)));
    }
    if (m_panel->figure())
        m_column->setReadings(m_panel->figure()->readings());
    keep(step, record);
}

/// The conditions tick as the figure moves. What the program itself shows answers nothing.
void LessonView::followFigure()
{
    emit readingsChanged();
    if (!m_panel->figure() || isAtEnd())
        return;
    const QVariantMap readings = m_panel->figure()->readings();
    m_column->setReadings(readings);
    const int step = m_column->presentStep();
    if (m_isPlaying || step < 0 || m_column->isPredictionOpen())
        return;
    QuestionRecord record = this->record(step);
    if (!allMet(question(step), readings))
        return;
    record.isDone = true;
    keep(step, record);
}

void LessonView::keyPressEvent(QKeyEvent* event)
{
    // Where no shortcut took them: those are for active windows only.
    if (event->key() == Qt::Key_PageDown)
        return next();
    if (event->key() == Qt::Key_PageUp)
        return back();
    if (m_presented) {
        if (!m_presented->takeKey(event->key()))
            QWidget::keyPressEvent(event);
        return;
    }
    QuestionCard* card = isAtEnd() ? nullptr : m_column->presentCard();
    const int digit = event->key() - Qt::Key_1;
    if (card && digit >= 0 && digit < 9 && !card->choices().isEmpty() && !(event->modifiers() & ~Qt::KeypadModifier))
        return card->choose(digit);
    if (card && card->field() && card->field()->focusPolicy() != Qt::NoFocus && beginsNumber(event->text())) {
        card->focusAnswer();
        QCoreApplication::sendEvent(card->field(), event);
        return;
    }
    // A number field has taken its own Enter already, which then comes by here.
    if (card && !card->field() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && card->answerButton()->isVisible() && card->answerButton()->isEnabled())
        return card->answerButton()->click();
    if (event->key() == Qt::Key_Escape) {
        emit listWanted();
        return;
    }
    QWidget::keyPressEvent(event);
}

void LessonView::setPresenting(bool presenting)
{
    if (presenting == (m_presented != nullptr))
        return;
    m_text->setVisible(!presenting);
    delete m_presented;
    m_presented = nullptr;
    if (presenting && !m_lesson.screens.empty()) {
        m_presented = new PresentedLesson(this);
        m_outer->insertWidget(0, m_presented);
        connect(m_presented, &PresentedLesson::stageChanged, this, &LessonView::showStage);
        m_presented->showScreen(m_lesson, m_screen, false);
        m_presented->show();
    } else {
        m_panel->setVisible(true);
    }
    refresh();
    showStage();
}

/// In a hall one thing is on the screen: the tally of a prediction, or the figure under its headline.
void LessonView::showStage()
{
    const bool isTally = m_presented && m_presented->isTally();
    m_panel->setHeaderVisible(!m_presented);
    m_panel->setVisible(!isTally);
    m_outer->setStretch(0, isTally ? 1 : 0);
    m_outer->setStretch(m_presented ? 1 : 0, isTally ? 0 : 1);
    if (Figure* figure = m_panel->figure()) {
        figure->setPresenting(m_presented && !isTally);
        if (m_presented && !isTally)
            figure->setFocus();
        else
            setFocus();
    }
    emit stageChanged();
}

QList<std::pair<QString, QString>> LessonView::keys() const
{
    if (m_presented && m_presented->isTally())
        return {{QStringLiteral("1 2 3"), tr("count an answer")},
                {QStringLiteral("⌫"), tr("take back")},
                {QStringLiteral("R"), tr("reveal")},
                {QStringLiteral("PgDn"), tr("next")}};
    QList<std::pair<QString, QString>> keys = m_panel->figure() ? m_panel->figure()->keys() : QList<std::pair<QString, QString>>();
    keys.prepend({QStringLiteral("PgDn"), tr("next")});
    return keys;
}

}  // namespace quantoscope
