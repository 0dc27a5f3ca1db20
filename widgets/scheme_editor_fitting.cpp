// SPDX-License-Identifier: GPL-3.0-or-later
// Which words of the scheme's sentence are there, and how a narrow window shortens it.
#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "widgets/controls.h"
#include "widgets/scheme_editor.h"
#include "widgets/scheme_words.h"

#include <QHBoxLayout>

namespace quantoscope {

namespace {

/// What a narrow sentence says for a clip; the menu has it at length.
QString shortClip(const Clip& clip)
{
    switch (clip.kind) {
    case Clip::Kind::LeastSquares: return SchemeEditor::tr("least squares");
    case Clip::Kind::Entropy: return SchemeEditor::tr("KL");
    case Clip::Kind::ByHand: return SchemeEditor::tr("by hand");
    default: return SchemeEditor::clipName(clip);
    }
}

/// "to even" for "nearest even".
QString shortRounding(const QString& name)
{
    const QString nearest = SchemeEditor::tr("nearest ");
    return name.startsWith(nearest) ? SchemeEditor::tr("to %1").arg(name.mid(nearest.size())) : name;
}

/// A uniform scheme whose scales are powers of two, where something is left to choose.
bool takesRule(QuantizationScheme scheme)
{
    scheme.scaleRule = PowerOfTwoRule::Floor;
    return scheme.kind == QuantizationScheme::Kind::Uniform && parseScheme(schemeText(scheme)).has_value();
}

}  // namespace

/// Only the words that mean something in this sentence.
void SchemeEditor::showWords()
{
    const auto show = [this](std::initializer_list<QWidget*> widgets, const char* word, bool meaningful) {
        const bool wanted = meaningful && (m_only.isEmpty() || m_only.contains(QLatin1String(word)));
        for (QWidget* widget : widgets)
            widget->setVisible(wanted);
    };
    const bool uniform = m_scheme.kind == QuantizationScheme::Kind::Uniform;
    const bool codebook = m_scheme.kind == QuantizationScheme::Kind::Codebook;
    const BlockFormat* block = m_scheme.kind == QuantizationScheme::Kind::Block ? findBlockFormat(m_scheme.element) : nullptr;
    show({m_element}, "element", true);
    show({m_fitWord, m_fit}, "fit", codebook);
    show({m_symmetry}, "symmetry", uniform && isIntegerElement(m_scheme.element));
    show({m_granularity}, "granularity", uniform);
    show({m_perWord}, "granularity", uniform && !m_isTight);
    show({m_clip}, "clip", uniform);
    show({m_clipWord}, "clip", uniform && !m_isTight);
    show({m_rounding}, "rounding", uniform);
    show({m_scaleWord, m_scale}, "scale", !block && !m_isCompact);
    show({m_ruleWord}, "rule", block && block->takesScaleRule);
    show({m_rule}, "rule", (block && block->takesScaleRule) || (!m_isCompact && takesRule(m_scheme)));
    if (m_method)
        show({m_method}, "method", true);
}

/// The choices come before the words between them, and are shortened before they would be cut.
void SchemeEditor::fitWords()
{
    const auto isTooLong = [this] {
        int needed = 0;
        for (const QWidget* word : findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
            if (!word->isHidden())
                needed += word->sizeHint().width() + m_layout->spacing();
        return width() > 0 && needed > width();
    };
    const auto arrange = [this](bool isTight) {
        m_isTight = isTight;
        m_layout->setSpacing(isTight ? 2 : m_isCompact ? 4 : 6);
        setMethod(method());
        showWords();
    };
    // At full length first, so that the answer does not depend on the one before.
    describeClip();
    m_rounding->setCurrent(m_rounding->current());
    arrange(false);
    if (!isTooLong())
        return;
    arrange(true);
    if (isTooLong())
        m_clip->setCurrent(m_clip->current(), shortClip(m_scheme.clip));
    if (isTooLong())
        m_rounding->setCurrent(m_rounding->current(), shortRounding(m_rounding->text()));
}

void SchemeEditor::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitWords();
}

}  // namespace quantoscope
