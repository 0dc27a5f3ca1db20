// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/comparison_panel.h"

#include "app/pages/quantize/comparison_view.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/rate_plot.h"
#include "widgets/scheme_editor.h"
#include "widgets/scheme_words.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// What is known of a study: exact figures, else those of a sample.
const QuantizationError* errorOfStudy(const QuantizationStudy& study)
{
    return study.error() ? &*study.error() : study.sampled() ? &study.sampled()->error : nullptr;
}

bool isEstimate(const QuantizationStudy& study)
{
    return !study.error() && study.sampled();
}

ComparisonView::Column columnOf(const QuantizationStudy& study, bool isPresent)
{
    ComparisonView::Column column;
    column.name = SchemeEditor::shortName(study.scheme());
    if (study.scheme().kind == QuantizationScheme::Kind::Codebook)
        column.name = ComparisonPanel::tr("%1 levels, %2").arg(study.scheme().levels).arg(nameOfFit(study.scheme().fit));
    if (const qsizetype comma = column.name.indexOf(QStringLiteral(", ")); comma > 0) {
        column.note = column.name.mid(comma + 2);
        column.name.truncate(comma);
    }
    if (study.method()) {
        const QString method = QString::fromUtf8(study.method()->name.data(), qsizetype(study.method()->name.size()));
        column.note = column.note.isEmpty() ? method : ComparisonPanel::tr("%1, %2").arg(method, column.note);
    }
    column.isPresent = isPresent;
    column.content.map = study.map();
    column.content.dequantized = study.dequantized();
    const QuantizationError* error = errorOfStudy(study);
    if (study.map() && error)
        column.content.error = *error;
    if (isEstimate(study))
        column.note = ComparisonPanel::tr("≈ from a sample, ± %1 dB").arg(roundedNumber(std::max(0.01, study.sampled()->sqnrUncertainty), 1));
    if (!error) {
        column.note = ComparisonPanel::tr("being quantized …");
        return column;
    }
    const double clipped = error->clippedLow + error->clippedHigh;
    column.figures = {decibelText(error->sqnrDb) + QStringLiteral(" dB"),
                      study.outputs() ? decibelText(study.outputs()->sqnrDb) + QStringLiteral(" dB") : QStringLiteral("–"),
                      roundedNumber(error->meanSquaredError, 3),
                      roundedNumber(error->largestError, 3),
                      clipped > 0 ? percentText(clipped / std::max(1.0, error->count)) : ComparisonPanel::tr("none"),
                      error->levelsUsed > 0 ? QString::number(error->levelsUsed) : QStringLiteral("–"),
                      cutNumber(study.bitsPerWeight(), 4),
                      wholeNumber(study.bytes())};
    return column;
}

}  // namespace

ComparisonPanel::ComparisonPanel(const QuantizationStudy& present, SchemeComparison& comparison, QWidget* parent)
    : QWidget(parent)
    , m_present(present)
    , m_comparison(comparison)
    , m_layout(new QBoxLayout(QBoxLayout::LeftToRight, this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(space::normal);
    auto* card = new Card(this);
    card->layout()->setContentsMargins(space::gap, space::normal, space::gap, space::small);
    m_view = new ComparisonView(this);
    m_keep = new PushButton(tr("Keep the present scheme"), PushButton::Role::Primary, this);
    m_keep->setKeyHint(QStringLiteral("K"));
    m_keep->setObjectName(QStringLiteral("keepScheme"));
    auto* line = new QHBoxLayout;
    line->addWidget(new TextLabel(tr("Side by side"), 15, QFont::DemiBold, TextTone::Normal, this));
    auto* hint = new TextLabel(tr("every axis is shared"), 12, QFont::Normal, TextTone::Muted, this);
    hint->setElides(true);
    line->addWidget(hint, 1);
    line->addWidget(m_keep);
    card->body()->addLayout(line);
    card->body()->addWidget(m_view, 1);
    m_layout->addWidget(card, 1);

    m_plotCard = new Card(this);
    m_plotCard->layout()->setContentsMargins(space::gap, space::normal, space::gap, space::small);
    m_plotCard->setTitle(tr("Error against bits"));
    m_plot = new RatePlot(this);
    m_bound = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this);
    m_bound->setWordWrap(true);
    m_plotCard->body()->addWidget(m_plot, 1);
    m_plotCard->body()->addWidget(m_bound);
    m_layout->addWidget(m_plotCard);

    connect(m_keep, &QAbstractButton::clicked, this, &ComparisonPanel::keepRequested);
    connect(m_view, &ComparisonView::removeRequested, this, [this](int column) { emit removeRequested(column - 1); });
    connect(&m_comparison, &SchemeComparison::changed, this, &ComparisonPanel::refresh);
}

void ComparisonPanel::refresh()
{
    if (!isVisible())
        return;
    ComparisonView::Content content;
    content.counts = m_present.counts();
    content.rows = {tr("SQNR"), tr("Outputs X·Wᵀ"), tr("Mean squared error"), tr("Largest error"), tr("Clipped"),
                    tr("Levels used"), tr("Bits per weight"), tr("Bytes")};
    std::vector<const QuantizationStudy*> studies{&m_present};
    for (int i = 0; i < m_comparison.count(); ++i)
        studies.push_back(&m_comparison.kept(i));
    double best = -INFINITY;
    for (const QuantizationStudy* study : studies) {
        if (const QuantizationError* error = errorOfStudy(*study))
            best = std::max(best, error->sqnrDb);
    }
    RatePlot::Content plot;
    for (const QuantizationStudy* study : studies) {
        content.columns.push_back(columnOf(*study, study == &m_present));
        const QuantizationError* error = errorOfStudy(*study);
        if (!error)
            continue;
        content.columns.back().isBest = error->sqnrDb == best;
        plot.marks.push_back({QString::number(content.columns.size()), content.columns.back().name,
                              {study->bitsPerWeight(), error->sqnrDb}, study == &m_present, isEstimate(*study)});
    }
    const RateFamilies& families = m_comparison.families();
    const auto line = [&](const QString& name, const std::vector<RatePoint>& points) {
        RatePlot::Line made{name, {}, false};
        for (const RatePoint& point : points)
            made.points.push_back({point.bitsPerWeight, point.sqnrDb});
        if (!made.points.empty())
            plot.lines.push_back(std::move(made));
    };
    line(tr("integers, best clip"), families.uniform);
    line(tr("optimal levels"), families.fitted);
    const auto limit = [&](const QString& name, double offset) {
        RatePlot::Line made{name, {}, true};
        for (int bits = 0; bits <= 32; ++bits)
            made.points.push_back({bits / 2.0, offset + decibelsPerBit * bits / 2});
        plot.lines.push_back(std::move(made));
    };
    limit(tr("limit: 6.02 dB per bit"), 0);
    m_bound->setText(families.bound
                         ? tr("Limit of these weights: %1 dB above that of a normal distribution, from their entropy of %2 bits. "
                              "It holds for independent weights that are coded one by one or together.")
                               .arg(fixedNumber(families.bound->offsetDb, 1), fixedNumber(families.bound->entropyBits, 2))
                         : tr("These weights have no density to speak of, so only the limit of a normal distribution is drawn."));
    if (families.bound && std::abs(families.bound->offsetDb) > 0.15)
        limit(tr("limit of these weights"), families.bound->offsetDb);
    // In little height the pictures come before the figures that follow from others.
    if (height() < 520 * uiFont(13).pixelSize() / 13.0) {
        for (const int row : {7, 5, 4, 2}) {
            content.rows.removeAt(row);
            for (ComparisonView::Column& column : content.columns)
                if (column.figures.size() > std::size_t(row))
                    column.figures.erase(column.figures.begin() + row);
        }
    }
    // Without inputs nothing is known of the outputs.
    const bool hasOutputs = std::any_of(studies.begin(), studies.end(), [](const QuantizationStudy* study) { return study->outputs().has_value(); });
    if (!hasOutputs) {
        content.rows.removeAt(1);
        for (ComparisonView::Column& column : content.columns)
            if (column.figures.size() > 1)
                column.figures.erase(column.figures.begin() + 1);
    }
    m_keep->setEnabled(m_comparison.count() + 1 < SchemeComparison::most);
    m_view->setContent(std::move(content));
    m_plot->setContent(std::move(plot));
}

void ComparisonPanel::resizeEvent(QResizeEvent*)
{
    const double scale = uiFont(13).pixelSize() / 13.0;
    m_plotCard->setFixedWidth(int(std::clamp(width() * 0.3, 220.0, 420.0 * scale)));
    m_bound->setVisible(height() >= 560 * scale);
    refresh();
}

}  // namespace quantoscope
