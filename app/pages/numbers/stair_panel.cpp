// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/stair_panel.h"

#include "app/pages/numbers/stair_chart.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace quantoscope {

StairPanel::StairPanel(QWidget* parent) : QWidget(parent)
{
    m_controls = new QWidget;
    auto* line = new QHBoxLayout(m_controls);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::small);
    m_format = new ChoiceButton;
    m_format->setAccessibleName(tr("Format of the staircase"));
    m_view = new SegmentedControl;
    m_view->setAccessibleName(tr("Part of the staircase"));
    m_view->addSegment(QStringLiteral("value"), tr("Around the value"));
    m_view->addSegment(QStringLiteral("overflow"), tr("Where it ends"), tr("Beyond the largest number: overflow"));
    m_view->addSegment(QStringLiteral("range"), tr("Whole range"));
    m_legend = new TextLabel({}, 12, QFont::Normal, TextTone::Muted);
    m_legend->setElides(true);
    line->addWidget(m_format);
    line->addWidget(m_view);
    line->addSpacing(space::small);
    line->addWidget(m_legend, 1);
    m_words = new TextLabel({}, 13);
    m_words->setWordWrap(true);
    m_chart = new StairChart;
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_controls);
    layout->addWidget(m_words);
    layout->addWidget(m_chart, 1);
    connect(m_format, &ChoiceButton::chosen, this, &StairPanel::formatChosen);
    connect(m_view, &SegmentedControl::chosen, this, &StairPanel::viewChosen);
    connect(m_chart, &StairChart::roundingChosen, this, &StairPanel::roundingChosen);
    setCompact(false);
}

void StairPanel::show(const NumbersState& state, const NumbersContent& content)
{
    if (m_formats != state.formats) {
        m_formats = state.formats;
        m_format->clear();
        for (const NumberRowContent& row : content.rows)
            m_format->addChoice(row.id, row.name);
    }
    m_format->setCurrent(state.selected);
    m_view->setCurrent(state.stairs);
    m_content = computeStairs(state, content);
    const bool isStochastic = state.rounding == Rounding::Stochastic;
    m_legend->setText(isStochastic ? tr("bar: a possible result, as dark as it is likely · dot: one draw · dashed: x itself, the mean")
                                   : tr("line: what x becomes · dot: a number of the format or a tie · dashed: x itself"));
    m_words->setText(m_content.sentence);
    m_chart->show(m_content);
}

void StairPanel::setCompact(bool compact)
{
    layout()->setSpacing(compact ? 3 : space::small);
}

void StairPanel::setControlsVisible(bool visible)
{
    m_controls->setVisible(visible);
}

}  // namespace quantoscope
