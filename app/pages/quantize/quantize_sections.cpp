// SPDX-License-Identifier: GPL-3.0-or-later
// Which sections the figure has, which of them is seen, and who stands where in it.
#include "app/pages/quantize/activation_panel.h"
#include "app/pages/quantize/comparison_panel.h"
#include "app/pages/quantize/mark_list.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/result_panel.h"
#include "app/pages/quantize/scheme_comparison.h"
#include "app/pages/quantize/source_bar.h"
#include "core/quantization/element.h"
#include "app/pages/quantize/weight_panel.h"
#include "widgets/controls.h"
#include "widgets/cost_curve.h"
#include "widgets/scheme_editor.h"
#include "widgets/theme.h"

#include <QGridLayout>
#include <QJsonArray>

#include <algorithm>

namespace quantoscope {

namespace {

struct Section {
    const char* id;
    const char* name;      ///< Translated where it is shown.
    const char* sentence;
};
constexpr Section sections[] = {
    {"weights", QT_TRANSLATE_NOOP("QuantizeFigure", "Weights"), QT_TRANSLATE_NOOP("QuantizeFigure", "Before and after, one scheme")},
    {"compare", QT_TRANSLATE_NOOP("QuantizeFigure", "Compare"),
     QT_TRANSLATE_NOOP("QuantizeFigure", "Up to four schemes side by side, and error against bits")},
    {"activations", QT_TRANSLATE_NOOP("QuantizeFigure", "Activations"),
     QT_TRANSLATE_NOOP("QuantizeFigure", "Static and dynamic ranges on a stream that drifts")},
};

}  // namespace

void QuantizeFigure::buildSections()
{
    m_sections->setAccessibleName(tr("Section"));
    for (const Section& section : sections)
        m_sections->addSegment(QLatin1String(section.id), tr(section.name), tr(section.sentence));
    m_sections->setCurrent(m_section);
    m_comparison = new SchemeComparison(this);
    m_comparePanel = new ComparisonPanel(*m_study, *m_comparison, this);
    m_activations = new ActivationPanel(this);
    // Rows of their own: items that share cells with hidden ones lose the spacing between them.
    int row = 3;
    for (QWidget* panel : {static_cast<QWidget*>(m_comparePanel), static_cast<QWidget*>(m_activations)}) {
        panel->hide();
        m_grid->addWidget(panel, row++, 0, 1, 2);
    }
}

void QuantizeFigure::connectSections()
{
    connect(m_sections, &SegmentedControl::chosen, this, &QuantizeFigure::chooseSection);
    connect(m_comparePanel, &ComparisonPanel::keepRequested, this, &QuantizeFigure::keepScheme);
    connect(m_comparePanel, &ComparisonPanel::removeRequested, this, [this](int index) {
        m_comparison->remove(index);
        emit changed(tr("take a scheme away"), {});
    });
    connect(m_activations, &ActivationPanel::changed, this, &Figure::changed);
    connect(m_activations, &ActivationPanel::settled, this, [this] {
        if (isSettled())
            emit settled();
    });
    connect(m_comparison, &SchemeComparison::changed, this, [this] {
        if (isSettled())
            emit settled();
    });
}

void QuantizeFigure::showSection(const QString& id)
{
    const auto* found = std::find_if(std::begin(sections), std::end(sections), [&](const Section& section) { return id == QLatin1String(section.id); });
    m_section = found == std::end(sections) ? QStringLiteral("weights") : id;
    m_sections->setCurrent(m_section);
    m_comparison->setActive(m_section == u"compare");
    m_activations->setActive(m_section == u"activations");
    arrange();
    m_comparePanel->refresh();
}

/// By the person; an empty id is the next one.
void QuantizeFigure::chooseSection(const QString& id)
{
    QString wanted = id;
    if (wanted.isEmpty()) {
        const auto* now = std::find_if(std::begin(sections), std::end(sections),
                                       [&](const Section& section) { return m_section == QLatin1String(section.id); });
        const auto* next = now + 1 == std::end(sections) ? std::begin(sections) : now + 1;
        wanted = QLatin1String(next->id);
    }
    showSection(wanted);
    emit changed(tr("show %1").arg(wanted), {});
}

void QuantizeFigure::keepScheme()
{
    if (!m_comparison->keep(m_study->compensatedScheme()))
        return;
    emit changed(tr("keep %1").arg(presentName()), {});
}

void QuantizeFigure::saveSection(QJsonObject& state) const
{
    if (m_section != u"weights")
        state[u"section"] = m_section;
    if (const QJsonObject stream = m_activations->state(); !stream.isEmpty())
        state[u"activations"] = stream;
    if (m_details->current() != u"clip")
        state[u"detail"] = m_details->current();
    if (m_weight->index())
        state[u"weight"] = qint64(*m_weight->index());
    if (m_weight->flip())
        state[u"flip"] = QStringLiteral("0x%1").arg(*m_weight->flip(), 0, 16);
    QJsonArray kept;
    for (int i = 0; i < m_comparison->count(); ++i)
        kept.append(QString::fromStdString(schemeText(m_comparison->kept(i).compensatedScheme())));
    if (!kept.isEmpty())
        state[u"kept"] = kept;
}

void QuantizeFigure::restoreSection(const QJsonObject& state)
{
    std::vector<CompensatedScheme> schemes;
    for (const QJsonValue& text : state[u"kept"].toArray()) {
        const auto scheme = parseCompensatedScheme(text.toString().toStdString());
        if (scheme)
            schemes.push_back(*scheme);
        else
            emit problem(QString::fromStdString(scheme.error().message));
    }
    m_comparison->setSchemes(schemes);
    m_weight->setIndex(state[u"weight"].isDouble() ? std::optional(std::int64_t(state[u"weight"].toInteger())) : std::nullopt);
    bool isCode = false;
    const std::uint64_t flip = state[u"flip"].toString().toULongLong(&isCode, 0);
    m_weight->setFlip(isCode ? std::optional(flip) : std::nullopt);
    showDetail(state[u"detail"].toString(QStringLiteral("clip")));
    m_activations->setState(state[u"activations"].toObject());
    showSection(state[u"section"].toString(QStringLiteral("weights")));
}

/// Who is seen where: everything on a desk, less of it in a small window, a lesson or a hall.
void QuantizeFigure::arrange()
{
    // A hall's type is larger than the theme's: what fits is measured in what is drawn.
    const double scale = uiFont(13).pixelSize() / 13.0;
    const bool small = width() < 1120 * scale || height() < 640 * scale;
    const bool all = m_only.isEmpty();
    const auto wanted = [&](const char* name) { return all || m_only.contains(QLatin1String(name)); };
    m_grid->setSpacing(small ? space::small : space::normal);
    QStringList words = m_only;
    for (const char* other : {"source", "view", "curve", "result", "marks"})
        words.removeAll(QLatin1String(other));
    m_editor->setCompact(small);
    m_editor->showOnly(words);
    arrangeCompensation(all, small);
    const bool narrow = width() < 620 * scale;
    m_sections->setVisible(all && !narrow && !m_isPresenting);
    // A lesson's figure and a narrow one have the first section only.
    const bool showWeights = m_section == u"weights" || !all || narrow;
    m_comparePanel->setVisible(!showWeights && m_section == u"compare");
    m_activations->setVisible(!showWeights && m_section == u"activations");
    m_pictureCard->setVisible(showWeights);
    m_grid->setRowStretch(2, showWeights ? 1 : 0);
    m_grid->setRowStretch(3, m_comparePanel->isVisibleTo(this) ? 1 : 0);
    m_grid->setRowStretch(4, m_activations->isVisibleTo(this) ? 1 : 0);
    m_schemeCard->setVisible(all || !words.isEmpty());
    m_sourceBar->setCompact(small);
    m_sourceBar->setFixed(!wanted("source") || m_isPresenting);
    m_scale->setVisible(wanted("view") && !m_isPresenting);
    const bool hasCurve = m_study->largestPosition() > 0 && m_study->isAnsweredByCounts() && m_study->scheme().kind == QuantizationScheme::Kind::Uniform;
    const bool showCurve = showWeights && wanted("curve") && !m_isPresenting && !narrow && (all || hasCurve);
    m_resultCard->setVisible(showWeights && wanted("result") && !narrow);
    m_curveCard->setVisible(showCurve);
    arrangeDetails(all, scale);
    const int column = int(std::clamp(width() * 0.27, 232.0, 372.0) * std::max(1.0, scale * 0.95));
    m_grid->setColumnMinimumWidth(1, m_resultCard->isVisibleTo(this) || showCurve ? column : 0);
}

}  // namespace quantoscope
