// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/weight_panel.h"

#include "app/pages/quantize/fact_table.h"
#include "widgets/background_job.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_words.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
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
    m_largest = new PushButton(tr("Largest error"), PushButton::Role::Quiet, this);
    m_largest->setObjectName(QStringLiteral("largestError"));
    m_numbers = new PushButton(tr("Its bits"), PushButton::Role::Quiet, this);
    m_numbers->setObjectName(QStringLiteral("bitsOnNumbers"));
    m_numbers->setToolTip(tr("Show this weight on Numbers"));
    body->addWidget(m_hint);
    body->addWidget(m_table);
    body->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_largest);
    buttons->addWidget(m_numbers);
    buttons->addStretch(1);
    body->addLayout(buttons);
    m_delay.setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &WeightPanel::ask);
    connect(m_largest, &QAbstractButton::clicked, this, &WeightPanel::findLargestError);
    connect(m_numbers, &QAbstractButton::clicked, this, [this] {
        if (m_weight)
            emit numbersRequested(m_weight->value);
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
    if (!sameTensor && !m_isAwaited)
        m_index.reset();
    const bool isStillAwaited = m_isAwaited && !info;
    setIndex(m_index);
    m_isAwaited = isStillAwaited;
}

void WeightPanel::setScheme(const QuantizationScheme& scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
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
    m_isAwaited = index.has_value();
    m_weight.reset();
    m_asking->cancel();
    showWeight();
    if (m_isActive && index)
        ask();
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
    find([scheme = m_scheme](const TensorSource& source, const TensorInfo& info, const Progress& progress) {
        return quantoscope::findLargestError(source, info, scheme, progress);
    });
}

void WeightPanel::ask()
{
    if (!m_model || !m_tensor || !m_index || *m_index >= m_tensor->count)
        return;
    m_asking->start(
        [model = m_model, info = *m_tensor, scheme = m_scheme, index = *m_index](const Progress& progress) {
            return storedWeightOf(*model, info, scheme, index, progress);
        },
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
    if (!m_index || !m_tensor)
        return m_table->setRows({});
    FactTable::Row row{place(*m_tensor, *m_index), m_weight ? roundedNumber(m_weight->value, 6) : tr("reading …"), {}, false};
    if (m_weight) {
        const StoredWeight& weight = *m_weight;
        row.figures.emplace_back(tr("Stored as"), roundedNumber(weight.stored, 6));
        row.figures.emplace_back(tr("Error, stored − weight"), roundedNumber(weight.stored - weight.value, 4));
        const QString shared = tr("%1 weights").arg(wholeNumber(double(weight.neighbours)));
        const bool isOne = m_scheme.kind != QuantizationScheme::Kind::Block && m_scheme.granularity.kind == Granularity::Kind::Tensor;
        row.figures.emplace_back(unitName(m_scheme), isOne ? shared : tr("%1, %2").arg(wholeNumber(double(weight.unit)), shared));
        if (weight.step)
            row.figures.emplace_back(tr("Scale"), roundedNumber(*weight.step, 6));
        if (weight.zeroPoint)
            row.figures.emplace_back(tr("Zero point"), wholeNumber(double(*weight.zeroPoint)));
        if (!weight.scaleBytes.empty())
            row.figures.emplace_back(tr("Scale’s bytes"), hexText(weight.scaleBytes));
        if (weight.code)
            row.figures.emplace_back(tr("Code"), tr("%1 of %2 bits").arg(wholeNumber(double(*weight.code))).arg(weight.codeBits));
        row.figures.emplace_back(weight.code ? tr("Code’s bytes") : tr("Block’s bytes"), hexText(weight.codeBytes));
        row.figures.emplace_back(tr("Where"), bitPlace(weight));
    }
    m_table->setRows({std::move(row)});
}

bool WeightPanel::isSettled() const
{
    return !m_finding->isRunning() && !m_asking->isRunning() && !m_delay.isActive();
}

}  // namespace quantoscope
