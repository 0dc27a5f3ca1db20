// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/block_panel.h"

#include "app/pages/numbers/block_sheet.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace quantoscope {

BlockPanel::BlockPanel(QWidget* parent) : QWidget(parent)
{
    m_about = new TextLabel({}, 13, QFont::Normal, TextTone::Muted);
    m_about->setWordWrap(true);
    m_sheet = new BlockSheet;
    m_words = new TextLabel({}, 13);
    m_words->setWordWrap(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(makeControls());
    layout->addWidget(m_about);
    layout->addWidget(m_words);
    layout->addWidget(m_sheet, 1);
    connect(m_sheet, &BlockSheet::valueChosen, this, [this](int index) {
        change([&](BlockSettings& s) { s.chosen = index; }, tr("value %1 of the block").arg(index + 1), QStringLiteral("block-value"));
    });
    setCompact(false);
}

QWidget* BlockPanel::makeControls()
{
    auto* holder = new QWidget;
    auto* line = new QHBoxLayout(holder);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::small);
    m_format = new ChoiceButton;
    m_format->setAccessibleName(tr("Block format"));
    for (const BlockFormat* format : shownBlockFormats())
        m_format->addChoice(QString::fromUtf8(format->id.data(), qsizetype(format->id.size())), blockName(*format),
                            QString::fromUtf8(format->sentence.data(), qsizetype(format->sentence.size())));
    m_factor = new SegmentedControl;
    m_factor->setAccessibleName(tr("How much larger the largest value is made"));
    for (const int factor : {1, 4, 16, 64})
        m_factor->addSegment(QString::number(factor), QStringLiteral("×") + QString::number(factor));
    m_ruleLabel = new TextLabel(tr("scale"), 13, QFont::Medium);
    m_rule = new SegmentedControl;
    m_rule->setAccessibleName(tr("Rule of the scale"));
    for (const BlockRuleRow& row : blockRules())
        m_rule->addSegment(QLatin1String(row.id), QLatin1String(row.id), tr(row.sentence));
    m_seed = new QLineEdit;
    m_seed->setFont(monoFont(12));
    m_seed->setFixedWidth(56);
    m_seed->setMaxLength(19);
    m_seed->setAccessibleName(tr("Seed of the values"));
    auto* next = new PushButton(tr("next"), PushButton::Role::Chip);
    next->setToolTip(tr("Draw again: the next seed"));
    line->addWidget(m_format);
    line->addWidget(new TextLabel(tr("largest value"), 13, QFont::Medium));
    line->addWidget(m_factor);
    line->addWidget(m_ruleLabel);
    line->addWidget(m_rule);
    line->addStretch(1);
    line->addWidget(new TextLabel(tr("seed"), 12, QFont::Normal, TextTone::Muted));
    line->addWidget(m_seed);
    line->addWidget(next);
    connect(m_format, &ChoiceButton::chosen, this, [this](const QString& id) {
        change([&](BlockSettings& s) { s.format = id; s.chosen = -1; }, tr("block format"));
    });
    connect(m_factor, &SegmentedControl::chosen, this, [this](const QString& id) {
        change([&](BlockSettings& s) { s.factor = id.toDouble(); }, tr("largest value × %1").arg(id));
    });
    connect(m_rule, &SegmentedControl::chosen, this, [this](const QString& id) {
        for (const BlockRuleRow& row : blockRules())
            if (id == QLatin1String(row.id))
                change([&](BlockSettings& s) { s.rule = row.rule; }, tr("rule of the scale"));
    });
    connect(next, &QAbstractButton::clicked, this, [this] { change([](BlockSettings& s) { ++s.seed; }, tr("next seed")); });
    connect(m_seed, &QLineEdit::textEdited, this, [this](const QString& typed) {
        bool understood = false;
        const quint64 seed = typed.toULongLong(&understood);
        if (understood)
            change([&](BlockSettings& s) { s.seed = seed; }, tr("seed %1").arg(seed));
    });
    return holder;
}

void BlockPanel::change(const std::function<void(BlockSettings&)>& edit, const QString& text, const QString& mergeKey)
{
    BlockSettings settings = m_settings;
    edit(settings);
    emit edited(settings, text, mergeKey);
}

void BlockPanel::show(const NumbersState& state)
{
    if (!m_content.format || m_settings != state.block) {
        m_settings = state.block;
        m_content = computeBlock(m_settings);
        m_sheet->show(m_content);
    }
    m_format->setCurrent(m_settings.format);
    m_factor->setCurrent(QString::number(m_settings.factor));
    for (const BlockRuleRow& row : blockRules())
        if (row.rule == m_settings.rule)
            m_rule->setCurrent(QLatin1String(row.id));
    m_rule->setVisible(m_content.format->takesScaleRule);
    m_ruleLabel->setVisible(m_content.format->takesScaleRule);
    if (m_seed->text() != QString::number(m_settings.seed))
        m_seed->setText(QString::number(m_settings.seed));
    const std::string_view sentence = m_content.format->sentence;
    m_about->setText(tr("%1: %2 values, %3 bits per weight.")
                         .arg(QString::fromUtf8(sentence.data(), qsizetype(sentence.size()))).arg(m_content.values.size())
                         .arg(QString::number(m_content.format->bitsPerWeight, 'g', 6)));
    m_words->setText((m_content.sentences + QStringList(m_content.chosenWords)).join(u' '));
}

void BlockPanel::setCompact(bool compact)
{
    layout()->setSpacing(compact ? 3 : space::small);
}

}  // namespace quantoscope
