// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scheme_editor.h"

#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_words.h"

#include <QHBoxLayout>
#include <QMenu>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace quantoscope {

namespace {

QString text(std::string_view name)
{
    return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

bool isInteger(const QuantizationScheme& scheme)
{
    return scheme.kind == QuantizationScheme::Kind::Uniform && isIntegerElement(scheme.element);
}

QuantizationScheme consistentCodebook(QuantizationScheme scheme)
{
    QuantizationScheme made;
    made.kind = QuantizationScheme::Kind::Codebook;
    made.levels = scheme.levels;
    made.fit = scheme.fit;
    made.scale = scheme.scale;
    if (made.fit == Fit::ByHand && std::ssize(scheme.levelValues) == scheme.levels)
        made.levelValues = std::move(scheme.levelValues);
    else if (made.fit == Fit::ByHand)
        made.fit = Fit::Optimal;
    if (!parseScheme(schemeText(made)))
        made.scale = QuantizationScheme().scale;   // levels need signs
    return made;
}

/// A name taken from a program leaves nothing to choose but the rule of MX scales.
QuantizationScheme consistentBlock(const QuantizationScheme& scheme)
{
    QuantizationScheme made = parseScheme(scheme.element).value_or(QuantizationScheme());
    const BlockFormat* format = findBlockFormat(scheme.element);
    if (format && format->takesScaleRule && scheme.scaleRule != PowerOfTwoRule::Floor)   // MX rounds down by itself.
        made.scaleRule = scheme.scaleRule;
    return made;
}

}  // namespace

QuantizationScheme madeConsistent(QuantizationScheme scheme)
{
    if (scheme.kind == QuantizationScheme::Kind::Codebook)
        return consistentCodebook(std::move(scheme));
    if (scheme.kind == QuantizationScheme::Kind::Block)
        return consistentBlock(scheme);
    scheme.levels = QuantizationScheme().levels;
    scheme.fit = Fit::Optimal;
    scheme.levelValues.clear();
    if (!isInteger(scheme)) {
        scheme.symmetry = Symmetry::Symmetric;
        scheme.range = CodeRange::Restricted;
    }
    // A range set by hand is one range: every group has its own, so it cannot be kept.
    const bool perTensor = scheme.granularity.kind == Granularity::Kind::Tensor;
    if (!perTensor && scheme.clip.kind == Clip::Kind::ByHand)
        scheme.clip = {};
    if (perTensor)
        scheme.tensorScale.clear();
    if (scheme.tensorScale.empty() && needsTensorScale(scheme.scale))
        scheme.scale = QuantizationScheme().scale;
    if (scheme.clip.kind == Clip::Kind::ByHand && scheme.symmetry == Symmetry::Symmetric) {
        const double clip = std::max(std::abs(scheme.clip.low), std::abs(scheme.clip.high));
        scheme.clip.low = -clip;
        scheme.clip.high = clip;
    }
    if (scheme.element == "int1")
        scheme.range = CodeRange::Restricted;
    // What else the parts forbid each other is known to the grammar; the rule, the clip and the outer scale yield.
    if (!parseScheme(schemeText(scheme)))
        scheme.scaleRule.reset();
    if (!parseScheme(schemeText(scheme)))
        scheme.clip = {};
    if (!parseScheme(schemeText(scheme)))
        scheme.tensorScale.clear();
    return scheme;
}

SchemeEditor::SchemeEditor(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(6);
    m_element = addButton(QStringLiteral("element"), tr("Element"), QStringLiteral("E"));
    m_fitWord = addWord(tr("chosen by"));
    m_fit = addButton(QStringLiteral("fit"), tr("How the levels are chosen"), QStringLiteral("F"));
    m_symmetry = addButton(QStringLiteral("symmetry"), tr("Symmetry"), QStringLiteral("S"));
    m_perWord = addWord(tr("one scale per"));
    m_granularity = addButton(QStringLiteral("granularity"), tr("One scale per"), QStringLiteral("P"));
    m_clipWord = addWord(tr("clipped at"));
    m_clip = addButton(QStringLiteral("clip"), tr("Clipped at"), QStringLiteral("C"));
    m_rounding = addButton(QStringLiteral("rounding"), tr("Rounding"), QStringLiteral("R"));
    m_scaleWord = addWord(tr("scale in"));
    m_scale = addButton(QStringLiteral("scale"), tr("Format of the scale"), QStringLiteral("Q"));
    m_ruleWord = addWord(tr("power-of-two scale"));
    m_rule = addButton(QStringLiteral("rule"), tr("Rule of the scale"), QStringLiteral("T"));
    m_layout->addStretch(1);
    fillElements();
    fillChoices();
    setOwnFormats({});
    describe();
}

TextLabel* SchemeEditor::addWord(const QString& word)
{
    auto* label = new TextLabel(word, 13, QFont::Normal, TextTone::Muted, this);
    m_layout->addWidget(label);
    return label;
}

ChoiceButton* SchemeEditor::addButton(const QString& name, const QString& spokenName, const QString& key)
{
    auto* button = new ChoiceButton(this);
    button->setObjectName(name);
    button->setAccessibleName(spokenName);
    button->setToolTip(tr("%1 (key %2)").arg(spokenName, key));
    button->setProperty("key", key);
    m_layout->addWidget(button);
    connect(button, &ChoiceButton::chosen, this, [this, name](const QString& id) { chooseWord(name, id); });
    return button;
}

ChoiceButton* SchemeEditor::word(const QString& name) const
{
    return findChild<ChoiceButton*>(name);
}

bool SchemeEditor::openByKey(int key)
{
    for (ChoiceButton* button : findChildren<ChoiceButton*>()) {
        const QString own = button->property("key").toString();
        if (button->isHidden() || own.isEmpty() || own[0].unicode() != key)
            continue;
        button->setFocus(Qt::ShortcutFocusReason);
        button->menu()->popup(button->mapToGlobal(QPoint(0, button->height() + 2)));
        return true;
    }
    return false;
}

void SchemeEditor::setPresentLevels(std::vector<double> levels)
{
    m_presentLevels = std::move(levels);
}

void SchemeEditor::chooseWord(const QString& name, const QString& id)
{
    if (name == u"element")
        return chooseElement(id);
    if (name == u"granularity")
        return chooseGranularity(id);
    if (name == u"clip")
        return chooseClip(id);
    if (name == u"fit")
        return chooseFit(id);
    if (name == u"method") {
        setMethod(id);
        return emit methodChosen(id, tr("choose %1").arg(m_method->text()));
    }
    QuantizationScheme scheme = m_scheme;
    if (name == u"symmetry") {
        scheme.symmetry = id == u"asymmetric" ? Symmetry::Asymmetric : Symmetry::Symmetric;
        scheme.range = id == u"full" ? CodeRange::Full : CodeRange::Restricted;
    } else if (name == u"rounding") {
        scheme.rounding.rounding = findRounding(id.toStdString()).value_or(Rounding::NearestEven);
    } else if (name == u"rule") {
        scheme.scaleRule = ruleOf(id);
        return choose(scheme, nameOfRule(scheme.scaleRule));
    } else {
        scheme.scale = id.section(u'*', 0, 0).toStdString();
        scheme.tensorScale = id.section(u'*', 1).toStdString();
    }
    choose(scheme, id);
}

void SchemeEditor::setScheme(const QuantizationScheme& scheme, bool isDragging)
{
    const bool wasDragging = std::exchange(m_isDragging, isDragging);
    if (scheme == m_scheme && wasDragging == isDragging)
        return;
    m_scheme = scheme;
    if (wasDragging && isDragging)
        return;
    describe();
}

void SchemeEditor::setPresentRange(double low, double high)
{
    m_presentLow = low;
    m_presentHigh = high;
}

void SchemeEditor::setCompact(bool compact)
{
    if (compact == m_isCompact)
        return;
    m_isCompact = compact;
    m_layout->setSpacing(compact ? 4 : 6);
    m_perWord->setText(compact ? tr("per") : tr("one scale per"));
    m_clipWord->setText(compact ? tr("at") : tr("clipped at"));
    m_fitWord->setText(compact ? tr("by") : tr("chosen by"));
    m_ruleWord->setText(compact ? tr("scale") : tr("power-of-two scale"));
    describe();
}

void SchemeEditor::showOnly(const QStringList& words)
{
    m_only = words;
    describe();
}

QString SchemeEditor::clipName(const Clip& clip)
{
    switch (clip.kind) {
    case Clip::Kind::MinMax: return tr("min-max");
    case Clip::Kind::Percentile: return QString::number(clip.percentile) + QChar(0x202F) + u'%';
    case Clip::Kind::LeastSquares: return tr("least squared error");
    case Clip::Kind::Entropy: return tr("least divergence (KL)");
    case Clip::Kind::Aciq:
        return clip.model == Clip::Model::Laplace ? tr("ACIQ, Laplace")
             : clip.model == Clip::Model::Gauss   ? tr("ACIQ, normal")
                                                  : tr("ACIQ");
    case Clip::Kind::ByHand: break;
    }
    const auto end = [](double value) {
        return std::abs(value) >= 0.01 && std::abs(value) < 100 ? fixedNumber(value, 4) : roundedNumber(value, 3);
    };
    return clip.low == -clip.high ? tr("by hand, ±%1").arg(end(clip.high))
                                  : tr("by hand, %1 … %2").arg(end(clip.low), end(clip.high));
}

QString SchemeEditor::shortName(const QuantizationScheme& scheme)
{
    if (scheme.kind == QuantizationScheme::Kind::Block)
        return nameOfBlock(scheme.element);
    if (scheme.kind == QuantizationScheme::Kind::Codebook) {
        const QString name = scheme.fit == Fit::ByHand ? tr("%1 levels").arg(scheme.levels) : tr("%1 fitted levels").arg(scheme.levels);
        return scheme.fit == Fit::Optimal ? name : name + QStringLiteral(", ") + nameOfFit(scheme.fit);
    }
    QString name = nameOfElement(scheme.element);
    if (scheme.symmetry == Symmetry::Asymmetric)
        name += tr(" asymmetric");
    const Granularity& granularity = scheme.granularity;
    if (granularity.kind == Granularity::Kind::Channel)
        name += tr(" per channel");
    if (granularity.kind == Granularity::Kind::Group)
        name += tr(" per %1").arg(granularity.group);
    if (granularity.kind == Granularity::Kind::Tile)
        name += tr(" per %1 × %2").arg(granularity.tileRows).arg(granularity.tileColumns);
    return name + QStringLiteral(", ") + clipName(scheme.clip);
}

void SchemeEditor::describe()
{
    describeElement();
    m_symmetry->setCurrent(m_scheme.symmetry == Symmetry::Asymmetric ? QStringLiteral("asymmetric")
                           : m_scheme.range == CodeRange::Full       ? QStringLiteral("full")
                                                                     : QStringLiteral("symmetric"));
    describeGranularity();
    describeClip();
    for (const RoundingRow& row : roundingRows()) {
        if (row.rounding == m_scheme.rounding.rounding)
            m_rounding->setCurrent(text(row.id));
    }
    const QString scale = text(m_scheme.scale);
    if (m_scheme.tensorScale.empty())
        m_scale->setCurrent(scale, nameOfElement(m_scheme.scale));
    else
        m_scale->setCurrent(scale + u'*' + text(m_scheme.tensorScale),
                            nameOfElement(m_scheme.scale) + QStringLiteral(" × ") + nameOfElement(m_scheme.tensorScale));
    m_fit->setCurrent(QString::number(int(m_scheme.fit)));
    const bool isBlock = m_scheme.kind == QuantizationScheme::Kind::Block;
    const auto rule = isBlock ? m_scheme.scaleRule.value_or(PowerOfTwoRule::Floor) : m_scheme.scaleRule;
    m_rule->setCurrent(rule ? QString::number(int(*rule)) : QStringLiteral("nearest"));
    offerMethods();
    showWords();
    fitWords();
}

void SchemeEditor::describeElement()
{
    QString id = text(m_scheme.element), name = nameOfElement(m_scheme.element);
    if (m_scheme.kind == QuantizationScheme::Kind::Codebook) {
        id = codebookId(m_scheme.levels);
        name = m_scheme.fit == Fit::ByHand ? tr("%1 levels").arg(m_scheme.levels) : tr("%1 fitted levels").arg(m_scheme.levels);
    } else if (m_scheme.kind == QuantizationScheme::Kind::Block) {
        id = QStringLiteral("name:") + id;
        name = nameOfBlock(m_scheme.element);
    }
    m_element->setCurrent(id, name);
    tickChoice(m_element->menu(), id);
}

void SchemeEditor::describeGranularity()
{
    const Granularity& granularity = m_scheme.granularity;
    switch (granularity.kind) {
    case Granularity::Kind::Tensor:
        return m_granularity->setCurrent(QStringLiteral("tensor"));
    case Granularity::Kind::Channel:
        return m_granularity->setCurrent(QStringLiteral("channel=%1").arg(granularity.axis),
                                         granularity.axis == 0   ? tr("output channel")
                                         : granularity.axis == 1 ? tr("input channel")
                                                                 : tr("index of axis %1").arg(granularity.axis));
    case Granularity::Kind::Group:
        return m_granularity->setCurrent(QStringLiteral("group=%1").arg(granularity.group),
                                         tr("%1 weights").arg(granularity.group));
    case Granularity::Kind::Tile:
        return m_granularity->setCurrent(QStringLiteral("block=%1x%2").arg(granularity.tileRows).arg(granularity.tileColumns),
                                         tr("%1 × %2 weights").arg(granularity.tileRows).arg(granularity.tileColumns));
    }
}

void SchemeEditor::describeClip()
{
    const Clip& clip = m_scheme.clip;
    const bool byHand = clip.kind == Clip::Kind::ByHand;
    m_clip->setCurrent(byHand ? QStringLiteral("hand") : text(clipText(clip)),
                       byHand && m_isDragging ? tr("by hand") : clipName(clip));
}

void SchemeEditor::choose(QuantizationScheme scheme, const QString& word)
{
    scheme = madeConsistent(std::move(scheme));
    m_scheme = scheme;
    describe();
    emit schemeChosen(m_scheme, tr("choose %1").arg(word));
}

void SchemeEditor::chooseElement(const QString& id)
{
    if (id.startsWith(u"name:")) {
        if (const auto named = parseScheme(id.mid(5).toStdString()))
            choose(*named, id.mid(5));
        return;
    }
    QuantizationScheme scheme = m_scheme;
    // A block's length is its own: back among integers and floats the whole tensor has one scale again.
    if (scheme.kind == QuantizationScheme::Kind::Block)
        scheme.granularity = {};
    const bool codebook = id.startsWith(u"levels=");
    scheme.kind = codebook ? QuantizationScheme::Kind::Codebook : QuantizationScheme::Kind::Uniform;
    if (codebook)
        scheme.levels = id.mid(7).toInt();
    else
        scheme.element = id.toStdString();
    choose(scheme, codebook ? tr("%1 fitted levels").arg(scheme.levels) : nameOfElement(scheme.element));
}

void SchemeEditor::chooseGranularity(const QString& id)
{
    QuantizationScheme scheme = m_scheme;
    if (id.startsWith(u"group="))
        scheme.granularity = {.kind = Granularity::Kind::Group, .group = id.mid(6).toLongLong()};
    else if (id.startsWith(u"channel="))
        scheme.granularity = {.kind = Granularity::Kind::Channel, .axis = id.mid(8).toInt()};
    else if (id.startsWith(u"block="))
        scheme.granularity = {.kind = Granularity::Kind::Tile,
                              .tileRows = id.mid(6).section(u'x', 0, 0).toLongLong(),
                              .tileColumns = id.section(u'x', 1).toLongLong()};
    else
        scheme.granularity = {};
    choose(scheme, tr("one scale per %1").arg(id));
}

void SchemeEditor::chooseClip(const QString& id)
{
    QuantizationScheme scheme = m_scheme;
    scheme.clip = {};
    if (id == u"hand") {
        scheme.granularity = {};   // one range by hand needs one range
        scheme.clip.kind = Clip::Kind::ByHand;
        scheme.clip.low = m_presentLow;
        scheme.clip.high = m_presentHigh;
    } else if (const auto clip = parseClip(id.toStdString())) {
        scheme.clip = *clip;
    }
    choose(scheme, clipName(scheme.clip));
}

/// By hand begins with the levels in force, so that the picture does not jump.
void SchemeEditor::chooseFit(const QString& id)
{
    QuantizationScheme scheme = m_scheme;
    scheme.fit = Fit(id.toInt());
    if (scheme.fit == Fit::ByHand) {
        scheme.levelValues = m_presentLevels;
        scheme.levels = int(m_presentLevels.size());
        if (scheme.levels < 2)
            scheme.fit = Fit::Optimal;
    }
    choose(scheme, nameOfFit(scheme.fit));
}

}  // namespace quantoscope
