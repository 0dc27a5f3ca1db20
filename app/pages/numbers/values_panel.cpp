// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/values_panel.h"

#include "app/pages/numbers/number_texts.h"
#include "core/formats/format_limits.h"
#include "core/formats/value_facts.h"
#include "widgets/code_grid.h"
#include "widgets/number_line.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

namespace {

/// All magnitudes of one sign at a glance: floats by octaves, evenly spaced numbers as they are.
NumberLineView wholeView(const NumberFormat& format, double stored)
{
    const FormatLimits limits = limitsOf(format);
    if (!format.asFloat() && !format.asPosit()) {
        const double span = limits.largest - limits.lowest;
        return {limits.lowest + span / 2, span * 1.04, false};
    }
    const double smallest = limits.smallestSubnormal.value_or(limits.smallestNormal.value_or(limits.largest));
    const double low = NumberLineScale::octaves(smallest), high = NumberLineScale::octaves(limits.largest);
    const double centre = (low + high) / 2;
    return {stored < 0 ? -centre : centre, (high - low) * 1.06 + 1, true};
}

bool isSmall(const NumberFormat& format)
{
    return bitsOf(format) <= CodeGrid::mostBits;
}

}  // namespace

ValuesPanel::ValuesPanel(QWidget* parent) : QWidget(parent)
{
    m_controls = makeControls();
    m_grid = new CodeGrid;
    m_line = new NumberLine;
    m_line->setAccessibleName(tr("The same values on a line"));
    m_line->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_controls);
    layout->addWidget(m_grid, 1);
    layout->addWidget(m_line);
    connect(m_grid, &CodeGrid::codeChosen, this, [this](Code code, const QString& mergeKey) { emit codeChosen(m_id, code, mergeKey); });
    setCompact(false);
}

QWidget* ValuesPanel::makeControls()
{
    auto* holder = new QWidget;
    auto* line = new QHBoxLayout(holder);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::small);
    m_format = new ChoiceButton;
    m_format->setAccessibleName(tr("Format of the grid"));
    m_arrangement = new SegmentedControl;
    m_arrangement->setAccessibleName(tr("Arrangement"));
    m_arrangement->addSegment(QStringLiteral("binade"), tr("By binade"), tr("A column for each exponent"));
    m_arrangement->addSegment(QStringLiteral("table"), tr("By code"), tr("First hexadecimal digit down, second across"));
    m_colouring = new SegmentedControl;
    m_colouring->setAccessibleName(tr("Colour by"));
    m_colouring->addSegment(QStringLiteral("value"), tr("By value"));
    m_colouring->addSegment(QStringLiteral("class"), tr("By class"));
    m_facts = new TextLabel({}, 12, QFont::Normal, TextTone::Muted);
    m_facts->setElides(true);
    m_facts->installEventFilter(this);
    line->addWidget(m_format);
    line->addWidget(m_arrangement);
    line->addWidget(m_colouring);
    line->addSpacing(space::tight);
    line->addWidget(m_facts, 1);
    connect(m_format, &ChoiceButton::chosen, this, &ValuesPanel::formatChosen);
    connect(m_arrangement, &SegmentedControl::chosen, this, &ValuesPanel::arrangementChosen);
    connect(m_colouring, &SegmentedControl::chosen, this, &ValuesPanel::colouringChosen);
    return holder;
}

int ValuesPanel::shownRow(const NumbersState& state)
{
    const int selected = state.indexOf(state.selected);
    if (selected >= 0 && isSmall(state.formats[std::size_t(selected)].format()))
        return selected;
    for (int row = 0; row < int(state.formats.size()); ++row)
        if (isSmall(state.formats[std::size_t(row)].format()))
            return row;
    return -1;
}

/// How many values there are and how they lie, at length or in few words.
static QString factsOf(const NumberFormat& format, const ValueFacts& facts, bool isShort)
{
    const auto tr = [](const char* text) { return ValuesPanel::tr(text); };
    QStringList texts{(isShort ? tr("%1 finite") : tr("%1 finite values")).arg(wholeNumber(double(facts.finite)))};
    if (facts.infinities > 0)
        texts << tr("%1 ∞").arg(facts.infinities);
    if (facts.notNumbers > 0)
        texts << (format.asPosit() ? tr("%1 NaR") : tr("%1 NaN")).arg(facts.notNumbers);
    const QString least = stepText(facts.smallestGap), most = stepText(facts.largestGap);
    if (least == most)
        texts << (isShort ? tr("gaps %1") : tr("every gap is %1")).arg(least);
    else
        texts << (isShort ? tr("gaps %1 … %2") : tr("gaps from %1 to %2")).arg(least, most);
    if (facts.magnitudes > 0)
        texts << (isShort ? tr("%1 above 1") : tr("%1 of the magnitudes are above 1")).arg(percentText(double(facts.aboveOne) / double(facts.magnitudes)));
    return texts.join(QStringLiteral(" · "));
}

void ValuesPanel::showFormat(const NumberFormat& format)
{
    const ValueFacts facts = valueFacts(format);
    m_longFacts = factsOf(format, facts, false);
    m_shortFacts = factsOf(format, facts, true);
    fitFacts();
    m_arrangement->setVisible(CodeGrid::hasBinades(format) && bitsOf(format) <= 8);
}

void ValuesPanel::fitFacts()
{
    const bool fits = QFontMetricsF(m_facts->font()).horizontalAdvance(m_longFacts) < m_facts->width();
    m_facts->setText(fits ? m_longFacts : m_shortFacts);
}

bool ValuesPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_facts && event->type() == QEvent::Resize)
        fitFacts();
    return QWidget::eventFilter(watched, event);
}

void ValuesPanel::showLine(const NumberRowContent& row, const NumbersContent& content)
{
    NumberLane lane;
    lane.runs = uniformRuns(row.format);
    lane.name = row.name;
    if (std::isfinite(row.stored.value))
        lane.stored = row.stored.value;
    lane.ulp = std::isfinite(row.stored.ulp) ? row.stored.ulp : 0;
    lane.spacing = lane.ulp > 0 ? tr("every %1").arg(stepText(lane.ulp)) : QString();
    lane.selected = true;
    m_line->setLanes({std::move(lane)});
    const double typed = content.typed.toDouble();
    m_line->setMarker(std::isfinite(typed) ? std::optional(typed) : std::nullopt, content.typedText);
    m_line->setView(wholeView(row.format, std::isfinite(row.stored.value) ? row.stored.value : 1));
}

void ValuesPanel::show(const NumbersState& state, const NumbersContent& content, const std::optional<NumbersContent>& ghost)
{
    const int row = shownRow(state);
    if (m_formats != state.formats) {
        m_formats = state.formats;
        m_format->clear();
        for (const NumberRowContent& one : content.rows)
            if (isSmall(one.format))
                m_format->addChoice(one.id, one.name);
    }
    const NumberRowContent& shown = content.rows[std::size_t(row)];
    m_id = shown.id;
    m_format->setCurrent(m_id);
    if (m_shown != state.formats[std::size_t(row)]) {
        m_shown = state.formats[std::size_t(row)];
        showFormat(shown.format);
    }
    m_arrangement->setCurrent(state.arrangement);
    m_colouring->setCurrent(state.colouring);
    const bool byBinade = CodeGrid::hasBinades(shown.format) && (state.arrangement == QLatin1String("binade") || bitsOf(shown.format) > 8);
    m_grid->setContent(shown.format, shown.stored.code);
    m_grid->setArrangement(byBinade ? CodeGrid::Arrangement::Binades : CodeGrid::Arrangement::Codes);
    m_grid->setColouring(state.colouring == QLatin1String("class") ? CodeGrid::Colouring::Class : CodeGrid::Colouring::Value);
    std::optional<Code> old;
    if (ghost)
        for (const NumberRowContent& before : ghost->rows)
            if (before.id == shown.id)
                old = before.stored.code;
    m_grid->setGhost(old);
    showLine(shown, content);
}

QString ValuesPanel::factsText() const
{
    return m_longFacts;
}

void ValuesPanel::setCompact(bool compact)
{
    layout()->setSpacing(compact ? 2 : 6);
    m_line->setFixedHeight(int(2 * QFontMetricsF(uiFont(12)).height()) + (compact ? 36 : 46));
}

void ValuesPanel::setControlsVisible(bool visible)
{
    m_controls->setVisible(visible);
}

}  // namespace quantoscope
