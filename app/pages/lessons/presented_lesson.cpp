// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/presented_lesson.h"

#include "app/lessons/figure_kinds.h"
#include "app/pages/lessons/lesson_text.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>

namespace quantoscope {

namespace {

/// What the hall can say: the choices, or the numbers that people arrive at, and anything else.
template<typename Option>
std::vector<Option> optionsOf(const LessonQuestion& question)
{
    std::vector<Option> options;
    for (const LessonChoice& choice : question.choices)
        options.push_back({QString::fromStdString(choice.text), choice.isRight});
    if (!question.answer)
        return options;
    std::vector<std::pair<double, bool>> numbers{{*question.answer, true}};
    for (const NumberReply& reply : question.replies)
        numbers.push_back({reply.value, false});
    std::ranges::sort(numbers);
    for (const auto& [value, isRight] : numbers)
        options.push_back({shownNumber(value), isRight});
    options.push_back({PresentedLesson::tr("something else"), false});
    return options;
}

}  // namespace

PresentedLesson::PresentedLesson(QWidget* parent)
    : QWidget(parent)
{
}

void PresentedLesson::showScreen(const Lesson& lesson, int screen, bool fromItsEnd)
{
    m_lesson = lesson;
    m_screen = std::min(screen, int(lesson.screens.size()) - 1);
    m_predictions.clear();
    m_revealed.clear();
    const auto& steps = m_lesson.screens[std::size_t(m_screen)].steps;
    for (int step = 0; step < int(steps.size()); ++step) {
        const LessonQuestion& question = steps[std::size_t(step)].question;
        if (steps[std::size_t(step)].kind == LessonStep::Kind::Predict && question.conditions.empty())
            m_predictions.push_back({&question, optionsOf<Option>(question), step});
    }
    setStage(fromItsEnd ? int(m_predictions.size()) : 0);
}

void PresentedLesson::setStage(int stage)
{
    m_stage = stage;
    setAccessibleName(headline());
    updateGeometry();
    update();
    emit stageChanged();
}

bool PresentedLesson::next()
{
    if (!isTally())
        return false;
    setStage(m_stage + 1);
    return true;
}

bool PresentedLesson::back()
{
    if (m_stage == 0)
        return false;
    setStage(m_stage - 1);
    return true;
}

const std::vector<int>& PresentedLesson::votes() const
{
    static const std::vector<int> none;
    const auto found = m_votes.find({m_screen, m_predictions[std::size_t(m_stage)].step});
    return found == m_votes.end() ? none : found->second;
}

std::vector<int> PresentedLesson::tally() const
{
    if (!isTally())
        return {};
    std::vector<int> counts(m_predictions[std::size_t(m_stage)].options.size());
    for (const int vote : votes())
        ++counts[std::size_t(vote)];
    return counts;
}

bool PresentedLesson::takeKey(int key)
{
    if (!isTally())
        return false;
    const Prediction& prediction = m_predictions[std::size_t(m_stage)];
    auto& given = m_votes[{m_screen, prediction.step}];
    const int option = key - Qt::Key_1;
    if (option >= 0 && option < int(prediction.options.size())) {
        given.push_back(option);
    } else if (key == Qt::Key_Backspace) {
        if (!given.empty())
            given.pop_back();
    } else if (key == Qt::Key_R) {
        if (!m_revealed.removeOne(m_stage))
            m_revealed << m_stage;
    } else {
        return false;
    }
    update();
    return true;
}

QString PresentedLesson::headline() const
{
    if (isTally())
        return QString::fromStdString(m_predictions[std::size_t(m_stage)].question->text);
    // With the figure: what there is to be found out with it.
    const auto& steps = m_lesson.screens[std::size_t(m_screen)].steps;
    for (const LessonStep& step : steps) {
        if (step.kind == LessonStep::Kind::Check)
            return QString::fromStdString(step.question.text);
    }
    return {};
}

double PresentedLesson::paintHead(QPainter& painter) const
{
    const Theme& t = theme();
    const double left = space::margin, right = width() - space::margin;
    const LessonScreen& screen = m_lesson.screens[std::size_t(m_screen)];
    const QFont placeFont = uiFont(16);
    const QString place = QStringLiteral("%1 / %2").arg(m_screen + 1).arg(m_lesson.screens.size());
    painter.setFont(placeFont);
    painter.setPen(t.muted);
    const double placeWide = QFontMetrics(placeFont).horizontalAdvance(place);
    painter.drawText(QRectF(left, 14, right - left, 40), Qt::AlignRight | Qt::AlignVCenter, place);
    LessonDocument title(isTally() ? 30 : 26, QFont::DemiBold);
    title.setLine(QString::fromStdString(screen.title));
    const int titleWide = int(right - left - placeWide - 24);
    title.draw(painter, {left, 12}, titleWide, t.text);
    double y = 12 + title.heightFor(titleWide) + (isTally() ? 12 : 2);
    LessonDocument words(isTally() ? 20 : 16);
    words.setLine(headline());
    words.draw(painter, {left, y}, int(right - left), isTally() ? t.text : t.muted);
    return y + (headline().isEmpty() ? 0 : words.heightFor(int(right - left)));
}

QSize PresentedLesson::sizeHint() const
{
    if (m_lesson.screens.empty())
        return {400, 80};
    LessonDocument title(isTally() ? 30 : 26, QFont::DemiBold), words(isTally() ? 20 : 16);
    title.setLine(QString::fromStdString(m_lesson.screens[std::size_t(m_screen)].title));
    words.setLine(headline());
    const int wide = std::max(400, width() - 2 * space::margin);
    return {400, 12 + title.heightFor(wide - 80) + 2 + (headline().isEmpty() ? 0 : words.heightFor(wide)) + space::small};
}

void PresentedLesson::paintEvent(QPaintEvent*)
{
    if (m_lesson.screens.empty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double y = paintHead(painter);
    if (isTally())
        paintTally(painter, y + space::padding);
}

/// One bar an answer, its length the share of the hall, its count at the end.
void PresentedLesson::paintTally(QPainter& painter, double top) const
{
    const Theme& t = theme();
    const Prediction& prediction = m_predictions[std::size_t(m_stage)];
    const std::vector<int> counts = tally();
    const int all = int(votes().size());
    const int most = std::max(1, *std::ranges::max_element(counts));
    const double left = space::margin, right = width() - space::margin;
    const bool revealed = isRevealed();

    LessonDocument reveal(18);
    reveal.setLine(QString::fromStdString(prediction.question->reveal));
    const double revealHigh = prediction.question->reveal.empty() ? 0 : reveal.heightFor(int(right - left)) + space::padding;
    const QFont noteFont = uiFont(16, QFont::DemiBold);
    const double noteHigh = QFontMetrics(noteFont).height() + 10;
    painter.setFont(noteFont);
    painter.setPen(t.prediction);
    painter.drawText(QRectF(left, top, right - left, noteHigh), Qt::AlignLeft | Qt::AlignTop,
                     all == 0 ? tr("What does the hall say?") : all == 1 ? tr("1 answer") : tr("%1 answers").arg(all));
    top += noteHigh;
    const double bottom = height() - revealHigh - space::small;
    const double pitch = std::min(110.0 * t.typeScale, (bottom - top) / double(prediction.options.size()));
    const double high = pitch - 12;
    const double badge = std::min(high, 44.0);
    for (std::size_t i = 0; i < prediction.options.size(); ++i) {
        const Option& option = prediction.options[i];
        const QRectF row(left, top + double(i) * pitch, right - left, high);
        const QColor hue = revealed && option.isRight ? t.good : t.prediction;
        painter.setPen(QPen(revealed && option.isRight ? t.good : t.border, revealed && option.isRight ? 3 : 1));
        painter.setBrush(t.card);
        painter.drawRoundedRect(row, space::radius, space::radius);
        if (counts[i] > 0) {
            painter.setPen(QPen(hue, 2));
            painter.setBrush(revealed && option.isRight ? t.control : t.predictionSoft);
            painter.drawRoundedRect(QRectF(row.left(), row.top(), std::max(24.0, row.width() * counts[i] / most), row.height()), space::radius, space::radius);
        }
        const QRectF cap(row.left() + 14, row.center().y() - badge / 2, badge, badge);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.text);
        painter.drawRoundedRect(cap, 7, 7);
        painter.setPen(t.card);
        painter.setFont(uiFont(18, QFont::DemiBold));
        painter.drawText(cap, Qt::AlignCenter, QString::number(i + 1));
        const QFont countFont = uiFont(22, QFont::DemiBold);
        painter.setFont(countFont);
        painter.setPen(hue);
        if (counts[i] > 0)
            painter.drawText(row.adjusted(0, 0, -18, 0), Qt::AlignRight | Qt::AlignVCenter, QString::number(counts[i]));
        LessonDocument words(20, revealed && option.isRight ? QFont::DemiBold : QFont::Normal);
        words.setLine(option.text);
        const int wide = int(row.width() - badge - 110);
        words.draw(painter, {cap.right() + 16, row.center().y() - words.heightFor(wide) / 2.0 + 5 * t.typeScale}, wide,
                   revealed && !option.isRight ? t.muted : t.text);
    }
    if (revealed && revealHigh > 0)
        reveal.draw(painter, {left, height() - revealHigh}, int(right - left), t.text);
}

}  // namespace quantoscope
