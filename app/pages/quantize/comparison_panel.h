// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/quantize/scheme_comparison.h"

#include <QWidget>

class QBoxLayout;

namespace quantoscope {

class Card;
class ComparisonView;
class PushButton;
class RatePlot;
class TextLabel;

/// The section “Compare”: the present scheme and up to three that were kept, and what each gives for
/// its bits.
class ComparisonPanel : public QWidget {
    Q_OBJECT

public:
    ComparisonPanel(const QuantizationStudy& present, SchemeComparison& comparison, QWidget* parent = nullptr);

    void refresh();
    ComparisonView* view() const { return m_view; }
    RatePlot* plot() const { return m_plot; }
    PushButton* keepButton() const { return m_keep; }

signals:
    void keepRequested();
    void removeRequested(int kept);

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    const QuantizationStudy& m_present;
    SchemeComparison& m_comparison;
    QBoxLayout* m_layout;
    Card* m_plotCard;
    ComparisonView* m_view;
    RatePlot* m_plot;
    PushButton* m_keep;
    TextLabel* m_bound;
};

}  // namespace quantoscope
