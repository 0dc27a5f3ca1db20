// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/condition_list.h"

#include "app/lessons/figure_kinds.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>

namespace quantoscope {

namespace {

int rowHeight() { return QFontMetrics(uiFont(13)).height() + 7; }

bool isMet(const LessonCondition& condition, const QVariantMap& readings)
{
    const QVariant reading = readings.value(QString::fromStdString(condition.reading));
    return reading.isValid() && meets(condition, readingText(reading));
}

}  // namespace

bool allMet(const LessonQuestion& question, const QVariantMap& readings)
{
    return !question.conditions.empty()
           && std::ranges::all_of(question.conditions, [&](const LessonCondition& c) { return isMet(c, readings); });
}

ConditionList::ConditionList(const std::vector<LessonCondition>& conditions, QWidget* parent)
    : QWidget(parent)
{
    for (const LessonCondition& condition : conditions)
        m_rows.push_back({condition, {}, false});
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ConditionList::setReadings(const QVariantMap& readings)
{
    QStringList words;
    for (Row& row : m_rows) {
        const QString name = QString::fromStdString(row.condition.reading);
        row.isMet = isMet(row.condition, readings);
        row.value = shownReading(name, readings.value(name));
        words << tr("%1: %2, now %3").arg(QString::fromStdString(row.condition.text), row.isMet ? tr("met") : tr("not yet"), row.value);
    }
    setAccessibleName(words.join(u'\n'));
    update();
}

void ConditionList::setDone(bool done)
{
    m_isDone = done;
    update();
}

bool ConditionList::allMet() const
{
    return std::ranges::all_of(m_rows, &Row::isMet);
}

QSize ConditionList::sizeHint() const
{
    return {300, int(m_rows.size()) * rowHeight()};
}

void ConditionList::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int high = rowHeight();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        const bool met = row.isMet || m_isDone;
        const QRectF line(0, double(i) * high, width(), high);
        const double side = 14 * t.typeScale;
        drawIcon(painter, met ? QStringLiteral("check") : QStringLiteral("cross"),
                 QRectF(0, line.center().y() - side / 2, side, side), met ? t.good : t.error);
        QString value = m_isDone && !row.isMet ? QString() : row.value;
        const QFontMetrics mono(monoFont(13, QFont::Medium));
        value = mono.elidedText(value, Qt::ElideRight, width() / 2);
        painter.setFont(monoFont(13, QFont::Medium));
        painter.setPen(met ? t.good : t.error);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, value);
        painter.setFont(uiFont(13));
        painter.setPen(t.text);
        const QRectF words = line.adjusted(side + 8, 0, -mono.horizontalAdvance(value) - 12, 0);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetrics(uiFont(13)).elidedText(QString::fromStdString(row.condition.text), Qt::ElideRight, int(words.width())));
    }
}

}  // namespace quantoscope
