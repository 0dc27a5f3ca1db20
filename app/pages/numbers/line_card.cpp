// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/line_card.h"

#include "app/pages/numbers/arithmetic_panel.h"
#include "app/pages/numbers/block_panel.h"
#include "app/pages/numbers/build_panel.h"
#include "app/pages/numbers/number_texts.h"
#include "app/pages/numbers/stair_panel.h"
#include "app/pages/numbers/values_panel.h"
#include "widgets/number_line.h"
#include "widgets/plot_text.h"

#include <QHBoxLayout>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

LineCard::LineCard(QWidget* parent) : Card(parent)
{
    m_tabs = new TabStrip;
    m_tabs->addTab(QStringLiteral("line"), tr("Number line"));
    m_tabs->addTab(QStringLiteral("stairs"), tr("Staircase"));
    m_tabs->addTab(QStringLiteral("values"), tr("All values"));
    m_tabs->addTab(QStringLiteral("arithmetic"), tr("Arithmetic"));
    m_tabs->addTab(QStringLiteral("build"), tr("Build a format"));
    m_tabs->addTab(QStringLiteral("block"), tr("Block"));
    m_about = new TextLabel({}, 12, QFont::Normal, TextTone::Muted);
    m_about->setElides(true);
    m_about->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_scale = new SegmentedControl;
    m_scale->setAccessibleName(tr("Scale of the number line"));
    m_scale->addSegment(QStringLiteral("linear"), tr("Linear"));
    m_scale->addSegment(QStringLiteral("log"), tr("Log"), tr("Equal steps are equal factors"));
    m_line = new NumberLine;
    m_values = new ValuesPanel;
    m_stairs = new StairPanel;
    m_noGrid = new TextLabel({}, 13, QFont::Normal, TextTone::Muted);
    m_noGrid->setAlignment(Qt::AlignCenter);
    m_noGrid->setWordWrap(true);
    m_arithmetic = new ArithmeticPanel;
    m_build = new BuildPanel;
    m_block = new BlockPanel;

    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(m_tabs);
    head->addWidget(m_about, 1);
    head->addWidget(m_scale);
    m_stack = new QStackedLayout;
    m_stack->addWidget(m_line);
    m_stack->addWidget(m_values);
    m_stack->addWidget(m_stairs);
    m_stack->addWidget(m_noGrid);
    m_stack->addWidget(m_arithmetic);
    m_stack->addWidget(m_build);
    m_stack->addWidget(m_block);
    body()->addLayout(head);
    body()->addLayout(m_stack, 1);
    setCompact(false);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);

    connect(m_tabs, &TabStrip::chosen, this, &LineCard::tabChosen);
    connect(m_scale, &SegmentedControl::chosen, this, [this](const QString& id) { emit scaleChosen(id == QLatin1String("log")); });
    connect(m_values, &ValuesPanel::colouringChosen, this, &LineCard::colouringChosen);
    connect(m_values, &ValuesPanel::arrangementChosen, this, &LineCard::arrangementChosen);
    connect(m_values, &ValuesPanel::formatChosen, this, &LineCard::rowSelected);
    connect(m_values, &ValuesPanel::codeChosen, this, &LineCard::codeChosen);
    connect(m_stairs, &StairPanel::formatChosen, this, &LineCard::rowSelected);
    connect(m_stairs, &StairPanel::viewChosen, this, &LineCard::stairsChosen);
    connect(m_stairs, &StairPanel::roundingChosen, this, &LineCard::roundingChosen);
    connect(m_line, &NumberLine::viewChanged, this, [this] { emit viewChanged(m_line->view()); });
    connect(m_line, &NumberLine::resetRequested, this, &LineCard::viewReset);
    connect(m_line, &NumberLine::laneActivated, this, [this](int lane) { emit rowSelected(m_ids.value(lane)); });
}

void LineCard::setCompact(bool compact)
{
    layout()->setContentsMargins(16, compact ? 3 : 9, 16, compact ? 3 : 8);
    body()->setSpacing(compact ? 0 : 4);
    m_values->setCompact(compact);
    m_stairs->setCompact(compact);
    m_arithmetic->setCompact(compact);
    m_build->setCompact(compact);
    m_block->setCompact(compact);
}

QSize LineCard::minimumSizeHint() const
{
    return {480, 42 + m_line->minimumSizeHint().height()};
}

void LineCard::setControlsVisible(bool tabs, bool settings)
{
    m_tabs->setVisible(tabs);
    m_settingsVisible = settings;
    m_values->setControlsVisible(settings);
    m_stairs->setControlsVisible(settings);
}

CodeGrid* LineCard::grid() const
{
    return m_values->grid();
}

int LineCard::onlyRow(const NumbersState& state)
{
    if (state.tab == QLatin1String("values"))
        return ValuesPanel::shownRow(state);
    return state.tab == QLatin1String("stairs") ? state.indexOf(state.selected) : -1;
}

void LineCard::show(const NumbersState& state, const NumbersContent& content, const std::optional<NumbersContent>& ghost)
{
    const bool showsPanel = takesRows(state.tab);
    const bool showsValues = state.tab == QLatin1String("values"), showsStairs = state.tab == QLatin1String("stairs");
    const bool showsLine = !showsPanel && !showsValues && !showsStairs;
    m_tabs->setCurrent(showsLine ? QStringLiteral("line") : state.tab);
    m_scale->setVisible(showsLine && m_settingsVisible);
    if (showsPanel) {
        m_about->setText({});
        showPanel(state, content);
        return;
    }
    m_scale->setCurrent(state.logarithmic ? QStringLiteral("log") : QStringLiteral("linear"));
    if (showsLine) {
        showLine(state, content, ghost);
    } else if (showsValues) {
        showValues(state, content, ghost);
    } else {
        m_about->setText({});
        m_stairs->show(state, content);
        m_stack->setCurrentWidget(m_stairs);
    }
}

bool LineCard::takesRows(const QString& tab)
{
    return tab == QLatin1String("arithmetic") || tab == QLatin1String("build") || tab == QLatin1String("block");
}

void LineCard::showPanel(const NumbersState& state, const NumbersContent& content)
{
    if (state.tab == QLatin1String("arithmetic")) {
        m_arithmetic->show(state, content);
        m_stack->setCurrentWidget(m_arithmetic);
    } else if (state.tab == QLatin1String("build")) {
        m_build->show(state, content, m_saved);
        m_stack->setCurrentWidget(m_build);
    } else {
        m_block->show(state);
        m_stack->setCurrentWidget(m_block);
    }
}

void LineCard::showLine(const NumbersState& state, const NumbersContent& content, const std::optional<NumbersContent>& ghost)
{
    if (m_formats != state.formats) {
        m_formats = state.formats;
        m_runs.clear();
        for (const NumberRowContent& row : content.rows)
            m_runs.push_back(uniformRuns(row.format));
    }
    std::vector<NumberLane> lanes;
    m_ids.clear();
    for (std::size_t i = 0; i < content.rows.size(); ++i) {
        const NumberRowContent& row = content.rows[i];
        NumberLane lane;
        lane.name = row.name;
        lane.runs = m_runs[i];
        if (std::isfinite(row.stored.value))
            lane.stored = row.stored.value;
        if (ghost)
            for (const NumberRowContent& old : ghost->rows)
                if (old.id == row.id && std::isfinite(old.stored.value))
                    lane.ghost = old.stored.value;
        lane.ulp = std::isfinite(row.stored.ulp) ? row.stored.ulp : 0;
        lane.spacing = lane.ulp > 0 ? tr("every %1").arg(stepText(lane.ulp)) : QString();
        lane.selected = row.id == state.selected;
        m_ids << row.id;
        lanes.push_back(std::move(lane));
    }
    m_line->setLanes(std::move(lanes));
    const double typed = content.typed.toDouble();
    m_line->setMarker(std::isfinite(typed) ? std::optional(typed) : std::nullopt, content.typedText);
    NumberLineView view = state.view.value_or(NumberLine::viewAround(std::isfinite(typed) ? typed : 1, state.logarithmic));
    m_line->setView(view);
    m_about->setText(tr("each tick a number the format has"));
    m_stack->setCurrentWidget(m_line);
}

void LineCard::showValues(const NumbersState& state, const NumbersContent& content, const std::optional<NumbersContent>& ghost)
{
    m_about->setText({});
    if (ValuesPanel::shownRow(state) < 0) {
        m_noGrid->setText(tr("Every row here has more than 1024 codes. Add a format of 10 bits or fewer, such as FP8 E4M3, to see all its values."));
        m_stack->setCurrentWidget(m_noGrid);
        return;
    }
    m_values->show(state, content, ghost);
    m_stack->setCurrentWidget(m_values);
}

}  // namespace quantoscope
