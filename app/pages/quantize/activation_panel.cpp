// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/activation_panel.h"

#include "app/pages/quantize/stream_plot.h"
#include "app/pages/quantize/fact_table.h"
#include "widgets/background_job.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

constexpr int calibrations[] = {1, 4, 8, 16, 30};
constexpr double drifts[] = {0.5, 1, 1.5, 2, 4, 8};
struct Spikes {
    const char* id;
    int every;
    double factor;
};
constexpr Spikes spikes[] = {{"none", 0, 6}, {"12x3", 12, 3}, {"12x6", 12, 6}, {"12x20", 12, 20}, {"5x6", 5, 6}};

QString spikeId(const ActivationRecipe& recipe)
{
    return recipe.spikeEvery == 0 ? QStringLiteral("none") : QStringLiteral("%1x%2").arg(recipe.spikeEvery).arg(recipe.spike);
}

QString policyName(const RangePolicyRow& row)
{
    return QCoreApplication::translate("StreamPlot", row.name.data());
}

}  // namespace

ActivationPanel::ActivationPanel(QWidget* parent)
    : QWidget(parent)
    , m_job(new BackgroundJob(Pool::Interactive, this))
{
    build();
    connect(m_job, &BackgroundJob::finished, this, &ActivationPanel::settled);
    showAll();
}

ChoiceButton* ActivationPanel::addChoice(QBoxLayout* line, const char* id, const QString& word, const QString& spokenName)
{
    m_words.push_back(new TextLabel(word, 13, QFont::Normal, TextTone::Muted, this));
    line->addWidget(m_words.back());
    auto* button = new ChoiceButton(this);
    button->setObjectName(QLatin1String(id));
    button->setAccessibleName(spokenName);
    line->addWidget(button);
    connect(button, &ChoiceButton::chosen, this, [this, id](const QString& choice) { choose(QLatin1String(id), choice); });
    return button;
}

void ActivationPanel::build()
{
    auto* columns = new QHBoxLayout(this);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(space::normal);
    auto* card = new Card(this);
    card->layout()->setContentsMargins(space::gap, space::normal, space::gap, space::small);
    auto* line = new QHBoxLayout;
    line->setSpacing(6);
    m_bits = new TextLabel({}, 13, QFont::DemiBold, TextTone::Normal, this);
    line->addWidget(m_bits);
    m_calibration = addChoice(line, "calibration", tr("static from"), tr("Batches of the static range"));
    for (const int count : calibrations)
        m_calibration->addChoice(QString::number(count), count == 1 ? tr("1 batch") : tr("%1 batches").arg(count));
    m_drift = addChoice(line, "drift", tr("drift to"), tr("Drift"));
    for (const double drift : drifts)
        m_drift->addChoice(QString::number(drift), drift == 1 ? tr("none") : QStringLiteral("× %1").arg(drift));
    m_spikes = addChoice(line, "spikes", tr("spikes"), tr("Spikes"));
    for (const Spikes& row : spikes)
        m_spikes->addChoice(QLatin1String(row.id), row.every == 0 ? tr("none") : tr("× %1 every %2").arg(row.factor).arg(row.every));
    m_seed = new QSpinBox(this);
    m_seed->setPrefix(tr("seed "));
    m_seed->setRange(0, 999999);
    m_seed->setAccessibleName(tr("Seed of the stream"));
    line->addWidget(m_seed);
    line->addStretch(1);
    connect(m_seed, &QSpinBox::valueChanged, this, [this](int seed) {
        m_recipe.seed = std::uint64_t(seed);
        run();
        emit changed(tr("choose the seed"), QStringLiteral("activation seed"));
    });
    card->body()->addLayout(line);
    m_plot = new StreamPlot(this);
    card->body()->addWidget(m_plot, 1);
    columns->addWidget(card, 1);

    m_tableCard = new Card(this);
    m_tableCard->layout()->setContentsMargins(space::gap, space::normal, space::gap, space::small);
    m_tableCard->setTitle(tr("Static and dynamic"));
    m_table = new FactTable(this);
    m_table->setAccessibleName(tr("Static and dynamic ranges, figures"));
    m_verdict = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this);
    m_verdict->setWordWrap(true);
    m_tableCard->body()->addWidget(m_table);
    m_tableCard->body()->addStretch(1);
    m_tableCard->body()->addWidget(m_verdict);
    columns->addWidget(m_tableCard);
}

void ActivationPanel::choose(const QString& what, const QString& id)
{
    if (what == u"calibration")
        m_settings.calibration = id.toInt();
    else if (what == u"drift")
        m_recipe.drift = id.toDouble();
    for (const Spikes& row : spikes) {
        if (what == u"spikes" && id == QLatin1String(row.id)) {
            m_recipe.spikeEvery = row.every;
            m_recipe.spike = row.factor;
        }
    }
    run();
    emit changed(tr("choose the %1").arg(what), {});
}

void ActivationPanel::setBits(int bits)
{
    bits = std::clamp(bits, 2, 16);
    if (bits == m_settings.bits)
        return;
    m_settings.bits = bits;
    run();
}

void ActivationPanel::setActive(bool active)
{
    m_isActive = active;
    if (active && m_isStale)
        run();
}

void ActivationPanel::run()
{
    m_isStale = true;
    showAll();
    if (!m_isActive)
        return;
    m_isStale = false;
    m_job->start(
        [recipe = m_recipe, settings = m_settings](const Progress& progress) {
            return std::make_shared<const StreamReport>(runActivationStream(recipe, settings, progress));
        },
        [this](std::shared_ptr<const StreamReport> report) {
            m_report = std::move(report);
            showAll();
        });
}

/// Controls, plot and figures of what is chosen and known.
void ActivationPanel::showAll()
{
    m_bits->setText(tr("INT%1").arg(m_settings.bits));
    m_calibration->setCurrent(QString::number(m_settings.calibration),
                              m_settings.calibration == 1 ? tr("1 batch") : tr("%1 batches").arg(m_settings.calibration));
    m_drift->setCurrent(QString::number(m_recipe.drift), m_recipe.drift == 1 ? tr("none") : QStringLiteral("× %1").arg(m_recipe.drift));
    m_spikes->setCurrent(spikeId(m_recipe),
                         m_recipe.spikeEvery == 0 ? tr("none") : tr("× %1 every %2").arg(m_recipe.spike).arg(m_recipe.spikeEvery));
    const QSignalBlocker blocker(m_seed);
    m_seed->setValue(int(m_recipe.seed));
    showSeed();
    m_plot->setReport(m_report, m_recipe, m_settings.calibration);
    if (!m_report)
        return;
    std::vector<FactTable::Row> rows;
    double best = -INFINITY;
    for (const RangePolicyRow& policy : rangePolicies())
        best = std::max(best, m_report->sqnrDb(policy.policy, 0, m_recipe.batches));
    for (const RangePolicyRow& policy : rangePolicies()) {
        const auto points = m_report->of(policy.policy);
        if (points.empty())
            continue;
        double saturated = 0;
        for (const StreamPoint& point : points)
            saturated = std::max(saturated, point.saturated);
        const double all = m_report->sqnrDb(policy.policy, 0, m_recipe.batches);
        FactTable::Row row;
        row.name = policyName(policy);
        row.figure = decibelText(all) + QStringLiteral(" dB");
        row.isBest = all == best;
        row.figures = {{tr("after the drift began"), decibelText(m_report->sqnrDb(policy.policy, m_recipe.driftFrom, m_recipe.batches)) + QStringLiteral(" dB")},
                       {tr("most saturated batch"), saturated > 0 ? percentText(saturated) : tr("none")},
                       {tr("values read before storing"), wholeNumber(double(points.back().readBefore))},
                       {tr("scales a batch"), wholeNumber(double(points.back().scales))}};
        rows.push_back(std::move(row));
    }
    m_table->setRows(std::move(rows));
    const int first = m_report->firstSaturated(RangePolicy::Static, 0.01);
    m_verdict->setText((first < 0 ? tr("The static range never saturates more than 1 % of a batch.")
                                  : tr("The static range saturates more than 1 % first in batch %1.").arg(first))
                       + u' ' + tr("A made stream of %1 tokens × %2 channels a batch, not a measurement.").arg(m_recipe.tokens).arg(m_recipe.channels));
}

bool ActivationPanel::isSettled() const
{
    return !m_isActive || (!m_job->isRunning() && !m_isStale);
}

QJsonObject ActivationPanel::state() const
{
    QJsonObject state;
    const ActivationRecipe first;
    if (m_recipe == first && m_settings.calibration == StreamSettings().calibration)
        return state;
    state[u"calibration"] = m_settings.calibration;
    state[u"drift"] = m_recipe.drift;
    state[u"spikeEvery"] = m_recipe.spikeEvery;
    state[u"spike"] = m_recipe.spike;
    state[u"seed"] = qint64(m_recipe.seed);
    return state;
}

void ActivationPanel::setState(const QJsonObject& state)
{
    const ActivationRecipe first;
    const auto number = [&](const char* key, double value, double low, double high) {
        return std::clamp(state[QLatin1String(key)].toDouble(value), low, high);
    };
    ActivationRecipe recipe = first;
    recipe.drift = number("drift", first.drift, 0.01, 100);
    recipe.spikeEvery = int(number("spikeEvery", first.spikeEvery, 0, 1000));
    recipe.spike = number("spike", first.spike, 1, 1000);
    recipe.seed = std::uint64_t(number("seed", double(first.seed), 0, 999999));
    const int calibration = int(number("calibration", StreamSettings().calibration, 1, 1000));
    if (recipe == m_recipe && calibration == m_settings.calibration)
        return;
    m_recipe = recipe;
    m_settings.calibration = calibration;
    run();
}

QByteArray ActivationPanel::csv() const
{
    QByteArray table = "batch,policy,largest,range,saturated,SQNR dB,values read before\n";
    if (!m_report)
        return table;
    const auto number = [](double value) { return QByteArray::number(value, 'g', 17); };
    for (std::size_t batch = 0; batch < m_report->largest.size(); ++batch) {
        for (const RangePolicyRow& row : rangePolicies()) {
            const StreamPoint& point = m_report->of(row.policy)[batch];
            table += QByteArray::number(qlonglong(batch)) + ',' + QByteArray(row.id.data(), qsizetype(row.id.size())) + ','
                   + number(m_report->largest[batch]) + ',' + number(point.range) + ',' + number(point.saturated) + ','
                   + number(point.sqnrDb) + ',' + QByteArray::number(qlonglong(point.readBefore)) + '\n';
        }
    }
    return table;
}

void ActivationPanel::resizeEvent(QResizeEvent*)
{
    const double scale = uiFont(13).pixelSize() / 13.0;
    m_tableCard->setFixedWidth(int(std::clamp(width() * 0.27, 240.0, 372.0) * std::max(1.0, scale * 0.95)));
    m_verdict->setVisible(height() >= 520 * scale);
    // In little width the choices come before the words beside them; where a presenter's letters leave no room for the
    // seed among them, it stands over the figures.
    m_isTight = width() < 760 * scale;
    m_bits->setVisible(width() >= 1000 * scale);
    m_seed->setVisible(!m_isTight);
    m_words[0]->setText(m_isTight ? tr("static") : tr("static from"));
    m_words[1]->setText(m_isTight ? tr("drift") : tr("drift to"));
    showSeed();
}

void ActivationPanel::showSeed()
{
    m_tableCard->setTitle(tr("Static and dynamic"), m_isTight ? tr("seed %1").arg(m_recipe.seed) : QString());
}

}  // namespace quantoscope
