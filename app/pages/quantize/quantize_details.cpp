// SPDX-License-Identifier: GPL-3.0-or-later
// The card beside the picture: where to clip, every channel, one weight.
#include "app/pages/quantize/channel_panel.h"
#include "app/pages/quantize/mark_list.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/weight_panel.h"
#include "app/pages/quantize/words_panel.h"
#include "widgets/controls.h"
#include "widgets/cost_curve.h"
#include "widgets/theme.h"

#include <QStackedWidget>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

void QuantizeFigure::buildDetails()
{
    m_curveCard->body()->setSpacing(space::small);
    m_details = new TabStrip(this);
    m_details->addTab(QStringLiteral("clip"), tr("Clip"));
    m_details->addTab(QStringLiteral("channels"), tr("Channels"));
    m_details->addTab(QStringLiteral("weight"), tr("One weight"));
    m_details->setAccessibleName(tr("Detail"));
    m_curveTitle = new TextLabel(tr("SQNR against clip, dB, higher is better"), 12, QFont::Normal, TextTone::Muted, this);
    m_curveTitle->setElides(true);
    m_curve = new CostCurve(this);
    m_marks = new MarkList(this);
    m_rangeNote = new TextLabel(tr("Weights outside the handles are stored as the outermost level."), 12, QFont::Normal,
                                TextTone::Muted, this);
    m_rangeNote->setWordWrap(true);
    m_curveNote = new TextLabel({}, 13, QFont::Normal, TextTone::Muted, this);
    m_curveNote->setWordWrap(true);

    auto* clip = new QWidget(this);
    auto* body = new QVBoxLayout(clip);
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(space::small);
    body->addWidget(m_curveTitle);
    body->addWidget(m_curveNote);
    body->addWidget(m_curve, 1);
    body->addWidget(m_marks);
    body->addWidget(m_rangeNote);
    body->addStretch(0);
    m_channels = new ChannelPanel(this);
    m_weight = new WeightPanel(this);
    m_detailPages = new QStackedWidget(this);
    for (QWidget* page : {clip, static_cast<QWidget*>(m_channels), static_cast<QWidget*>(m_weight)})
        m_detailPages->addWidget(page);
    m_curveCard->body()->addWidget(m_details);
    m_curveCard->body()->addWidget(m_detailPages, 1);
}

void QuantizeFigure::connectDetails()
{
    connect(m_details, &TabStrip::chosen, this, &QuantizeFigure::chooseDetail);
    connect(m_view, &HistogramView::levelsMoved, this, &QuantizeFigure::moveLevels);
    connect(m_view, &HistogramView::weightPicked, this, [this](double value, double tolerance) {
        if (!m_curveCard->isVisible())
            return;
        showDetail(QStringLiteral("weight"));
        m_weight->findNear(value, tolerance);
    });
    connect(m_weight, &WeightPanel::chosen, this, [this] { emit changed(tr("ask about a weight"), QStringLiteral("weight")); });
    connect(m_weight, &WeightPanel::flipped, this, [this](const QString& step, const QString& mergeKey) {
        refreshDetails();
        emit changed(step, mergeKey);
    });
    connect(m_weight, &WeightPanel::numbersRequested, this, &QuantizeFigure::numbersRequested);
    connect(m_weight, &WeightPanel::problem, this, &Figure::problem);
    connect(m_channels, &ChannelPanel::problem, this, &Figure::problem);
    const auto settle = [this] {
        refreshDetails();
        if (isSettled())
            emit settled();
    };
    connect(m_weight, &WeightPanel::settled, this, settle);
    connect(m_channels, &ChannelPanel::settled, this, settle);
}

void QuantizeFigure::showDetail(const QString& id)
{
    const bool known = id == u"channels" || id == u"weight";
    m_details->setCurrent(known ? id : QStringLiteral("clip"));
    m_detailPages->setCurrentIndex(id == u"channels" ? 1 : id == u"weight" ? 2 : 0);
    refreshDetails();
    refreshResult();
}

/// By the person; an empty id is the next one.
void QuantizeFigure::chooseDetail(const QString& id)
{
    const QString now = m_details->current();
    const QString next = now == u"clip" ? QStringLiteral("channels") : now == u"channels" ? QStringLiteral("weight") : QStringLiteral("clip");
    showDetail(id.isEmpty() ? next : id);
    emit changed(tr("show %1").arg(m_details->current()), {});
}

void QuantizeFigure::refreshDetails()
{
    const QString id = m_details->current();
    const bool isSeen = m_curveCard->isVisibleTo(this);
    m_channels->setScheme(m_study->scheme());
    m_weight->setScheme(m_study->scheme());
    m_weight->setCompensation(m_study->method(), m_study->activations());
    m_weight->setHasWords(hasWordsOfWeight());
    m_channels->setActive(isSeen && id == u"channels");
    m_weight->setActive(isSeen && id == u"weight");
    const auto& weight = m_weight->weight();
    const bool isMarked = isSeen && id == u"weight" && weight && std::isfinite(weight->value);
    const auto change = changedWeight();
    m_view->setMarkedWeight(isMarked ? std::optional(MarkedWeight{weight->value, change && std::isfinite(change->value) ? change->value : weight->stored})
                                     : std::nullopt);
    emit changedWeightChanged();
}

/// Not under a method that looks at made inputs: it stores other codes than the model has, which reads its own.
bool QuantizeFigure::hasWordsOfWeight() const
{
    const CompensationMethod* const method = m_study->method();
    const bool hasOtherCodes = method && method->needsActivations && presentInputs() != u"sample";
    return !hasOtherCodes && hasEmbeddings(m_model);
}

std::optional<ChangedWeight> QuantizeFigure::changedWeight() const
{
    return m_curveCard->isVisibleTo(this) && m_details->current() == u"weight" ? m_weight->change() : std::nullopt;
}

bool QuantizeFigure::areDetailsSettled() const
{
    return m_weight->isSettled() && m_channels->isSettled();
}

/// What stands where there is no curve of clips.
QString QuantizeFigure::curveNote(bool isLow) const
{
    const QuantizationScheme& scheme = m_study->scheme();
    if (m_study->counts() && m_study->counts()->totals().finite == 0)
        return tr("No weight is finite: there is nothing to clip.");
    if (!(m_study->largestPosition() > 0))
        return tr("Every weight is 0, which every scheme stores as it is: there is nothing to clip.");
    if (scheme.kind == QuantizationScheme::Kind::Codebook && !m_study->method())
        return tr("SQNR by how the levels are chosen; the gap to the best stands beside it.");
    if (!m_study->compensations().empty())
        return isLow ? tr("dB of weights, of outputs X·Wᵀ") : tr("dB of the weights, and of the outputs X·Wᵀ, by how the codes are chosen:");
    if (m_study->method())
        return tr("What is stored follows from the inputs, not from one clip: the picture and the figures show it.");
    if (scheme.granularity.kind == Granularity::Kind::Tensor)
        return tr("A draw decides for every weight, so there is no curve that the counts could give.");
    return tr("Many ranges, so there is no one clip to plot: Channels shows each channel’s, and a click on the picture why one "
              "weight became what it is.");
}

void QuantizeFigure::arrangeDetails(bool all, double scale)
{
    const QuantizationScheme& scheme = m_study->scheme();
    const bool isCodebook = scheme.kind == QuantizationScheme::Kind::Codebook;
    const bool hasRange = m_study->largestPosition() > 0;   // Neither nothing but zeros nor nothing finite.
    const bool hasCurve = hasRange && m_study->isAnsweredByCounts() && scheme.kind == QuantizationScheme::Kind::Uniform;
    m_details->setVisible(all);
    if (!all)
        showDetail(QStringLiteral("clip"));
    m_curveTitle->setVisible(hasCurve);
    m_curveTitle->setText(height() < 600 * scale ? tr("SQNR against clip, dB") : tr("SQNR against clip, dB, higher is better"));
    m_curve->setVisible(hasCurve);
    m_curveNote->setVisible(!hasCurve);
    const bool hasMethods = !m_study->compensations().empty();
    m_curveNote->setText(curveNote(height() < 600 * scale));
    m_marks->setVisible(isCodebook || hasMethods || (hasCurve && all && height() >= 700 * scale));
    m_rangeNote->setVisible(hasCurve && all && height() >= 780 * scale);
    refreshDetails();
}

}  // namespace quantoscope
