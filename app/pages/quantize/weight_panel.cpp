// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/weight_panel.h"

#include "app/pages/quantize/fact_table.h"
#include "core/quantization/element.h"
#include "widgets/background_job.h"
#include "widgets/bit_view.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_words.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QString place(const TensorInfo& info, std::int64_t index)
{
    const std::int64_t columns = std::max<std::int64_t>(1, info.columns());
    if (info.rows() <= 1)
        return WeightPanel::tr("Weight %1").arg(wholeNumber(double(index)));
    return WeightPanel::tr("Row %1, column %2").arg(wholeNumber(double(index / columns)), wholeNumber(double(index % columns)));
}

/// At most eight bytes; more would not be read by anyone.
QString hexText(const std::vector<std::byte>& bytes)
{
    QString text;
    for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 8); ++i)
        text += QStringLiteral("%1 ").arg(std::to_integer<unsigned>(bytes[i]), 2, 16, QLatin1Char('0')).toUpper();
    return bytes.size() > 8 ? text + u'…' : text.trimmed();
}

QString bitPlace(const StoredWeight& weight)
{
    if (weight.codeBits % 8 == 0 || !weight.code)
        return WeightPanel::tr("from byte %1").arg(wholeNumber(double(weight.codeByte)));
    return WeightPanel::tr("byte %1, bit %2").arg(wholeNumber(double(weight.codeByte))).arg(weight.codeShift);
}

QString unitName(const QuantizationScheme& scheme)
{
    if (scheme.kind == QuantizationScheme::Kind::Block)
        return WeightPanel::tr("Block");
    switch (scheme.granularity.kind) {
    case Granularity::Kind::Tensor: return WeightPanel::tr("Scale shared by");
    case Granularity::Kind::Channel: return WeightPanel::tr("Channel");
    case Granularity::Kind::Group: return WeightPanel::tr("Group");
    case Granularity::Kind::Tile: break;
    }
    return WeightPanel::tr("Block");
}

/// The format whose code a weight's is; the index of a level is a whole number from 0.
NumberFormat shownFormat(const WeightCode& code)
{
    if (const NumberFormat* known = findNumberFormat(code.format))
        return *known;
    return NumberFormat{{}, {}, {}, IntegerFormat{code.bits, false}};
}

/// Sign, exponent and the rest one behind the other, as wide as there is room for.
BitColumns columnsFor(const NumberFormat& format, Code code, double width)
{
    const FloatFormat* const floating = format.asFloat();
    const double sign = floating && floating->isSigned ? 1.5 : 0, exponent = floating ? floating->exponentBits : 0;
    const double gap = exponent > 0 ? 0.6 : format.asPosit() ? 2 : 0;
    BitColumns columns;
    columns.columns = std::max(significandDigits(format, code), floating ? 1 : bitsOf(format));
    columns.cell = std::clamp(width / (sign + exponent + gap + columns.columns), 10.0, 22.0);
    columns.exponentRight = (sign + exponent) * columns.cell;
    columns.significandLeft = columns.exponentRight + gap * columns.cell;
    columns.topWeight = firstWeight(format, code);
    return columns;
}

QString codeText(std::uint64_t code, int bits)
{
    return QStringLiteral("0x%1").arg(code, (bits + 3) / 4, 16, QLatin1Char('0')).toUpper().replace(u'X', u'x');
}

}  // namespace

WeightPanel::WeightPanel(QWidget* parent)
    : QWidget(parent)
    , m_finding(new BackgroundJob(Pool::Interactive, this))
    , m_asking(new BackgroundJob(Pool::Bulk, this))
{
    auto* body = new QVBoxLayout(this);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(space::small);
    m_hint = new TextLabel(tr("Click the picture: one of the weights there says why it is stored as it is."), 12, QFont::Normal,
                           TextTone::Muted, this);
    m_hint->setWordWrap(true);
    m_table = new FactTable(this);
    m_table->setAccessibleName(tr("Why this weight"));
    m_table->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    m_largest = new PushButton(tr("Worst"), PushButton::Role::Quiet, this);
    m_largest->setObjectName(QStringLiteral("largestError"));
    m_largest->setAccessibleName(tr("The weight with the largest error"));   // three buttons share 230 pixels
    m_largest->setToolTip(m_largest->accessibleName());
    m_numbers = new PushButton(tr("Its bits"), PushButton::Role::Quiet, this);
    m_numbers->setObjectName(QStringLiteral("bitsOnNumbers"));
    m_numbers->setToolTip(tr("Show this weight’s code on Numbers"));
    m_unflip = new PushButton(tr("As stored"), PushButton::Role::Quiet, this);
    m_unflip->setObjectName(QStringLiteral("unflip"));
    m_unflip->setToolTip(tr("Put the flipped bits back"));
    m_bits = new BitView(this);
    m_bits->setAccessibleName(tr("The weight’s bits"));
    m_bitsNote = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this);
    m_bitsNote->setElides(true);
    body->addWidget(m_hint);
    body->addWidget(m_table);
    body->addWidget(m_bits);
    body->addWidget(m_bitsNote);
    body->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::small);
    buttons->addWidget(m_largest);
    buttons->addWidget(m_numbers);
    buttons->addWidget(m_unflip);
    buttons->addStretch(1);
    body->addLayout(buttons);
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &WeightPanel::ask);
    connect(m_largest, &QAbstractButton::clicked, this, &WeightPanel::findLargestError);
    connect(m_numbers, &QAbstractButton::clicked, this, [this] {
        if (m_weight)
            emit numbersRequested(numbersState());
    });
    connect(m_bits, &BitView::codeEdited, this, [this](Code code, const QString& step, const QString& mergeKey) {
        setFlip(code);
        emit flipped(step, mergeKey);
    });
    connect(m_unflip, &QAbstractButton::clicked, this, [this] {
        setFlip({});
        emit flipped(tr("put the bits back"), {});
    });
    connect(m_finding, &BackgroundJob::finished, this, &WeightPanel::settled);
    connect(m_asking, &BackgroundJob::finished, this, &WeightPanel::settled);
    showWeight();
}

void WeightPanel::setSource(Model model, const TensorInfo* info)
{
    m_finding->cancel();
    m_model = std::move(model);
    const bool sameTensor = m_tensor && info && m_tensor->name == info->name && m_tensor->count == info->count;
    m_tensor = info ? std::optional(*info) : std::nullopt;
    // An index that came with a state waits for the tensor that the state opens.
    if (!sameTensor && !m_isAwaited) {
        m_index.reset();
        m_flip.reset();
    }
    m_isAwaited = m_isAwaited && !info;
    restart();
}

void WeightPanel::setScheme(const QuantizationScheme& scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    m_flip.reset();   // Another scheme stores another code.
    // A hand may be moving: the pass waits until it rests.
    if (m_index && m_isActive)
        m_delay.start(150);
    else
        m_weight.reset();
}

void WeightPanel::setActive(bool active)
{
    m_isActive = active;
    if (active && m_index && !m_weight)
        ask();
}

void WeightPanel::setIndex(std::optional<std::int64_t> index)
{
    m_index = index;
    m_flip.reset();
    m_isAwaited = index.has_value();
    restart();
}

void WeightPanel::restart()
{
    m_weight.reset();
    m_asking->cancel();
    showWeight();
    if (m_isActive && m_index)
        ask();
}

void WeightPanel::setFlip(std::optional<std::uint64_t> code)
{
    const bool isStored = code && m_weight && m_weight->own && m_weight->own->code == *code;
    m_flip = isStored ? std::nullopt : code;
    showWeight();
}

void WeightPanel::setCompensation(const CompensationMethod* method, std::shared_ptr<const Activations> activations)
{
    const bool isOther = method != m_method;
    // Rounding alone looks at no inputs; others may still be made for the method, which is no reason to forget a flip.
    const bool mattersNow = isOther || (method && method->needsActivations && activations && activations != m_activations);
    m_method = method;
    m_activations = std::move(activations);
    if (isOther)
        m_flip.reset();   // Another method stores another code.
    if (mattersNow && m_index)
        restart();
    else if (isOther)
        showWeight();
}

void WeightPanel::setHasWords(bool hasWords)
{
    if (hasWords == m_hasWords)
        return;
    m_hasWords = hasWords;
    showBits();
}

bool WeightPanel::awaitsInputs() const
{
    return m_method && m_method->needsActivations && !m_activations;
}

std::optional<ChangedWeight> WeightPanel::change() const
{
    if (!m_flip || !m_tensor || !m_weight || !m_weight->own || *m_flip >= m_weight->own->values.size())
        return {};
    const double value = m_weight->own->values[std::size_t(*m_flip)];
    return ChangedWeight{m_tensor->name, m_weight->index, float(value)};
}

QJsonObject WeightPanel::numbersState() const
{
    if (!m_weight)
        return {};
    // A width that Numbers has no format of leaves the value.
    const QJsonObject valueAlone{{QStringLiteral("value"), QString::number(m_weight->stored, 'g', 17)}};
    if (!m_weight->own || !m_tensor)
        return valueAlone;
    const WeightCode& own = *m_weight->own;
    const QString raw = QStringLiteral("uint%1").arg(own.bits);
    const QString id = own.format.empty() ? raw : QString::fromStdString(own.format);
    const NumberFormat* const format = findNumberFormat(id.toStdString());
    if (!format || (own.format.empty() && own.bits > 8))
        return valueAlone;
    QJsonObject weight{{QStringLiteral("tensor"), QString::fromStdString(m_tensor->name)},
                       {QStringLiteral("index"), qint64(m_weight->index)},
                       {QStringLiteral("scheme"), QString::fromStdString(schemeText(m_scheme))},
                       {QStringLiteral("format"), id},
                       {QStringLiteral("code"), codeText(own.code, own.bits)},
                       {QStringLiteral("scale"), own.scale},
                       {QStringLiteral("zero"), qint64(own.zero)},
                       {QStringLiteral("offset"), own.offset}};
    if (m_method)
        weight[u"method"] = QString::fromUtf8(m_method->id.data(), qsizetype(m_method->id.size()));
    if (m_method && m_method->needsActivations && !m_hasWords)
        weight[u"speaks"] = false;   // Made inputs: the model's own have other codes.
    if (own.format.empty()) {
        QJsonArray levels;
        for (const double value : own.values)
            levels.append(std::isfinite(value) ? QJsonValue(value) : QJsonValue());
        weight[u"levels"] = levels;
    }
    QJsonArray formats{id};
    if (format->asInteger())
        formats = {QJsonObject{{QStringLiteral("id"), id}, {QStringLiteral("scale"), own.scale > 0 ? own.scale : 1.0}, {QStringLiteral("zero"), qint64(own.zero)}}};
    for (const char* other : {"fp16", "fp32"})
        formats.append(QLatin1String(other));
    const QString code = codeText(m_flip.value_or(own.code), own.bits);
    QJsonObject state{{QStringLiteral("formats"), formats}, {QStringLiteral("selected"), id},    {QStringLiteral("value"), code},
                      {QStringLiteral("code"), code},       {QStringLiteral("codeFormat"), id}, {QStringLiteral("weight"), weight}};
    if (const IntegerFormat* integer = format->asInteger(); integer && own.scale > 0) {
        // The line shows all that the weight could be.
        const double middle = (double(integer->lowest()) + double(integer->highest())) / 2 - double(own.zero);
        state[u"view"] = QJsonObject{{QStringLiteral("centre"), middle * own.scale},
                                     {QStringLiteral("span"), (double(integer->highest() - integer->lowest()) + 2) * own.scale}};
    }
    return state;
}

void WeightPanel::find(std::function<Found(const TensorSource&, const TensorInfo&, const Progress&)> search)
{
    if (!m_model || !m_tensor || !m_tensor->hasValues())
        return;
    m_finding->start([model = m_model, info = *m_tensor, search = std::move(search)](const Progress& progress) { return search(*model, info, progress); },
                     [this](Found found) {
                         if (!found) {
                             if (found.error().kind != Error::Kind::Cancelled)
                                 emit problem(QString::fromStdString(found.error().message));
                             return;
                         }
                         setIndex(*found);
                         m_isAwaited = false;
                         if (*found)
                             emit chosen(**found);
                     });
}

void WeightPanel::findNear(double value, double tolerance)
{
    find([value, tolerance](const TensorSource& source, const TensorInfo& info, const Progress& progress) {
        return findWeightNear(source, info, value, tolerance, progress);
    });
}

void WeightPanel::findLargestError()
{
    if (awaitsInputs())
        return;
    find([scheme = CompensatedScheme{m_scheme, m_method}, activations = m_activations](const TensorSource& source, const TensorInfo& info, const Progress& progress) {
        return quantoscope::findLargestError(source, info, scheme, activations.get(), progress);
    });
}

void WeightPanel::ask()
{
    if (!m_model || !m_tensor || !m_index || *m_index >= m_tensor->count || awaitsInputs())
        return;
    m_asking->start(
        [model = m_model, info = *m_tensor, scheme = CompensatedScheme{m_scheme, m_method}, activations = m_activations,
         index = *m_index](const Progress& progress) { return storedWeightOf(*model, info, scheme, activations.get(), index, progress); },
        [this](Result<StoredWeight> weight) {
            if (weight)
                m_weight = std::move(*weight);
            else if (weight.error().kind != Error::Kind::Cancelled)
                emit problem(QString::fromStdString(weight.error().message));
            showWeight();
        });
}

void WeightPanel::showWeight()
{
    m_numbers->setEnabled(m_weight.has_value());
    m_hint->setVisible(!m_index);
    m_table->setVisible(m_index.has_value());
    showBits();
    if (!m_index || !m_tensor)
        return m_table->setRows({});
    FactTable::Row row{place(*m_tensor, *m_index), m_weight ? roundedNumber(m_weight->value, 6) : tr("reading …"), {}, false};
    if (m_weight) {
        const StoredWeight& weight = *m_weight;
        const auto now = change();
        const double stored = now ? double(now->value) : weight.stored;
        row.figures.emplace_back(now ? tr("Stored as, then flipped") : tr("Stored as"),
                                 now ? tr("%1 → %2").arg(roundedNumber(weight.stored, 4), roundedNumber(stored, 4)) : roundedNumber(stored, 6));
        row.figures.emplace_back(tr("Error, stored − weight"), roundedNumber(stored - weight.value, 4));
        // In the order of what is missed least: little room leaves out the last.
        if (weight.code)
            row.figures.emplace_back(tr("Code"), tr("%1 of %2 bits").arg(wholeNumber(double(*weight.code))).arg(weight.codeBits));
        else if (weight.own)
            row.figures.emplace_back(tr("Code"), tr("%1 of %2 bits").arg(wholeNumber(double(weight.own->code))).arg(weight.own->bits));
        if (weight.columnFactor != 1)
            row.figures.emplace_back(tr("Column times"), roundedNumber(weight.columnFactor, 5));
        if (weight.step)
            row.figures.emplace_back(tr("Scale"), roundedNumber(*weight.step, 6));
        if (weight.zeroPoint)
            row.figures.emplace_back(tr("Zero point"), wholeNumber(double(*weight.zeroPoint)));
        const bool isPlaced = weight.neighbours > 0, isPacked = !weight.codeBytes.empty();
        const QString shared = tr("%1 weights").arg(wholeNumber(double(weight.neighbours)));
        const bool isOne = m_scheme.kind != QuantizationScheme::Kind::Block && m_scheme.granularity.kind == Granularity::Kind::Tensor;
        if (isPlaced)
            row.figures.emplace_back(unitName(m_scheme), isOne ? shared : tr("%1, %2").arg(wholeNumber(double(weight.unit)), shared));
        if (isPacked) {
            row.figures.emplace_back(weight.code ? tr("Code’s bytes") : tr("Block’s bytes"), hexText(weight.codeBytes));
            row.figures.emplace_back(tr("Where"), bitPlace(weight));
        }
        if (!weight.scaleBytes.empty())
            row.figures.emplace_back(tr("Scale’s bytes"), hexText(weight.scaleBytes));
    }
    m_table->setRows({std::move(row)});
}

void WeightPanel::showBits()
{
    const bool hasBits = m_index && m_weight && m_weight->own;
    m_bits->setVisible(hasBits);
    m_bitsNote->setVisible(m_index && m_weight);
    m_unflip->setVisible(hasBits && m_flip.has_value());
    if (!m_index || !m_weight)
        return;
    if (!hasBits)
        return m_bitsNote->setText(noBitsSentence());
    const WeightCode& own = *m_weight->own;
    const NumberFormat format = shownFormat(own);
    const Code code = m_flip.value_or(own.code);
    m_bits->setContent(format, code);
    m_bits->setGhost(own.code);
    const double cell = std::round(QFontMetricsF(uiFont(13)).height() * 1.25);
    m_bits->setColumns(columnsFor(format, code, width()), cell);
    m_bits->setFixedHeight(int(cell) + 6);
    const QString change = m_flip ? tr("Code %1 → %2").arg(own.code).arg(*m_flip) : QString();
    m_bitsNote->setText(m_flip && m_hasWords ? tr("%1: see the words below.").arg(change)
                        : m_flip             ? tr("%1.").arg(change)
                        : m_hasWords         ? tr("Flip a bit; the words below change.")
                                             : tr("Flip a bit: another weight."));
}

QString WeightPanel::noBitsSentence() const
{
    return m_method && m_method->id == "hadamard" ? tr("Rotated: every code is part of a whole row.")
                                                  : tr("It shares its bits with other weights: none to flip.");
}

void WeightPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    showBits();
}

bool WeightPanel::isSettled() const
{
    return !m_finding->isRunning() && !m_asking->isRunning() && !m_delay.isActive();   // Inputs are the study's to wait for.
}

}  // namespace quantoscope
