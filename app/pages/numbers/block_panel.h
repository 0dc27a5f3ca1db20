// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/block_content.h"
#include "widgets/controls.h"

#include <functional>

class QLineEdit;

namespace quantoscope {

class BlockSheet;

/// The Block tab: values that share a scale, and what one large value among them costs the others.
class BlockPanel : public QWidget {
    Q_OBJECT

public:
    explicit BlockPanel(QWidget* parent = nullptr);
    void show(const NumbersState& state);
    void setCompact(bool compact);
    const BlockContent& content() const { return m_content; }

signals:
    void edited(const quantoscope::BlockSettings& settings, const QString& text, const QString& mergeKey);

private:
    QWidget* makeControls();
    void change(const std::function<void(BlockSettings&)>& edit, const QString& text, const QString& mergeKey = {});

    BlockSettings m_settings;
    BlockContent m_content;
    ChoiceButton* m_format;
    TextLabel* m_ruleLabel;
    SegmentedControl* m_rule;
    SegmentedControl* m_factor;
    QLineEdit* m_seed;
    BlockSheet* m_sheet;
    TextLabel* m_about;
    TextLabel* m_words;
};

}  // namespace quantoscope
