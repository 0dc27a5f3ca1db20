// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scheme_editor.h"

#include "core/quantization/element.h"

#include "widgets/controls.h"
#include "widgets/plot_text.h"

#include <QHBoxLayout>

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

QString nameOfElement(const std::string& id)
{
    return text(elementName(id));
}

QString codebookId(int levels)
{
    return QStringLiteral("levels=%1").arg(levels);
}

constexpr std::array groups{16, 32, 64, 128, 256};
constexpr std::array percentiles{99.0, 99.9, 99.99};
constexpr std::array codebookLevels{2, 4, 8, 16, 32, 64, 256};
constexpr std::array scales{"fp32", "fp16", "bf16", "e8m0", "e4m3"};

}  // namespace

QuantizationScheme madeConsistent(QuantizationScheme scheme)
{
    if (scheme.kind == QuantizationScheme::Kind::Codebook) {
        scheme.element = QuantizationScheme().element;   // says nothing in a codebook
        scheme.granularity = {};
        scheme.clip = {};
        scheme.symmetry = Symmetry::Symmetric;
        scheme.range = CodeRange::Restricted;
        scheme.rounding = {};
        if (scheme.scale == "e8m0")
            scheme.scale = "fp32";
        if (scheme.fit == Fit::ByHand && std::ssize(scheme.levelValues) != scheme.levels)
            scheme.fit = Fit::Optimal;
        if (scheme.fit != Fit::ByHand)
            scheme.levelValues.clear();
    } else {
        scheme.levels = QuantizationScheme().levels;
        scheme.fit = Fit::Optimal;
        scheme.levelValues.clear();
        if (!isInteger(scheme)) {
            scheme.symmetry = Symmetry::Symmetric;
            scheme.range = CodeRange::Restricted;
        }
    }
    // A range set by hand is one range: every group has its own, so it cannot be kept.
    if (scheme.granularity.kind != Granularity::Kind::Tensor && scheme.clip.kind == Clip::Kind::ByHand)
        scheme.clip = {};
    if (scheme.clip.kind == Clip::Kind::ByHand && scheme.symmetry == Symmetry::Symmetric) {
        const double clip = std::max(std::abs(scheme.clip.low), std::abs(scheme.clip.high));
        scheme.clip.low = -clip;
        scheme.clip.high = clip;
    }
    return scheme;
}

SchemeEditor::SchemeEditor(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(6);
    m_element = addButton(QStringLiteral("element"), tr("Element"));
    m_symmetry = addButton(QStringLiteral("symmetry"), tr("Symmetry"));
    m_perWord = addWord(tr("one scale per"));
    m_granularity = addButton(QStringLiteral("granularity"), tr("One scale per"));
    m_clipWord = addWord(tr("clipped at"));
    m_clip = addButton(QStringLiteral("clip"), tr("Clipped at"));
    m_rounding = addButton(QStringLiteral("rounding"), tr("Rounding"));
    m_scaleWord = addWord(tr("scale in"));
    m_scale = addButton(QStringLiteral("scale"), tr("Format of the scale"));
    m_layout->addStretch(1);
    fillElements();
    fillChoices();
    describe();
}

TextLabel* SchemeEditor::addWord(const QString& word)
{
    auto* label = new TextLabel(word, 13, QFont::Normal, TextTone::Muted, this);
    m_layout->addWidget(label);
    return label;
}

ChoiceButton* SchemeEditor::addButton(const QString& name, const QString& spokenName)
{
    auto* button = new ChoiceButton(this);
    button->setObjectName(name);
    button->setAccessibleName(spokenName);
    m_layout->addWidget(button);
    connect(button, &ChoiceButton::chosen, this, [this, name](const QString& id) {
        if (name == u"element")
            return chooseElement(id);
        if (name == u"granularity")
            return chooseGranularity(id);
        if (name == u"clip")
            return chooseClip(id);
        QuantizationScheme scheme = m_scheme;
        if (name == u"symmetry") {
            scheme.symmetry = id == u"asymmetric" ? Symmetry::Asymmetric : Symmetry::Symmetric;
            scheme.range = id == u"full" ? CodeRange::Full : CodeRange::Restricted;
        } else if (name == u"rounding") {
            scheme.rounding.rounding = findRounding(id.toStdString()).value_or(Rounding::NearestEven);
        } else {
            scheme.scale = id.toStdString();
        }
        choose(scheme, id);
    });
    return button;
}

void SchemeEditor::fillElements()
{
    const auto usable = [](const NumberFormat& format) {
        return bitsOf(format) >= 2 && bitsOf(format) <= 8 && parseScheme("element=" + std::string(format.id));
    };
    m_element->addHeading(tr("Integers, equal steps"));
    for (int bits = 8; bits >= 2; --bits) {
        const std::string id = "int" + std::to_string(bits);
        if (parseScheme(id))
            m_element->addChoice(text(id), nameOfElement(id), tr("%1 levels").arg(1 << bits));
    }
    m_element->addHeading(tr("Floats, finer near zero"));
    for (const NumberFormat& format : numberFormats()) {
        if (format.asFloat() && format.asFloat()->isSigned && usable(format))
            m_element->addChoice(text(format.id), text(format.name), text(format.sentence));
    }
    bool headed = false;
    for (const NumberFormat& format : numberFormats()) {
        if (!format.asLevels() || !usable(format))
            continue;
        if (!headed)
            m_element->addHeading(tr("Fixed tables of levels"));
        headed = true;
        m_element->addChoice(text(format.id), text(format.name), text(format.sentence));
    }
    m_element->addHeading(tr("Codebook fitted to the tensor (k-means)"));
    for (const int levels : codebookLevels)
        m_element->addChoice(codebookId(levels), tr("%1 fitted levels").arg(levels));
    m_element->addHeading(tr("Schemes with a name"));
    for (const NamedScheme& scheme : namedSchemes())
        m_element->addChoice(QStringLiteral("name:") + text(scheme.id), text(scheme.id), text(scheme.sentence));
}

void SchemeEditor::fillChoices()
{
    m_symmetry->addChoice(QStringLiteral("symmetric"), tr("symmetric"), tr("the same range to both sides"));
    m_symmetry->addChoice(QStringLiteral("full"), tr("symmetric, full range"), tr("one more code below zero"));
    m_symmetry->addChoice(QStringLiteral("asymmetric"), tr("asymmetric"), tr("a zero point; both ends free"));

    m_granularity->addChoice(QStringLiteral("tensor"), tr("tensor"), tr("one range for all weights"));
    m_granularity->addChoice(QStringLiteral("channel=0"), tr("output channel"), tr("a range for every row"));
    m_granularity->addChoice(QStringLiteral("channel=1"), tr("input channel"), tr("a range for every column"));
    m_granularity->addHeading(tr("Groups along rows"));
    for (const int group : groups)
        m_granularity->addChoice(QStringLiteral("group=%1").arg(group), tr("%1 weights").arg(group));

    m_clip->addChoice(QStringLiteral("minmax"), tr("min-max"), tr("nothing is clipped"));
    for (const double percentile : percentiles) {
        const QString number = QString::number(percentile);
        m_clip->addChoice(QStringLiteral("percentile:") + number, number + QChar(0x202F) + u'%',
                          tr("of all |weights| lie within"));
    }
    m_clip->addChoice(QStringLiteral("mse"), tr("least squared error"), tr("the highest SQNR"));
    m_clip->addChoice(QStringLiteral("hand"), tr("by hand"), tr("drag the handles"));

    for (const RoundingRow& row : roundingRows()) {
        // Not every rounding of formats is one of quantizers.
        if (!parseScheme("int4,rounding=" + std::string(row.id)))
            continue;
        QString name = text(row.name);
        name[0] = name[0].toLower();
        m_rounding->addChoice(text(row.id), name);
    }
    for (const char* scale : scales)
        m_scale->addChoice(QString::fromLatin1(scale), nameOfElement(scale));
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
    if (scheme.kind == QuantizationScheme::Kind::Codebook)
        return tr("%1 fitted levels").arg(scheme.levels);
    QString name = nameOfElement(scheme.element);
    if (scheme.symmetry == Symmetry::Asymmetric)
        name += tr(" asymmetric");
    if (scheme.granularity.kind == Granularity::Kind::Channel)
        name += tr(" per channel");
    if (scheme.granularity.kind == Granularity::Kind::Group)
        name += tr(" per %1").arg(scheme.granularity.group);
    return name + QStringLiteral(", ") + clipName(scheme.clip);
}

void SchemeEditor::describe()
{
    const bool codebook = m_scheme.kind == QuantizationScheme::Kind::Codebook;
    const bool perTensor = m_scheme.granularity.kind == Granularity::Kind::Tensor;
    m_element->setCurrent(codebook ? codebookId(m_scheme.levels) : text(m_scheme.element),
                          codebook ? tr("%1 fitted levels").arg(m_scheme.levels) : nameOfElement(m_scheme.element));
    const bool full = m_scheme.range == CodeRange::Full;
    m_symmetry->setCurrent(m_scheme.symmetry == Symmetry::Asymmetric ? QStringLiteral("asymmetric")
                           : full                                    ? QStringLiteral("full")
                                                                     : QStringLiteral("symmetric"));
    const auto& granularity = m_scheme.granularity;
    if (perTensor)
        m_granularity->setCurrent(QStringLiteral("tensor"));
    else if (granularity.kind == Granularity::Kind::Channel)
        m_granularity->setCurrent(QStringLiteral("channel=%1").arg(granularity.axis),
                                  granularity.axis == 0   ? tr("output channel")
                                  : granularity.axis == 1 ? tr("input channel")
                                                          : tr("index of axis %1").arg(granularity.axis));
    else
        m_granularity->setCurrent(QStringLiteral("group=%1").arg(granularity.group), tr("%1 weights").arg(granularity.group));
    const Clip& clip = m_scheme.clip;
    m_clip->setCurrent(clip.kind == Clip::Kind::MinMax         ? QStringLiteral("minmax")
                       : clip.kind == Clip::Kind::LeastSquares ? QStringLiteral("mse")
                       : clip.kind == Clip::Kind::ByHand       ? QStringLiteral("hand")
                                                               : text(clipText(clip)),
                       m_isDragging && clip.kind == Clip::Kind::ByHand ? tr("by hand") : clipName(clip));
    for (const RoundingRow& row : roundingRows()) {
        if (row.rounding == m_scheme.rounding.rounding)
            m_rounding->setCurrent(text(row.id));
    }
    m_scale->setCurrent(text(m_scheme.scale));

    const auto show = [this](std::initializer_list<QWidget*> widgets, const char* word, bool meaningful) {
        const bool wanted = meaningful && (m_only.isEmpty() || m_only.contains(QLatin1String(word)));
        for (QWidget* widget : widgets)
            widget->setVisible(wanted);
    };
    show({m_element}, "element", true);
    show({m_symmetry}, "symmetry", isInteger(m_scheme));
    show({m_perWord, m_granularity}, "granularity", !codebook);
    show({m_clipWord, m_clip}, "clip", !codebook);
    show({m_rounding}, "rounding", !codebook);
    show({m_scaleWord, m_scale}, "scale", !m_isCompact);
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
        scheme.granularity = {.kind = Granularity::Kind::Group, .axis = 0, .group = id.mid(6).toLongLong()};
    else if (id.startsWith(u"channel="))
        scheme.granularity = {.kind = Granularity::Kind::Channel, .axis = id.mid(8).toInt(), .group = 64};
    else
        scheme.granularity = {};
    choose(scheme, tr("one scale per %1").arg(id));
}

void SchemeEditor::chooseClip(const QString& id)
{
    QuantizationScheme scheme = m_scheme;
    scheme.clip = {};
    if (id == u"mse") {
        scheme.clip.kind = Clip::Kind::LeastSquares;
    } else if (id == u"hand") {
        scheme.granularity = {};   // one range by hand needs one range
        scheme.clip.kind = Clip::Kind::ByHand;
        scheme.clip.low = m_presentLow;
        scheme.clip.high = m_presentHigh;
    } else if (id.startsWith(u"percentile:")) {
        scheme.clip.kind = Clip::Kind::Percentile;
        scheme.clip.percentile = id.mid(11).toDouble();
    }
    choose(scheme, clipName(scheme.clip));
}

}  // namespace quantoscope
