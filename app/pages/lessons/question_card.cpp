// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/question_card.h"

#include "app/lessons/figure_kinds.h"
#include "app/pages/lessons/choice_row.h"
#include "app/pages/lessons/condition_list.h"
#include "app/pages/lessons/lesson_text.h"
#include "core/formats/real_number.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

Result<double> typedNumber(const QString& text)
{
    QString plain = text.trimmed();
    for (const QChar space : {QChar(u' '), QChar(0x202F), QChar(0x2009), QChar(0x00A0), QChar(u'_')})
        plain.remove(space);
    plain.replace(QChar(0x2212), u'-');
    if (plain.isEmpty())
        return failure(Error::Kind::Malformed, QObject::tr("Type a number, such as 0.5 or 2^-22.").toStdString());
    const auto number = parseNumber(plain.toStdString());
    if (!number)
        return tl::unexpected(number.error());
    return number->toDouble();
}

QString rightAnswer(const LessonQuestion& question)
{
    for (const LessonChoice& choice : question.choices) {
        if (choice.isRight)
            return QString::fromStdString(choice.text);
    }
    return question.answer ? shownNumber(*question.answer) : QString();
}

Verdict lastVerdict(const LessonQuestion& question, const QuestionRecord& record)
{
    if (record.answers.isEmpty())
        return {};
    if (!question.choices.empty())
        return judgeChoice(question, std::size_t(record.answers.last().toUInt()));
    const auto number = typedNumber(record.answers.last());
    return number ? judgeNumber(question, *number) : Verdict{};
}

QuestionCard::QuestionCard(const LessonQuestion& question, bool isPrediction, QWidget* parent)
    : QWidget(parent)
    , m_question(question)
    , m_isPrediction(isPrediction)
    , m_title(new TextLabel({}, 13, QFont::DemiBold, TextTone::Normal, this))
    , m_status(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this))
    , m_text(new LessonText(14, QFont::Normal, TextTone::Normal, this))
    , m_answers(new QWidget(this))
    , m_comparison(new QWidget(this))
    , m_guess(new LessonText(19, QFont::DemiBold, TextTone::Normal, m_comparison))
    , m_guessNote(new TextLabel(tr("you predicted"), 13, QFont::Normal, TextTone::Normal, m_comparison))
    , m_truth(new LessonText(19, QFont::DemiBold, TextTone::Normal, m_comparison))
    , m_truthNote(new TextLabel({}, 13, QFont::Normal, TextTone::Normal, m_comparison))
    , m_inputProblem(new TextLabel({}, 12, QFont::Normal, TextTone::Error, this))
    , m_reply(new LessonText(13, QFont::Normal, TextTone::Normal, this))
    , m_reveal(new LessonText(13, QFont::Normal, TextTone::Normal, this))
    , m_answer(new PushButton(isPrediction ? tr("Commit") : tr("Answer"), PushButton::Role::Primary, this))
    , m_hint(new PushButton(tr("Hint"), PushButton::Role::Quiet, this))
    , m_showMe(new PushButton(tr("Show me"), PushButton::Role::Primary, this))
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::gap, space::normal, space::gap, space::gap);
    column->setSpacing(space::small);
    auto* head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addStretch(1);
    head->addWidget(m_status);
    column->addLayout(head);
    m_text->setLine(QString::fromStdString(question.text));
    column->addWidget(m_text);
    auto* answers = new QVBoxLayout(m_answers);
    answers->setContentsMargins(0, 0, 0, 0);
    answers->setSpacing(6);
    addAnswers(answers);
    column->addWidget(m_answers);

    auto* comparison = new QVBoxLayout(m_comparison);
    comparison->setContentsMargins(0, 0, 0, 0);
    comparison->setSpacing(2);
    for (auto [value, note] : {std::pair{m_guess, m_guessNote}, std::pair{m_truth, m_truthNote}}) {
        auto* line = new QBoxLayout(QBoxLayout::LeftToRight);
        line->setSpacing(space::small);
        line->addWidget(value);
        line->addWidget(note, 1);
        comparison->addLayout(line);
        m_comparisonLines << line;
    }
    column->addWidget(m_comparison);
    m_inputProblem->setWordWrap(true);
    column->addWidget(m_inputProblem);
    column->addWidget(m_reply);
    column->addWidget(m_reveal);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::small);
    buttons->addWidget(m_answer);
    buttons->addWidget(m_showMe);
    buttons->addWidget(m_hint);
    buttons->addStretch(1);
    column->addLayout(buttons);
    m_inputProblem->hide();

    connect(m_answer, &PushButton::clicked, this, &QuestionCard::submit);
    connect(m_hint, &PushButton::clicked, this, &QuestionCard::hintWanted);
    connect(m_showMe, &PushButton::clicked, this, &QuestionCard::showMeWanted);
    setRecord({});
}

void QuestionCard::addAnswers(QVBoxLayout* column)
{
    int number = 0;
    for (const LessonChoice& choice : m_question.choices) {
        auto* row = new ChoiceRow(++number, QString::fromStdString(choice.text), m_answers);
        row->setIsPrediction(m_isPrediction);
        connect(row, &ChoiceRow::clicked, this, [this, number] { choose(number - 1); });
        m_choices << row;
        column->addWidget(row);
    }
    if (m_question.answer) {
        m_field = new QLineEdit(m_answers);
        m_field->setPlaceholderText(tr("a number, such as 0.5 or 2^-22"));
        m_field->setAccessibleName(tr("Your answer, a number"));
        connect(m_field, &QLineEdit::returnPressed, this, &QuestionCard::submit);
        column->addWidget(m_field);
    }
    if (!m_question.conditions.empty()) {
        m_conditions = new ConditionList(m_question.conditions, m_answers);
        column->addWidget(m_conditions);
    }
}

void QuestionCard::choose(int index)
{
    if (index < 0 || index >= m_choices.size() || m_record.isDone)
        return;
    // A prediction can be thought over until it is committed; a check is answered by one press.
    if (!m_isPrediction) {
        if (!m_record.answers.contains(QString::number(index)))
            emit answered(QString::number(index));
        return;
    }
    m_chosen = index;
    for (int i = 0; i < m_choices.size(); ++i)
        m_choices[i]->setMark(i == index ? ChoiceRow::Mark::Chosen : ChoiceRow::Mark::Open);
    m_answer->setEnabled(true);
}

void QuestionCard::focusAnswer()
{
    if (m_field)
        m_field->setFocus();
    else if (!m_choices.isEmpty())
        m_choices.front()->setFocus();
}

void QuestionCard::submit()
{
    if (m_field)
        submitNumber();
    else if (m_chosen >= 0)
        emit answered(QString::number(m_chosen));
}

void QuestionCard::submitNumber()
{
    if (m_record.isDone)
        return;
    const auto number = typedNumber(m_field->text());
    m_inputProblem->setVisible(!number);
    if (!number)
        return m_inputProblem->setText(QString::fromStdString(number.error().message));
    emit answered(m_field->text().trimmed());
    m_field->selectAll();
}

QString QuestionCard::replyText() const
{
    return m_reply->isHidden() ? QString() : m_reply->accessibleName();
}

QString QuestionCard::statusText() const
{
    if (m_isPrediction)
        return m_record.isDone ? tr("locked") : QString();
    if (m_record.wasShown)
        return tr("shown");
    if (m_record.isDone)
        return m_record.wrongTries() == 0 && !m_record.hadHint ? tr("right at once") : tr("right");
    const int wrong = m_record.wrongTries();
    return wrong == 0 ? QString() : wrong == 1 ? tr("1 wrong try") : tr("%1 wrong tries").arg(wrong);
}

void QuestionCard::setReadings(const QVariantMap& readings)
{
    if (m_conditions)
        m_conditions->setReadings(readings);
}

void QuestionCard::setRecord(const QuestionRecord& record)
{
    const bool hadFocus = focusWidget() != nullptr && isAncestorOf(focusWidget());
    m_record = record;
    const bool done = record.isDone;
    m_title->setText(m_isPrediction ? (done ? tr("Your prediction") : tr("Predict")) : tr("Check"));
    m_status->setText(statusText());
    m_status->setTone(done && !m_isPrediction ? TextTone::Good : TextTone::Muted);
    m_answers->setVisible(!(m_isPrediction && done));
    for (int i = 0; i < m_choices.size(); ++i) {
        const bool tried = record.answers.contains(QString::number(i));
        const bool isRight = m_question.choices[std::size_t(i)].isRight;
        m_choices[i]->setMark(isRight && done ? ChoiceRow::Mark::Right : tried && !isRight ? ChoiceRow::Mark::Wrong
                              : i == m_chosen && m_isPrediction ? ChoiceRow::Mark::Chosen : ChoiceRow::Mark::Open);
        m_choices[i]->setEnabled(!done);
    }
    if (m_field) {
        m_field->setReadOnly(done);
        m_field->setFocusPolicy(done ? Qt::NoFocus : Qt::StrongFocus);
        if (!record.answers.isEmpty() && (done || m_field->text().isEmpty()))
            m_field->setText(done && record.wasShown ? rightAnswer(m_question) : record.answers.last());
    }
    if (m_conditions)
        m_conditions->setDone(done);
    showComparison();
    showVerdict();
    m_answer->setVisible(!done && (m_field || (m_isPrediction && !m_choices.isEmpty())));
    m_answer->setEnabled(m_field || m_chosen >= 0);
    const bool mayShow = record.wrongTries() >= 2 || (m_conditions && record.hadHint);
    m_hint->setVisible(!done && !m_isPrediction && m_conditions && !record.hadHint && !m_question.otherwise.empty());
    m_showMe->setVisible(!done && !m_isPrediction && mayShow);
    if (hadFocus && !done)
        focusAnswer();
    update();
}

/// The guess stays visible beside the truth.
void QuestionCard::showComparison()
{
    const bool shown = m_isPrediction && m_record.isDone && !m_record.answers.isEmpty();
    m_comparison->setVisible(shown);
    if (!shown)
        return;
    const bool isRight = lastVerdict(m_question, m_record).isRight;
    QString guess = m_record.answers.last();
    if (!m_question.choices.empty()) {
        const std::size_t index = guess.toUInt();
        guess = index < m_question.choices.size() ? QString::fromStdString(m_question.choices[index].text) : QString();
    }
    m_guess->setLine(guess);
    m_truth->setLine(rightAnswer(m_question));
    m_guessNote->setText(isRight ? tr("you predicted, and that is right") : tr("you predicted"));
    m_truthNote->setText(tr("is right"));
    // What is short stands on one line with whose it is; a sentence stands under it.
    const bool isShort = std::max(m_guess->idealWidth(), m_truth->idealWidth()) < 180;
    for (QBoxLayout* line : m_comparisonLines) {
        line->setDirection(isShort ? QBoxLayout::LeftToRight : QBoxLayout::BottomToTop);
        line->setSpacing(isShort ? space::small : 0);
    }
    for (LessonText* text : {m_guess, m_truth})
        text->setMaximumWidth(isShort ? int(text->idealWidth()) + 4 : QWIDGETSIZE_MAX);
    m_truth->setVisible(!isRight);
    m_truthNote->setVisible(!isRight);
}

void QuestionCard::showVerdict()
{
    const Verdict verdict = lastVerdict(m_question, m_record);
    QString reply;
    const bool saysWhyNot = !m_record.answers.isEmpty() && !verdict.isRight && (!m_record.isDone || m_isPrediction);
    if (saysWhyNot)
        reply = QString::fromStdString(verdict.reply);
    else if (m_conditions && m_record.hadHint && !m_record.isDone)
        reply = QString::fromStdString(m_question.otherwise);
    m_reply->setVisible(!reply.isEmpty());
    m_reply->setLine(reply);
    const QString reveal = m_record.isDone ? QString::fromStdString(m_question.reveal) : QString();
    m_reveal->setVisible(!reveal.isEmpty());
    m_reveal->setLine(reveal);
    m_reply->setTone(m_isPrediction || m_conditions ? TextTone::Normal : TextTone::Error);
    m_inputProblem->hide();
}

void QuestionCard::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor border = t.prediction;
    border.setAlphaF(0.45f);
    painter.setPen(m_isPrediction ? border : t.border);
    painter.setBrush(m_isPrediction ? t.predictionSoft : t.control);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::radius, space::radius);
    if (m_isPrediction && m_record.isDone) {
        const double side = 13;
        drawIcon(painter, QStringLiteral("lock"), QRectF(m_status->x() - side - 5, m_status->geometry().center().y() - side / 2 + 0.5, side, side), t.muted);
    }
}

}  // namespace quantoscope
