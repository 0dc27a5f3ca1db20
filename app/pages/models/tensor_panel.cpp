// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/tensor_panel.h"

#include "app/pages/models/elided_label.h"
#include "app/pages/models/largest_list.h"
#include "app/pages/models/model_scan.h"
#include "app/pages/models/statistics_list.h"
#include "app/pages/models/weight_histogram.h"
#include "widgets/background_job.h"
#include "widgets/heat_map.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QJsonArray>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

TensorPanel::TensorPanel(QWidget* parent)
    : QWidget(parent)
    , m_levelling(new BackgroundJob(Pool::Interactive, this))
    , m_summarizing(new BackgroundJob(Pool::Bulk, this))
    , m_placing(new BackgroundJob(Pool::Bulk, this))
    , m_spanning(new BackgroundJob(Pool::Bulk, this))
{
    build();
    for (const BackgroundJob* job : {m_levelling, m_summarizing, m_placing, m_spanning})
        connect(job, &BackgroundJob::finished, this, &TensorPanel::ended);
    m_readSoon.setSingleShot(true);
    m_readSoon.setInterval(90);
    connect(&m_readSoon, &QTimer::timeout, this, &TensorPanel::startReading);
    connect(m_placing, &BackgroundJob::progressed, this, [this](double fraction) {
        m_map->setNote(tr("Looking for the largest weights: %1 %").arg(qRound(fraction * 100)));
    });
    setTensor(nullptr, nullptr);
}

TensorPanel::~TensorPanel() = default;

void TensorPanel::build()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::normal);
    column->addWidget(m_headCard = new Card(this), 9);
    column->addWidget(m_tabCard = new Card(this), 10);

    QVBoxLayout* head = m_headCard->body();
    head->setSpacing(2);
    auto* nameLine = new QHBoxLayout;
    nameLine->setSpacing(space::normal);
    nameLine->addWidget(m_name = new ElidedLabel(15, QFont::DemiBold, this), 1);
    nameLine->addWidget(m_shape = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this));
    m_shape->setMono(true);
    head->addLayout(nameLine);
    auto* sqnrLine = new QHBoxLayout;
    sqnrLine->setSpacing(space::small);
    sqnrLine->addWidget(m_sqnr = new TextLabel({}, 26, QFont::DemiBold, TextTone::Normal, this));
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    words->addStretch(1);
    words->addWidget(m_sqnrUnit = new TextLabel({}, 12, QFont::Medium, TextTone::Muted, this));
    words->addWidget(m_outliers = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this));
    words->addStretch(1);
    sqnrLine->addLayout(words);
    sqnrLine->addStretch(1);
    m_open = new PushButton(tr("Open in Quantize"), PushButton::Role::Quiet, this);
    m_open->setObjectName(QStringLiteral("openInQuantize"));
    sqnrLine->addWidget(m_open, 0, Qt::AlignVCenter);
    connect(m_open, &QAbstractButton::clicked, this, &TensorPanel::openRequested);
    head->addLayout(sqnrLine);
    head->addSpacing(space::tight);
    head->addWidget(m_histogram = new WeightHistogram(this), 1);

    m_tabs = new TabStrip(this);
    m_tabs->addTab(QStringLiteral("map"), tr("Where they sit"));
    m_tabs->addTab(QStringLiteral("statistics"), tr("Statistics"));
    m_tabs->addTab(QStringLiteral("largest"), tr("Largest"));
    m_tabCard->titleLine()->insertWidget(0, m_tabs);
    auto* sheets = new QWidget(this);
    m_stack = new QStackedLayout(sheets);
    m_stack->setContentsMargins(0, 0, 0, 0);
    auto* mapSheet = new QWidget(this);
    auto* mapColumn = new QVBoxLayout(mapSheet);
    mapColumn->setContentsMargins(0, 0, 0, 0);
    mapColumn->setSpacing(2);
    mapColumn->addWidget(m_map = new HeatMap(this), 1);
    mapColumn->addWidget(m_place = new TextLabel({}, 12, QFont::Medium, TextTone::Normal, this));
    m_place->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_place->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_stack->addWidget(mapSheet);
    m_stack->addWidget(m_statistics = new StatisticsList(this));
    m_stack->addWidget(m_largest = new LargestList(this));
    m_tabCard->body()->addWidget(sheets, 1);
    connect(m_tabs, &TabStrip::chosen, this, [this](const QString& id) {
        showTab(id);
        emit changed(tr("show %1").arg(id), {});
    });
    connect(m_map, &HeatMap::windowRead, this, &TensorPanel::ended);
    connect(m_map, &HeatMap::placeChosen, this, [this] {
        refreshPlace();
        emit changed(tr("look at another weight"), QStringLiteral("models-place"));
    });
    connect(m_largest, &LargestList::placeChosen, this, [this](std::int64_t row, std::int64_t column) {
        m_map->showPlace({row, column}, m_map->lensColumns());
        emit changed(tr("look at another weight"), QStringLiteral("models-place"));
    });
    connect(m_largest, &LargestList::placeOpened, this, [this] {
        showTab(QStringLiteral("map"));
        m_map->setFocus();
    });
}

void TensorPanel::setTensor(Model model, const TensorInfo* info)
{
    m_model = std::move(model);
    m_info = info;
    m_counts.reset();
    m_facts.reset();
    m_summary.reset();
    m_summaryIsExact = false;
    m_places.reset();
    m_spans.reset();
    m_levels.reset();
    for (BackgroundJob* job : {m_levelling, m_summarizing, m_placing, m_spanning})
        job->cancel();
    m_map->setContent(m_model, m_info, nullptr);
    m_map->setNote(info && hasNumbers(*info) ? tr("Looking for the largest weights …") : QString());
    m_map->setDeviation(0, 0);
    m_largest->showValues({}, 0, 0);
    m_place->clear();
    if (info && hasNumbers(*info))
        m_readSoon.start();
    else
        m_readSoon.stop();
    const QString name = info ? QString::fromStdString(info->name) : tr("No tensor is chosen");
    static_cast<ElidedLabel*>(m_name)->setText(name);
    m_shape->setText(info ? shapeWords(info->shape) + QStringLiteral(" · ") + QString::fromStdString(info->typeName) : QString());
    m_open->setVisible(info && hasNumbers(*info));
    m_histogram->setNote(!info                ? QString()
                         : info->count == 0   ? tr("The tensor has no elements.")
                         : !hasNumbers(*info) ? tr("Its type, %1, holds no numbers that can be read.").arg(QString::fromStdString(info->typeName))
                                              : tr("Counting …"));
    m_statistics->showNote(info && hasNumbers(*info) ? tr("Counting …") : QString());
    refreshHead();
    refreshHistogram();
}

void TensorPanel::setCounts(Counts counts)
{
    if (!m_info || counts == m_counts)
        return;
    m_counts = std::move(counts);
    if (m_counts && !m_summaryIsExact) {
        m_summary = summaryOf(*m_counts);
        m_summaryIsExact = m_counts->isExact();
        m_statistics->showSummary(m_summary, m_summaryIsExact);
        if (!m_summaryIsExact)
            m_readSoon.start();
    }
    findLevels();
    refreshHead();
    refreshHistogram();
}

void TensorPanel::findLevels()
{
    m_levels.reset();
    const bool hasLevels = m_counts && m_counts->totals().finite > 0 && m_info && isWeightMatrix(*m_info) && isAnsweredByCounts(m_scheme);
    if (!hasLevels)
        return m_levelling->cancel();
    m_levelling->start([counts = m_counts, scheme = m_scheme](const Progress&) { return levelMapOf(scheme, *counts); },
                       [this](LevelMap levels) {
                           m_levels = std::move(levels);
                           refreshPlace();
                           refreshHistogram();
                       });
}

/// What needs the values themselves, once a person has stopped at a tensor.
void TensorPanel::startReading()
{
    if (!m_info || !hasNumbers(*m_info) || !isVisible())
        return;
    if (!m_places && !m_placing->isRunning())
        findLargest();
    if (m_counts && !m_summaryIsExact && !m_summarizing->isRunning())
        summarizeExactly();
    if (!m_spans && !m_spanning->isRunning() && isWeightMatrix(*m_info) && !isAnsweredByCounts(m_scheme))
        findSpans();
}

void TensorPanel::findLargest()
{
    m_placing->start(
        [model = m_model, info = *m_info](const Progress& progress) { return heatMapOf(*model, info, progress); },
        [this](const Result<std::shared_ptr<const HeatMapContent>>& places) {
            if (!places) {
                m_map->setNote(QString::fromStdString(places.error().message));
                return;
            }
            m_places = *places;
            m_map->setContent(m_model, m_info, m_places);
            if (const QJsonArray focus = m_wantedPlace[u"focus"].toArray(); focus.size() == 2)
                m_map->showPlace({focus[0].toInteger(), focus[1].toInteger()}, m_map->lensColumns());
            m_wantedPlace = {};
            refreshPlace();
        });
}

void TensorPanel::findSpans()
{
    m_spanning->start(
        [model = m_model, info = *m_info, scheme = m_scheme](const Progress& progress) { return unitSpansOf(*model, info, scheme, progress); },
        [this](const Result<UnitSpans>& spans) {
            if (!spans)
                return;   // The picture stands without brackets; the number above says what there is to say.
            m_spans = *spans;
            refreshHistogram();
        });
}

void TensorPanel::refreshPlace()
{
    const double mean = m_summary ? m_summary->mean : 0, deviation = m_summary ? m_summary->standardDeviation : 0;
    m_map->setDeviation(mean, deviation);
    QString text = m_map->placeText(), shortText = m_map->placeText(true), stored;
    const auto value = m_map->focusValue();
    if (value && std::isfinite(*value) && m_levels && !m_levels->levels.empty())
        stored = tr(", stored as %1").arg(roundedNumber(m_levels->levels[m_levels->indexOf(*value)], 4));
    const bool fits = QFontMetrics(uiFont(12, QFont::Medium)).horizontalAdvance(text + stored) < m_map->width();
    m_place->setText((fits ? text : shortText) + stored);
    m_place->setToolTip(text + stored);
    if (m_places && m_largest->rowCount() == 0)
        m_largest->showValues(m_places->largestValues, mean, deviation);
}

void TensorPanel::ended()
{
    refreshPlace();
    emit settled();
}

void TensorPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_info && hasNumbers(*m_info))
        m_readSoon.start();
}

void TensorPanel::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    m_open->setText(width() < 360 * theme().typeScale ? tr("Quantize") : tr("Open in Quantize"));
    m_open->setToolTip(tr("Open this tensor on the Quantize page"));
    refreshPlace();
}

/// Kurtosis, outliers and quantiles to the last digit: the values once more, for types wider than 16 bits.
void TensorPanel::summarizeExactly()
{
    m_summarizing->start(
        [model = m_model, info = *m_info](Progress progress) { return summarize(*model, info, std::move(progress)); },
        [this](const Result<Summary>& summary) {
            if (!summary) {
                if (summary.error().kind != Error::Kind::Cancelled)
                    emit problem(QString::fromStdString(summary.error().message));
                return;
            }
            m_summary = *summary;
            m_summaryIsExact = true;
            m_statistics->showSummary(m_summary, true);
            m_largest->showValues({}, 0, 0);
            refreshPlace();
            refreshHead();
            refreshHistogram();
        });
}

void TensorPanel::setFacts(const TensorFacts* facts, double threshold)
{
    m_facts = facts ? std::optional(*facts) : std::nullopt;
    m_threshold = threshold;
    refreshHead();
}

void TensorPanel::setScheme(const QuantizationScheme& scheme, const QString& name)
{
    m_scheme = scheme;
    m_schemeName = name;
    m_spans.reset();
    m_spanning->cancel();
    if (m_info && hasNumbers(*m_info))
        m_readSoon.start();
    findLevels();
    refreshPlace();
    refreshHead();
    refreshHistogram();
}

void TensorPanel::refreshHead()
{
    const bool isMatrix = m_info && isWeightMatrix(*m_info);
    const bool isKnown = isMatrix && m_facts && m_facts->sqnrState == TensorFacts::Sqnr::Known;
    const bool isRefused = isMatrix && m_facts && m_facts->sqnrState == TensorFacts::Sqnr::Refused;
    m_sqnr->setVisible(isMatrix && !isRefused);
    m_sqnr->setText(isKnown ? decibelText(m_facts->sqnrDb) : QStringLiteral("…"));
    m_sqnr->setTone(isKnown && m_facts->sqnrDb < m_threshold ? TextTone::Error : TextTone::Normal);
    m_sqnrUnit->setText(!m_info      ? QString()
                        : isRefused  ? tr("%1 does not fit its shape").arg(m_schemeName)
                        : isMatrix   ? tr("dB SQNR at %1").arg(m_schemeName)
                                     : tr("kept in %1: no matrix of real numbers").arg(QString::fromStdString(m_info->typeName)));
    if (!m_summary || m_summary->standardDeviation == 0) {
        m_outliers->clear();
        return;
    }
    const double largest = std::max(m_summary->max - m_summary->mean, m_summary->mean - m_summary->min);
    const QString reach = roundedNumber(largest / m_summary->standardDeviation, 3);
    m_outliers->setText(m_summary->outliers == 0 ? tr("no outliers, to %1 σ").arg(reach)
                        : m_summary->outliers == 1 ? tr("1 outlier, at %1 σ").arg(reach)
                                                   : tr("%1 outliers, to %2 σ").arg(wholeNumber(double(m_summary->outliers)), reach));
    m_outliers->setTone(m_summary->outliers > 0 ? TextTone::Error : TextTone::Muted);
}

void TensorPanel::refreshHistogram()
{
    std::vector<LevelRange> ranges;
    if (m_levels && !m_levels->levels.empty()) {
        const std::vector<double>& levels = m_levels->levels;
        ranges.push_back({tr("%1 levels for the whole tensor").arg(wholeNumber(double(levels.size()))),
                          tr("%1 levels").arg(wholeNumber(double(levels.size()))), levels.front(), levels.back(), levels, false});
    }
    if (m_spans && !m_spans->median.levels.empty() && !m_spans->widest.levels.empty()) {
        const bool isChannel = m_scheme.granularity.kind == Granularity::Kind::Channel;
        const LevelMap& median = m_spans->median;
        const LevelMap& widest = m_spans->widest;
        const QString levels = wholeNumber(double(widest.levels.size()));
        ranges.push_back({isChannel ? tr("levels of the median channel") : tr("levels of the median group"), tr("median"),
                          median.levels.front(), median.levels.back(), median.levels, false});
        ranges.push_back({isChannel ? tr("widest channel: its weights share these %1 levels").arg(levels)
                                    : tr("widest group: %1 weights share these %2 levels").arg(wholeNumber(double(m_scheme.granularity.group)), levels),
                          isChannel ? tr("widest channel") : tr("widest group of %1").arg(wholeNumber(double(m_scheme.granularity.group))),
                          widest.levels.front(), widest.levels.back(), widest.levels, true});
    }
    m_histogram->setContent(m_counts, m_summary, std::move(ranges));
}

bool TensorPanel::isSettled() const
{
    if (!m_info || !hasNumbers(*m_info) || !isVisible())
        return true;
    return m_counts && !m_readSoon.isActive() && !m_levelling->isRunning() && !m_summarizing->isRunning() && !m_placing->isRunning()
        && !m_spanning->isRunning() && m_map->isSettled();
}

QJsonObject TensorPanel::state() const
{
    QJsonObject state{{QStringLiteral("tab"), m_tabs->current()}, {QStringLiteral("lens"), m_map->lensColumns()}};
    if (m_places)
        state[u"focus"] = QJsonArray{qint64(m_map->focusPlace().row), qint64(m_map->focusPlace().column)};
    return state;
}

void TensorPanel::setState(const QJsonObject& state)
{
    showTab(state[u"tab"].toString());
    const QJsonArray focus = state[u"focus"].toArray();
    const int lens = state[u"lens"].toInt(8);
    if (m_places && focus.size() == 2) {
        m_map->showPlace({focus[0].toInteger(), focus[1].toInteger()}, lens);
        refreshPlace();
    } else {
        m_wantedPlace = state;
        m_map->showPlace(m_map->focusPlace(), lens);
    }
}

void TensorPanel::showTab(const QString& id)
{
    const bool isStatistics = id == u"statistics", isLargest = id == u"largest";
    m_stack->setCurrentIndex(isStatistics ? 1 : isLargest ? 2 : 0);
    m_tabs->setCurrent(isStatistics || isLargest ? id : QStringLiteral("map"));
}

}  // namespace quantoscope
