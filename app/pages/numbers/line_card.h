// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "widgets/controls.h"
#include "widgets/uniform_runs.h"

class QStackedLayout;

namespace quantoscope {

class ArithmeticPanel;
class BlockPanel;
class BuildPanel;
class CodeGrid;
class StairPanel;
class ValuesPanel;
class NumberLine;

/// Below the rows: the number line of all of them, or every value of one small format; in place of the
/// rows: arithmetic in the selected format.
class LineCard : public Card {
    Q_OBJECT

public:
    explicit LineCard(QWidget* parent = nullptr);

    void show(const NumbersState& state, const NumbersContent& content, const std::optional<NumbersContent>& ghost);
    void setCompact(bool compact);
    void setControlsVisible(bool tabs, bool settings);
    NumberLine* line() const { return m_line; }
    CodeGrid* grid() const;
    ValuesPanel* values() const { return m_values; }
    StairPanel* stairs() const { return m_stairs; }
    ArithmeticPanel* arithmetic() const { return m_arithmetic; }
    BuildPanel* build() const { return m_build; }
    BlockPanel* block() const { return m_block; }
    void setSavedFormats(const QStringList& ids) { m_saved = ids; }
    /// Whether a tab takes the room of the rows: it is about one format and needs space.
    static bool takesRows(const QString& tab);
    /// The one row that a tab is about and stands above it; −1 for tabs with all rows or none.
    static int onlyRow(const NumbersState& state);
    QSize minimumSizeHint() const override;

signals:
    void tabChosen(const QString& tab);
    void scaleChosen(bool logarithmic);
    void colouringChosen(const QString& colouring);
    void arrangementChosen(const QString& arrangement);
    void stairsChosen(const QString& view);
    void roundingChosen(quantoscope::Rounding rounding);
    void viewChanged(const quantoscope::NumberLineView& view);
    void viewReset();
    void rowSelected(const QString& format);
    void codeChosen(const QString& format, quantoscope::Code code, const QString& mergeKey);

private:
    void showPanel(const NumbersState&, const NumbersContent&);
    void showLine(const NumbersState&, const NumbersContent&, const std::optional<NumbersContent>&);
    void showValues(const NumbersState&, const NumbersContent&, const std::optional<NumbersContent>&);

    TabStrip* m_tabs;
    TextLabel* m_about;
    SegmentedControl* m_scale;
    NumberLine* m_line;
    ValuesPanel* m_values;
    TextLabel* m_noGrid;
    StairPanel* m_stairs;
    ArithmeticPanel* m_arithmetic;
    BuildPanel* m_build;
    BlockPanel* m_block;
    QStringList m_saved;
    QStackedLayout* m_stack;
    QStringList m_ids;
    std::vector<ChosenFormat> m_formats;
    std::vector<std::vector<UniformRun>> m_runs;   ///< Of m_formats.
    bool m_settingsVisible = true;
};

}  // namespace quantoscope
