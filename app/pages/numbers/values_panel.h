// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "widgets/controls.h"

namespace quantoscope {

class CodeGrid;
class NumberLine;

/// The All values tab: every code of a small format as a grid, what they have in common in numbers, and the
/// same values on a line.
class ValuesPanel : public QWidget {
    Q_OBJECT

public:
    explicit ValuesPanel(QWidget* parent = nullptr);
    void show(const NumbersState& state, const NumbersContent& content, const std::optional<NumbersContent>& ghost);
    void setCompact(bool compact);
    void setControlsVisible(bool visible);
    CodeGrid* grid() const { return m_grid; }
    QString factsText() const;
    /// The format whose values are shown: the selected row, else the first one small enough; −1: none is.
    static int shownRow(const NumbersState& state);

signals:
    void formatChosen(const QString& id);
    void arrangementChosen(const QString& arrangement);
    void colouringChosen(const QString& colouring);
    void codeChosen(const QString& format, quantoscope::Code code, const QString& mergeKey);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeControls();
    void showFormat(const NumberFormat& format);
    void fitFacts();   ///< In as many words as there is room for.
    void showLine(const NumberRowContent& row, const NumbersContent& content);

    QString m_id;
    std::vector<ChosenFormat> m_formats;
    std::optional<ChosenFormat> m_shown;
    QWidget* m_controls;
    ChoiceButton* m_format;
    SegmentedControl* m_arrangement;
    SegmentedControl* m_colouring;
    TextLabel* m_facts;
    QString m_longFacts, m_shortFacts;
    CodeGrid* m_grid;
    NumberLine* m_line;
};

}  // namespace quantoscope
