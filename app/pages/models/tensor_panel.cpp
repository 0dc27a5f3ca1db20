// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/tensor_panel.h"

#include "app/pages/models/elided_label.h"
#include "app/pages/models/model_scan.h"
#include "app/pages/models/statistics_list.h"
#include "app/pages/models/weight_histogram.h"
#include "widgets/background_job.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

TensorPanel::TensorPanel(QWidget* parent)
    : QWidget(parent)
    , m_summarizing(new BackgroundJob(Pool::Bulk, this))
{
    build();
    connect(m_summarizing, &BackgroundJob::finished, this, &TensorPanel::settled);
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
    auto* open = new PushButton(tr("Open in Quantize"), PushButton::Role::Quiet, this);
    open->setObjectName(QStringLiteral("openInQuantize"));
    sqnrLine->addWidget(open, 0, Qt::AlignVCenter);
    connect(open, &QAbstractButton::clicked, this, &TensorPanel::openRequested);
    head->addLayout(sqnrLine);
    head->addSpacing(space::tight);
    head->addWidget(m_histogram = new WeightHistogram(this), 1);

    m_tabs = new TabStrip(this);
    m_tabs->addTab(QStringLiteral("statistics"), tr("Statistics"));
    m_tabCard->titleLine()->insertWidget(0, m_tabs);
    auto* sheets = new QWidget(this);
    m_stack = new QStackedLayout(sheets);
    m_stack->addWidget(m_statistics = new StatisticsList(this));
    m_tabCard->body()->addWidget(sheets, 1);
    connect(m_tabs, &TabStrip::chosen, this, [this](const QString& id) {
        setState({{QStringLiteral("tab"), id}});
        emit changed(tr("show %1").arg(id), {});
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
    m_summarizing->cancel();
    const QString name = info ? QString::fromStdString(info->name) : tr("No tensor is chosen");
    static_cast<ElidedLabel*>(m_name)->setText(name);
    m_shape->setText(info ? shapeWords(info->shape) + QStringLiteral(" · ") + QString::fromStdString(info->typeName) : QString());
    findChild<PushButton*>(QStringLiteral("openInQuantize"))->setVisible(info && hasNumbers(*info));
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
            summarizeExactly();
    }
    refreshHead();
    refreshHistogram();
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
    m_outliers->setText(m_summary->outliers == 0 ? tr("no outliers, largest at %1 σ").arg(reach)
                        : m_summary->outliers == 1 ? tr("1 outlier, at %1 σ").arg(reach)
                                                   : tr("%1 outliers, largest at %2 σ").arg(wholeNumber(double(m_summary->outliers)), reach));
    m_outliers->setTone(m_summary->outliers > 0 ? TextTone::Error : TextTone::Muted);
}

void TensorPanel::refreshHistogram()
{
    std::vector<LevelRange> ranges;
    if (m_counts && m_counts->totals().finite > 0 && m_info && isWeightMatrix(*m_info) && isAnsweredByCounts(m_scheme)) {
        const LevelMap map = levelMapOf(m_scheme, *m_counts);
        if (!map.levels.empty())
            ranges.push_back({tr("%1 levels for the whole tensor").arg(wholeNumber(double(map.levels.size()))),
                              map.levels.front(), map.levels.back(), map.levels, false});
    }
    m_histogram->setContent(m_counts, m_summary, std::move(ranges));
}

bool TensorPanel::isSettled() const
{
    return !m_summarizing->isRunning() && (!m_info || !hasNumbers(*m_info) || m_counts);
}

QJsonObject TensorPanel::state() const
{
    return {{QStringLiteral("tab"), m_tabs->current()}};
}

void TensorPanel::setState(const QJsonObject& state)
{
    const QString tab = state[u"tab"].toString(QStringLiteral("statistics"));
    if (tab == u"statistics")
        m_stack->setCurrentWidget(m_statistics);
    m_tabs->setCurrent(tab);
}

}  // namespace quantoscope
