// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/lessons_page.h"

#include "app/pages/lessons/figure_panel.h"
#include "app/pages/lessons/lesson_list.h"
#include "app/pages/lessons/lesson_view.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QDir>
#include <QHBoxLayout>
#include <QStackedLayout>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace quantoscope {

LessonsPage::LessonsPage(Workspace& workspace, QWidget* parent)
    : Figure(parent)
    , m_workspace(workspace)
    , m_progress(workspace.profile())
    , m_header(new QWidget(this))
    , m_back(new PushButton(tr("All lessons"), PushButton::Role::Chip, m_header))
    , m_number(new TextLabel({}, 14, QFont::Normal, TextTone::Muted, m_header))
    , m_title(new TextLabel({}, 14, QFont::DemiBold, TextTone::Normal, m_header))
    , m_about(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, m_header))
    , m_saved(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, m_header))
    , m_cells(new ProgressCells(m_header))
    , m_problems(new TextLabel({}, 13, QFont::Normal, TextTone::Error, this))
    , m_stack(new QStackedLayout)
    , m_list(new LessonList(this))
    , m_view(new LessonView(workspace, m_progress, this))
{
    layOut();
    connect(m_back, &PushButton::clicked, this, [this] {
        showList();
        emit changed(tr("list of lessons"), {});
    });
    connect(m_list, &LessonList::chosen, this, [this](const QString& id) { openLesson(id, true); });
    connect(m_view, &LessonView::changed, this, &Figure::changed);
    connect(m_view, &LessonView::readingsChanged, this, &Figure::readingsChanged);
    connect(m_view, &LessonView::stageChanged, this, &Figure::readingsChanged);
    connect(m_view, &LessonView::progressed, this, &LessonsPage::refresh);
    connect(m_view, &LessonView::listWanted, this, [this] {
        showList();
        m_list->focusFirst();
        emit changed(tr("list of lessons"), {});
    });
    connect(m_view, &LessonView::nextLessonWanted, this, [this] {
        if (const Lesson* next = m_library.next(m_view->lesson()))
            openLesson(QString::fromStdString(next->id), true);
    });
    connect(&m_library, &LessonLibrary::changed, this, &LessonsPage::reload);
    m_library.open(QDir(Workspace::dataFolder()).filePath(QStringLiteral("lessons")));
    // Whoever listens to the page does so from now on.
    QTimer::singleShot(0, this, [this] {
        if (const QStringList problems = m_workspace.profile().takeProblems(); !problems.isEmpty())
            emit problem(problems.join(u' '));
    });
}

void LessonsPage::layOut()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::padding, space::normal, space::padding, space::padding);
    column->setSpacing(space::normal);
    auto* line = new QHBoxLayout(m_header);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::small);
    line->addWidget(m_back);
    for (QWidget* part : {m_number, m_title, m_about})
        line->addWidget(part);
    m_title->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    m_about->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    line->setStretchFactor(m_about, 1);
    line->addWidget(m_saved);
    line->addSpacing(space::tight);
    line->addWidget(m_cells);
    column->addWidget(m_header);
    m_problems->setWordWrap(true);
    m_problems->hide();
    column->addWidget(m_problems);
    column->addLayout(m_stack, 1);
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_view);
    m_back->setKeyHint(QStringLiteral("Esc"));
    m_header->setMinimumHeight(m_back->sizeHint().height());
}

/// Digits and Enter answer from the first moment on, wherever the person came from.
void LessonsPage::showEvent(QShowEvent* event)
{
    Figure::showEvent(event);
    QTimer::singleShot(0, this, [this] {
        if (m_view->isVisible() && !isAncestorOf(QApplication::focusWidget()))
            m_view->setFocus();
    });
}

void LessonsPage::focusInEvent(QFocusEvent*)
{
    if (showsList())
        m_list->focusFirst();
    else
        m_view->setFocus();
}

void LessonsPage::openFolder(const QString& folder)
{
    m_library.open(folder);
}

void LessonsPage::openLesson(const QString& name, bool isStep)
{
    const Lesson* lesson = m_library.find(name);
    if (!lesson || lesson->screens.empty()) {
        emit problem(lesson ? tr("%1 has no screen to show.").arg(QString::fromStdString(lesson->file))
                            : tr("There is no lesson “%1” in %2.").arg(name, QDir::toNativeSeparators(m_library.folder())));
        return showList();
    }
    m_lesson = QString::fromStdString(lesson->id);
    // A lesson that is done is opened again at its beginning, not at its end.
    const int screen = m_progress.screen(*lesson);
    const bool startsOver = screen >= int(lesson->screens.size());
    m_view->setNext(m_library.next(*lesson));
    m_view->open(*lesson, {startsOver ? 0 : screen, std::nullopt, false});
    refresh();
    m_view->setFocus();
    if (isStep)
        emit changed(tr("open lesson %1").arg(lesson->number), {});
}

void LessonsPage::showList()
{
    m_lesson.clear();
    refresh();
}

/// The files were saved: what is open is shown anew at the same place.
void LessonsPage::reload()
{
    const Lesson* lesson = m_lesson.isEmpty() ? nullptr : m_library.find(m_lesson);
    if (!lesson || lesson->screens.empty()) {
        showList();
        return;
    }
    m_view->setNext(m_library.next(*lesson));
    const bool keepsFigure = m_view->panel()->figure() && lesson->screens.size() == m_view->lesson().screens.size();
    m_view->open(*lesson, {m_view->screen(), keepsFigure ? std::optional(m_view->panel()->figure()->state()) : std::nullopt,
                           m_view->panel()->showsAllControls()});
}

QString LessonsPage::progressLine() const
{
    const auto done = std::ranges::count_if(m_library.lessons(), [this](const Lesson& lesson) { return m_progress.isDone(lesson); });
    const QString count = tr("%1 of %2 done").arg(done).arg(m_library.lessons().size());
    if (!m_progress.isSaved())
        return tr("%1 · not saved").arg(count);
    return m_progress.isInMemory() ? tr("%1 · kept until you close").arg(count) : tr("%1 · saved").arg(count);
}

void LessonsPage::refresh()
{
    const Lesson* lesson = m_lesson.isEmpty() ? nullptr : m_library.find(m_lesson);
    m_stack->setCurrentWidget(lesson ? static_cast<QWidget*>(m_view) : m_list);
    m_back->setVisible(lesson);
    m_view->setPresenting(m_isPresenting && lesson);
    m_about->setVisible(true);
    std::vector<double> shares;
    int present = -1;
    for (const Lesson& each : m_library.lessons()) {
        const auto count = m_progress.questions(each);
        if (lesson && each.id == lesson->id)
            present = int(shares.size());
        shares.push_back(m_progress.isDone(each) ? 1 : count.all > 0 ? double(count.done) / count.all : 0);
    }
    m_cells->setShares(shares, present);
    m_saved->setText(progressLine());
    m_saved->setTone(m_progress.isSaved() ? TextTone::Muted : TextTone::Error);
    QString problems = lesson ? QString() : m_library.problem();
    if (lesson) {
        m_number->setText(tr("Lesson %1").arg(lesson->number));
        m_title->setText(QString::fromStdString(lesson->title));
        QStringList before;
        for (const int number : lesson->buildsOn)
            before << QString::number(number);
        const double left = lesson->minutes * (1 - shares[std::size_t(present)]);
        const QString minutes = left <= 0    ? tr("done")
                                : left < 1.5 ? tr("about a minute left")
                                             : tr("about %1 minutes left").arg(std::lround(left));
        m_about->setText(before.isEmpty() ? minutes : tr("builds on %1 · %2").arg(before.join(tr(" and ")), minutes));
        for (const LessonProblem& problem : lesson->problems)
            problems += (problems.isEmpty() ? QString() : QStringLiteral("\n"))
                        + tr("%1, line %2: %3").arg(QString::fromStdString(lesson->file)).arg(problem.line).arg(QString::fromStdString(problem.sentence));
    } else {
        m_title->setText(tr("Lessons"));
        m_about->setText(tr("You predict, then you see, then you do it yourself."));
        m_list->show(m_library, m_progress);
    }
    m_number->setVisible(!showsList());   // empty, it would still take its spacing from the title
    m_problems->setText(problems);
    m_problems->setVisible(!problems.isEmpty());
    if (!m_progress.isSaved())
        emit problem(m_progress.problem());
}

Figure* LessonsPage::figure() const
{
    return m_lesson.isEmpty() ? nullptr : m_view->panel()->figure();
}

QJsonObject LessonsPage::state() const
{
    if (m_lesson.isEmpty())
        return {{QStringLiteral("lesson"), QString()}};
    QJsonObject state{{QStringLiteral("lesson"), m_lesson}, {QStringLiteral("screen"), m_view->screen()}};
    if (const Figure* shown = figure())
        state.insert(QStringLiteral("figure"), shown->state());
    if (m_view->panel()->showsAllControls())
        state.insert(QStringLiteral("allControls"), true);
    return state;
}

void LessonsPage::setState(const QJsonObject& state)
{
    const QJsonValue named = state[u"lesson"];
    const QString name = named.isDouble() ? QString::number(named.toInt()) : named.toString();
    if (name.isEmpty())
        return showList();
    const Lesson* lesson = m_library.find(name);
    if (!lesson || lesson->screens.empty() || !state.contains(u"screen"))
        return openLesson(name, false);
    m_lesson = QString::fromStdString(lesson->id);
    m_view->setNext(m_library.next(*lesson));
    const QJsonObject figure = state[u"figure"].toObject();
    m_view->open(*lesson, {state[u"screen"].toInt(), figure.isEmpty() ? std::nullopt : std::optional(figure),
                           state[u"allControls"].toBool()});
    refresh();
}

QVariantMap LessonsPage::readings() const
{
    return figure() ? figure()->readings() : QVariantMap();
}

bool LessonsPage::isSettled() const
{
    return !figure() || figure()->isSettled();
}

QString LessonsPage::commandLine() const
{
    return figure() ? figure()->commandLine() : QString();
}

QByteArray LessonsPage::csv() const
{
    return figure() ? figure()->csv() : QByteArray();
}

void LessonsPage::setPresenting(bool presenting)
{
    if (presenting == m_isPresenting)
        return;
    m_isPresenting = presenting;
    m_header->setVisible(!presenting);
    refresh();
}

QList<std::pair<QString, QString>> LessonsPage::keys() const
{
    return m_lesson.isEmpty() ? QList<std::pair<QString, QString>>() : m_view->keys();
}

void LessonsPage::toggleGhost()
{
    if (figure())
        figure()->toggleGhost();
}

Figure* makeLessonsPage(Workspace& workspace, QWidget* parent)
{
    return new LessonsPage(workspace, parent);
}

}  // namespace quantoscope
