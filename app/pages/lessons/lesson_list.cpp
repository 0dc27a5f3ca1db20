// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/lesson_list.h"

#include "app/pages/lessons/lesson_text.h"
#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QDir>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

LessonEntry::Words wordsOf(const Lesson& lesson, const LessonProgress& progress)
{
    LessonEntry::Words words;
    words.id = QString::fromStdString(lesson.id);
    words.number = QString::number(lesson.number);
    words.title = lesson.title.empty() ? QString::fromStdString(lesson.file) : QString::fromStdString(lesson.title);
    QStringList before;
    for (const int number : lesson.buildsOn)
        before << QString::number(number);
    const QString screens = LessonEntry::tr("%1 screens").arg(lesson.screens.size());
    words.about = before.isEmpty() ? LessonEntry::tr("needs nothing before it · %1").arg(screens)
                                   : LessonEntry::tr("builds on %1 · %2").arg(before.join(LessonEntry::tr(" and ")), screens);
    words.minutes = LessonEntry::tr("%1 minutes").arg(lesson.minutes);
    const auto count = progress.questions(lesson);
    words.isDone = progress.isDone(lesson);
    words.share = words.isDone ? 1 : count.all > 0 ? double(count.done) / count.all : 0;
    if (words.isDone)
        words.status = LessonEntry::tr("done");
    else if (progress.isBegun(lesson))
        words.status = LessonEntry::tr("%1 of %2 questions answered").arg(count.done).arg(count.all);
    else
        words.status = LessonEntry::tr("not begun");
    return words;
}

}  // namespace

LessonEntry::LessonEntry(const Words& words, QWidget* parent)
    : QAbstractButton(parent)
    , m_words(words)
{
    setText(words.title);
    setAccessibleName(tr("Lesson %1, %2. %3, %4, %5").arg(words.number, words.title, words.minutes, words.about, words.status));
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize LessonEntry::sizeHint() const
{
    return {640, QFontMetrics(titleFont(17, QFont::DemiBold)).height() + QFontMetrics(uiFont(13)).height() + 44};
}

void LessonEntry::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void LessonEntry::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_words.isSuggested ? t.accent : t.border);
    painter.setBrush(underMouse() ? t.hover : t.card);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
    if (hasFocus())
        drawFocusRing(painter, rect(), space::radius);

    // The ring at the left fills as the lesson is done; its number stands inside.
    const double side = height() - 36.0;
    const QRectF ring(space::padding, 18, side, side);
    const double thick = 4 * t.typeScale;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.border, thick));
    painter.drawEllipse(ring.adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2));
    if (m_words.share > 0) {
        painter.setPen(QPen(m_words.isDone ? t.good : t.accent, thick, Qt::SolidLine, Qt::FlatCap));
        painter.drawArc(ring.adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2), 90 * 16, -int(std::lround(m_words.share * 360 * 16)));
    }
    if (m_words.isDone) {
        drawIcon(painter, QStringLiteral("check"), ring.adjusted(side * 0.3, side * 0.3, -side * 0.3, -side * 0.3), t.good);
    } else {
        painter.setFont(titleFont(18, QFont::DemiBold));
        painter.setPen(t.text);
        painter.drawText(ring, Qt::AlignCenter, m_words.number);
    }

    const QFont small = uiFont(13);
    const QString action = m_words.isSuggested ? (m_words.share > 0 ? tr("Go on") : tr("Start")) : QString();
    const QFont actionFont = uiFont(13, QFont::DemiBold);
    double right = width() - space::padding;
    const double actionWide = action.isEmpty() ? 0 : QFontMetrics(actionFont).horizontalAdvance(action) + 32;
    if (!action.isEmpty()) {
        const QRectF pill(right - actionWide, height() / 2.0 - 17 * t.typeScale, actionWide, 34 * t.typeScale);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        painter.drawRoundedRect(pill, 7, 7);
        painter.setPen(t.onAccent);
        painter.setFont(actionFont);
        painter.drawText(pill, Qt::AlignCenter, action);
        right = pill.left() - space::padding;
    }
    const double left = ring.right() + space::gap;
    const int statusWide = std::max(QFontMetrics(small).horizontalAdvance(m_words.minutes), QFontMetrics(small).horizontalAdvance(m_words.status)) + 4;
    const QRectF upper(left, 18, right - left, height() / 2.0 - 18), lower(left, height() / 2.0 + 2, right - left, height() / 2.0 - 20);
    painter.setFont(small);
    painter.setPen(t.text);
    painter.drawText(upper, Qt::AlignRight | Qt::AlignVCenter, m_words.minutes);
    painter.setPen(m_words.isDone ? t.good : t.muted);
    painter.drawText(lower, Qt::AlignRight | Qt::AlignVCenter, m_words.status);
    const int room = int(right - left) - statusWide - space::gap;
    painter.setPen(t.muted);
    painter.drawText(lower, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(small).elidedText(m_words.about, Qt::ElideRight, room));
    painter.setFont(titleFont(17, QFont::DemiBold));
    painter.setPen(t.text);
    painter.drawText(upper, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(titleFont(17, QFont::DemiBold)).elidedText(m_words.title, Qt::ElideRight, room));
}

LessonList::LessonList(QWidget* parent)
    : QScrollArea(parent)
{
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget;
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(space::normal);
    setWidget(content);
    viewport()->setAutoFillBackground(false);
    content->setAutoFillBackground(false);
}

void LessonList::show(const LessonLibrary& library, const LessonProgress& progress)
{
    QString focused;
    for (LessonEntry* entry : m_entries) {
        if (entry->hasFocus())
            focused = entry->id();
    }
    qDeleteAll(m_parts);
    m_parts.clear();
    m_entries.clear();
    while (QLayoutItem* item = m_column->takeAt(0))
        delete item;
    const auto add = [this](QWidget* part) {
        m_parts << part;
        m_column->addWidget(part);
        part->show();
    };
    bool hasSuggestion = false;
    for (const Lesson& lesson : library.lessons()) {
        LessonEntry::Words words = wordsOf(lesson, progress);
        words.isSuggested = !hasSuggestion && !words.isDone;
        hasSuggestion = hasSuggestion || words.isSuggested;
        auto* entry = new LessonEntry(words, widget());
        connect(entry, &LessonEntry::clicked, this, [this, id = words.id] { emit chosen(id); });
        add(entry);
        m_entries << entry;
        if (entry->id() == focused)
            entry->setFocus();
        for (const LessonProblem& problem : lesson.problems) {
            auto* line = new TextLabel(tr("%1, line %2: %3").arg(QString::fromStdString(lesson.file)).arg(problem.line)
                                           .arg(QString::fromStdString(problem.sentence)),
                                       13, QFont::Normal, TextTone::Error, widget());
            line->setWordWrap(true);
            line->setContentsMargins(space::padding, 0, space::padding, 0);
            line->setTextInteractionFlags(Qt::TextSelectableByMouse);
            add(line);
        }
    }
    auto* note = new TextLabel(tr("Lessons are Markdown files in %1. Save one and it is read again at once; README.md there says how to write your own.")
                                   .arg(QDir::toNativeSeparators(library.folder())), 12, QFont::Normal, TextTone::Muted, widget());
    note->setWordWrap(true);
    note->setContentsMargins(2, space::small, 2, 0);
    add(note);
    m_column->addStretch(1);
}

void LessonList::focusFirst()
{
    if (!m_entries.isEmpty())
        m_entries.front()->setFocus();
}

}  // namespace quantoscope
