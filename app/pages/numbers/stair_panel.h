// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/stair_content.h"
#include "widgets/controls.h"

namespace quantoscope {

class StairChart;

/// The Staircase tab: what rounding and overflow make of every number, in the selected format.
class StairPanel : public QWidget {
    Q_OBJECT

public:
    explicit StairPanel(QWidget* parent = nullptr);
    void show(const NumbersState& state, const NumbersContent& content);
    void setCompact(bool compact);
    void setControlsVisible(bool visible);
    const StairContent& content() const { return m_content; }

signals:
    void formatChosen(const QString& id);
    void viewChosen(const QString& view);
    void roundingChosen(quantoscope::Rounding rounding);

private:
    StairContent m_content;
    std::vector<ChosenFormat> m_formats;
    QWidget* m_controls;
    ChoiceButton* m_format;
    SegmentedControl* m_view;
    TextLabel* m_legend;
    TextLabel* m_words;
    StairChart* m_chart;
};

}  // namespace quantoscope
