// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/computed_panel.h"

#include "widgets/controls.h"
#include "widgets/line_chart.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace quantoscope {

ComputedPanel::ComputedPanel(const QString& chartName, QWidget* parent)
    : QWidget(parent)
    , m_controls(new QHBoxLayout)
    , m_chart(new LineChart(chartName, this))
    , m_words(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    m_controls->setSpacing(space::small);
    column->addLayout(m_controls);
    column->addWidget(m_chart, 1);
    m_words->setWordWrap(true);
    column->addWidget(m_words);
}

void ComputedPanel::setWords(const QString& words)
{
    m_words->setText(words);
}

void ComputedPanel::ask()
{
    if (isVisible() && !isKnown())
        emit needed();
}

void ComputedPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    ask();
}

QByteArray csvLine(const QStringList& words, std::initializer_list<double> numbers, const QStringList& more)
{
    QStringList cells = words;
    for (const double number : numbers)
        cells << QString::number(number, 'g', 9);
    return (cells + more).join(QLatin1Char(',')).toUtf8() + '\n';
}

}  // namespace quantoscope
