// SPDX-License-Identifier: GPL-3.0-or-later
// How the figure shows what its study knows.
#include "app/pages/quantize/mark_list.h"
#include "app/pages/quantize/activation_panel.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/comparison_panel.h"
#include "app/pages/quantize/result_panel.h"
#include "app/pages/quantize/scheme_comparison.h"
#include "app/pages/quantize/source_bar.h"
#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "widgets/background_job.h"
#include "widgets/clip_slider.h"
#include "widgets/controls.h"
#include "widgets/cost_curve.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_editor.h"
#include "widgets/scheme_words.h"
#include "widgets/theme.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace quantoscope {

namespace {

QString plain(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

QString clipText(double low, double high)
{
    const auto end = [](double value) {
        return std::abs(value) >= 0.01 && std::abs(value) < 100 ? fixedNumber(value, 4) : roundedNumber(value, 3);
    };
    return low == -high ? QStringLiteral("±") + end(high) : end(low) + QStringLiteral(" … ") + end(high);
}

/// The methods in a word or two; those this program has no word for keep the core's name.
QString shortName(const CalibrationMark& mark)
{
    const auto clip = parseClip(mark.id);
    if (clip && clip->kind == Clip::Kind::LeastSquares)
        return QuantizeFigure::tr("least squares");
    if (clip && clip->kind == Clip::Kind::Entropy)
        return QuantizeFigure::tr("KL");
    if (clip)
        return SchemeEditor::clipName(*clip);
    return mark.id == "moving-average" ? QuantizeFigure::tr("moving average") : plain(mark.name);
}

/// Variants of a method, which go where there is no room for all.
bool isVariant(std::string_view id)
{
    return id == "percentile:99" || id == "percentile:99.99" || id.starts_with("aciq:");
}

/// The code of every level where many scales share them: whole numbers as they are, else their indices.
std::vector<std::int64_t> codesByLevel(const QuantizationScheme& scheme, std::size_t levels)
{
    std::vector<std::int64_t> codes(levels);
    const auto element = scheme.kind == QuantizationScheme::Kind::Uniform ? elementOf(scheme) : std::nullopt;
    const std::int64_t lowest = element && element->kind == Element::Kind::Integer ? codesOf(scheme, *element).lowest : 0;
    std::iota(codes.begin(), codes.end(), lowest);
    if (element && element->kind != Element::Kind::Integer)
        if (const auto known = levelsOf(*element); known.size() == levels)
            std::transform(known.begin(), known.end(), codes.begin(), [](const ElementLevel& level) { return level.code; });
    return codes;
}

/// How many digits of the mean squared error are certain.
int certainDigits(const QuantizationError& error)
{
    if (!(error.uncertainty > 0))
        return 3;
    return std::clamp(int(std::floor(-std::log10(error.uncertainty))), 1, 3);
}

}  // namespace

void QuantizeFigure::refresh()
{
    refreshPicture();
    const ClipRange now = m_study->range();
    m_editor->setPresentRange(now.low, now.high);
    m_editor->setPresentLevels(m_study->map() && m_study->map()->levels.size() <= 64 ? m_study->map()->levels : std::vector<double>());
    if (m_study->error())
        m_curve->setPresent(m_study->curvePosition(), m_study->error()->sqnrDb, presentMark() == u"hand");
    refreshMarks();
    refreshResult();
    m_comparePanel->refresh();
    refreshDetails();
    refreshCompensation();
    m_activations->setBits(codeBits(m_study->scheme()));
    emit readingsChanged();
}

/// The packed format of a scheme, where it is one.
static const BlockFormat* blockOf(const QuantizationScheme& scheme)
{
    return scheme.kind == QuantizationScheme::Kind::Block ? findBlockFormat(scheme.element) : nullptr;
}

void QuantizeFigure::refreshPicture()
{
    HistogramContent content;
    content.counts = m_study->counts();
    content.map = m_study->map();
    if (m_study->error())
        content.error = *m_study->error();
    content.dequantized = m_study->dequantized();
    if (!content.map)
        content.codes = codesByLevel(m_study->scheme(), content.error.perLevel.size());
    content.isSymmetric = m_study->scheme().symmetry == Symmetry::Symmetric;
    const auto& scheme = m_study->scheme();
    if (scheme.kind == QuantizationScheme::Kind::Codebook) {
        content.hasHandles = false;
        content.hasLevelHandles = m_study->map() && m_study->map()->levels.size() <= 32;
        content.note = content.hasLevelHandles ? tr("Drag the pins to place levels by hand.")
                                               : tr("The levels are fitted to the tensor: there is no range to drag.");
    } else if (m_study->method()) {
        content.hasHandles = false;
        content.note = tr("%1 chooses among the codes: no handles.").arg(plain(m_study->method()->name));
    } else if (const BlockFormat* block = blockOf(scheme);
               block && (block->outerScale == OuterScale::MeanOfTensor || block->outerScale == OuterScale::MeanOfFilter)) {
        content.hasHandles = false;
        content.note = block->outerScale == OuterScale::MeanOfTensor ? tr("One scale, the tensor's mean magnitude: no handles.")
                                                                     : tr("Every filter's scale is its mean magnitude: no handles.");
    } else if (scheme.granularity.kind != Granularity::Kind::Tensor) {
        content.hasHandles = false;
        content.note = scheme.granularity.kind == Granularity::Kind::Channel
                         ? tr("Every channel has a range of its own: no handles.")
                     : scheme.granularity.kind == Granularity::Kind::Tile
                         ? tr("Every block of %1 × %2 weights has a range of its own: no handles.")
                               .arg(scheme.granularity.tileRows)
                               .arg(scheme.granularity.tileColumns)
                         : tr("Every %1 weights have a range of their own: no handles.").arg(scheme.granularity.group);
    } else if (!m_study->isAnsweredByCounts()) {
        content.hasHandles = false;
        content.note = tr("Stochastic rounding, seed %1: no handles.").arg(scheme.rounding.seed);
    }
    m_view->setContent(std::move(content));
}

void QuantizeFigure::refreshCurve()
{
    const bool symmetric = m_study->scheme().symmetry == Symmetry::Symmetric;
    m_curve->setCurve(m_study->curve(), m_study->largestPosition(),
                      symmetric ? tr("clip ± (absolute weight)") : tr("longer end of the range"));
    std::vector<CostMark> marks;
    for (const CalibrationMark& mark : m_study->marks()) {
        if (isVariant(mark.id) && plain(mark.id) != presentMark())
            continue;
        marks.push_back({plain(mark.id), shortName(mark), m_study->positionOf(mark.low, mark.high), mark.sqnrDb});
    }
    m_curve->setMarks(std::move(marks));
    if (m_study->error())
        m_curve->setPresent(m_study->curvePosition(), m_study->error()->sqnrDb, presentMark() == u"hand");
}

QString QuantizeFigure::presentMark() const
{
    const Clip& clip = m_study->scheme().clip;
    switch (clip.kind) {
    case Clip::Kind::MinMax: return QStringLiteral("minmax");
    case Clip::Kind::LeastSquares: return QStringLiteral("mse");
    case Clip::Kind::Percentile:
    case Clip::Kind::Entropy:
    case Clip::Kind::Aciq: return QString::fromStdString(clipText(clip));
    case Clip::Kind::ByHand: break;
    }
    return QStringLiteral("hand");
}

void QuantizeFigure::refreshMarks()
{
    std::vector<MarkList::Row> rows;
    const double best = m_study->bestSqnrDb();
    const QString current = presentMark();
    const bool hasRoom = height() >= 900 * uiFont(13).pixelSize() / 13.0;
    for (const CalibrationMark& mark : m_study->marks()) {
        if (isVariant(mark.id) && !hasRoom && plain(mark.id) != current && mark.sqnrDb != best)
            continue;
        rows.push_back({plain(mark.id), shortName(mark), clipText(mark.low, mark.high),
                        decibelText(mark.sqnrDb, 2) + QStringLiteral(" dB"), mark.sqnrDb == best});
    }
    if (!rows.empty() && m_study->error()) {
        const ClipRange now = m_study->range();
        const QString sqnr = decibelText(m_study->error()->sqnrDb, 2) + QStringLiteral(" dB");
        const bool listed = std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.id == current; });
        if (!listed && current != u"hand")
            rows.push_back({current, SchemeEditor::clipName(m_study->scheme().clip), clipText(now.low, now.high), sqnr, false});
        const bool byHand = current == u"hand";
        rows.push_back({QStringLiteral("hand"), tr("by hand"), byHand ? clipText(now.low, now.high) : QString(),
                        byHand ? sqnr : QString(), false});
    }
    for (const FitMark& mark : m_study->fits()) {
        const double below = best - mark.sqnrDb;
        rows.push_back({QStringLiteral("fit:%1").arg(int(mark.fit)), nameOfFit(mark.fit),
                        below >= 0.005 ? QStringLiteral("−") + fixedNumber(below, 2) + QStringLiteral(" dB") : QString(),
                        decibelText(mark.sqnrDb, 2) + QStringLiteral(" dB"), mark.sqnrDb == best});
    }
    const bool isCodebook = m_study->scheme().kind == QuantizationScheme::Kind::Codebook;
    if (isCodebook && !m_study->fits().empty() && m_study->error()) {
        const bool byHand = m_study->scheme().fit == Fit::ByHand;
        const double sqnr = m_study->error()->sqnrDb;
        rows.push_back({QStringLiteral("fit:%1").arg(int(Fit::ByHand)), nameOfFit(Fit::ByHand),
                        byHand && best - sqnr >= 0.005 ? QStringLiteral("−") + fixedNumber(best - sqnr, 2) + QStringLiteral(" dB") : QString(),
                        byHand ? decibelText(sqnr, 2) + QStringLiteral(" dB") : QString(), false});
    }
    if (rows.empty()) {
        for (const CompensationMark& mark : m_study->compensations())
            rows.push_back({QStringLiteral("method:") + plain(mark.id), mark.id.empty() ? tr("rounding alone") : plain(findCompensationMethod(mark.id)->name),
                            decibelText(mark.sqnrDb), decibelText(mark.outputSqnrDb), mark.isBest});
        return m_marks->setRows(rows, QStringLiteral("method:") + method());
    }
    m_marks->setRows(rows, isCodebook ? QStringLiteral("fit:%1").arg(int(m_study->scheme().fit)) : current);
}

QString QuantizeFigure::statusLine() const
{
    const auto& scheme = m_study->scheme();
    const bool hasMethods = !(m_study->marks().empty() && m_study->fits().empty()) && m_study->error();
    if (!hasMethods)
        return presentName();
    const QString name = scheme.kind == QuantizationScheme::Kind::Codebook ? nameOfFit(scheme.fit)
                       : scheme.clip.kind == Clip::Kind::ByHand         ? tr("by hand")
                       : scheme.clip.kind == Clip::Kind::LeastSquares ? tr("least squares")
                                                                      : SchemeEditor::clipName(scheme.clip);
    const double below = m_study->bestSqnrDb() - m_study->error()->sqnrDb;
    if (!(below >= 0.05)) {
        return scheme.clip.kind == Clip::Kind::ByHand ? tr("%1, as good as the best").arg(name)
                                                      : tr("%1, the best here").arg(name);
    }
    return tr("%1, %2 dB below best").arg(name, fixedNumber(below, 1));
}

void QuantizeFigure::refreshResult()
{
    ResultPanel::Content content;
    content.unit = tr("dB SQNR");
    content.headline = QStringLiteral("–");
    content.isByHand = presentMark() == u"hand" && m_study->error();
    const auto& tensor = m_study->tensor();
    const double wasBits = tensor && tensor->count > 0 ? double(tensor->bytes) * 8 / double(tensor->count) : 0;
    if (const auto soFar = m_study->soFar(); soFar && !m_study->error() && soFar->count >= 0.25 * double(tensor->count)) {
        content.headline = decibelText(soFar->sqnrDb());
        content.status = tr("So far, %1 of the weights").arg(percentText(soFar->count / std::max(1.0, double(tensor->count))));
        content.rows.push_back({tr("So far, mean squared error"), roundedNumber(soFar->meanSquaredError(), 3)});
    } else if (m_study->error()) {
        const QuantizationError& error = *m_study->error();
        content.headline = decibelText(error.sqnrDb);
        content.status = statusLine();
        const double clipped = error.clippedLow + error.clippedHigh;
        content.rows = {
            {tr("Mean squared error"), roundedNumber(error.meanSquaredError, certainDigits(error))},
            {tr("Largest error"), roundedNumber(error.largestError, 4)},
            {tr("Clipped"), clipped > 0 ? percentText(clipped / std::max(1.0, error.count)) + QStringLiteral(" · ") + wholeNumber(clipped)
                                        : tr("none")},
            {tr("Levels used"), tr("%1 of %2").arg(error.levelsUsed).arg(m_study->codeCount())},
            {tr("Bits per weight"), tr("%1 (was %2)").arg(cutNumber(m_study->bitsPerWeight(), 5)).arg(wasBits)},
            {tr("Bytes"), tr("%1 (was %2)").arg(wholeNumber(m_study->bytes()), wholeNumber(tensor ? double(tensor->bytes) : 0))},
        };
        if (error.levelsUsed == 0)
            content.rows.erase(content.rows.begin() + 3);
        if (m_study->method())
            content.rows.erase(content.rows.begin() + 2);   // A method clips nothing by itself: it moves weights.
        if (const auto& outputs = m_study->outputs())
            content.rows.insert(content.rows.begin(), {outputs->roundsInputs ? tr("Outputs, INT8 inputs") : tr("Outputs X·Wᵀ"),
                                                       decibelText(outputs->sqnrDb) + QStringLiteral(" dB")});
    } else if (const auto& sampled = m_study->sampled(); sampled) {
        const double uncertainty = std::max(0.01, sampled->sqnrUncertainty);
        content.headline = QStringLiteral("≈ ") + fixedNumber(sampled->error.sqnrDb, uncertainty < 0.095 ? 1 : 0);
        content.status = tr("± %1 dB, from a sample of %2 weights").arg(roundedNumber(uncertainty, 1), wholeNumber(double(sampled->weights)));
        content.rows = {{tr("Mean squared error"), QStringLiteral("≈ ") + roundedNumber(sampled->error.meanSquaredError, 2)},
                        {tr("Bits per weight"), tr("%1 (was %2)").arg(cutNumber(m_study->bitsPerWeight(), 5)).arg(wasBits)},
                        {tr("Bytes"), tr("%1 (was %2)").arg(wholeNumber(m_study->bytes()), wholeNumber(tensor ? double(tensor->bytes) : 0))}};
    } else if (!m_study->counts()) {
        content.status = m_study->tensor() ? tr("counting …") : tr("no weights chosen");
    } else if (m_study->counts()->totals().finite == 0) {
        content.status = tr("no finite weights");
    } else {
        content.status = m_study->isSettled() ? tr("stopped") : tr("being quantized …");
    }
    // Where one weight is asked about in little room, its facts come before the tensor's.
    const bool isLow = m_only.isEmpty() && !m_isPresenting && height() < 600 * uiFont(13).pixelSize() / 13.0;
    const bool isList = m_details->current() == u"clip" && !m_study->compensations().empty();
    const std::size_t most = !isLow ? 99 : m_details->current() == u"weight" ? 1 : isList ? 4 : m_details->current() == u"channels" ? 2 : 99;
    if (isLow && isList && content.rows.size() > most)   // What the list does not say: outputs, error, and what is paid.
        content.rows.erase(content.rows.begin() + 2, content.rows.end() - 2);
    if (content.rows.size() > most)
        content.rows.resize(most);
    if (const auto& ghost = m_view->ghost())
        content.ghost = {tr("Ghost: %1").arg(ghost->title), decibelText(ghost->content.error.sqnrDb) + QStringLiteral(" dB")};
    else if (m_ghostStudy)
        content.ghost = {tr("Ghost: %1").arg(SchemeEditor::shortName(m_ghostStudy->scheme())), tr("being quantized …")};
    m_result->setContent(std::move(content));
}

QJsonObject QuantizeFigure::state() const
{
    QJsonObject state;
    // On the page both belong to the workspace, which keeps them itself.
    if (m_weights == Weights::Own)
        state[u"scheme"] = QString::fromStdString(schemeText(m_study->scheme()));
    if (m_weights == Weights::Own && m_recipe)
        state[u"synthetic"] = QString::fromStdString(syntheticRecipeText(*m_recipe));
    state[u"view"] = m_scale->current();
    if (m_view->isZoomed())
        state[u"zoom"] = QJsonArray{m_view->visibleRange().low, m_view->visibleRange().high};
    if (!m_ghostScheme.isEmpty())
        state[u"ghost"] = m_ghostScheme;
    if (!method().isEmpty())
        state[u"method"] = method();
    if (!m_inputs.isEmpty())
        state[u"inputs"] = m_inputs;
    if (m_prediction)
        state[u"prediction"] = *m_prediction;
    saveSection(state);
    return state;
}

void QuantizeFigure::setState(const QJsonObject& state)
{
    m_wanted = state;
    m_isDragging = false;
    if (m_weights == Weights::Own) {
        const auto scheme = parseScheme(state[u"scheme"].toString(QStringLiteral("int4,clip=mse")).toStdString());
        if (scheme)
            setScheme(*scheme);
        else
            emit problem(QString::fromStdString(scheme.error().message));
    }
    m_inputs = state[u"inputs"].toString();
    setMethod(state[u"method"].toString());
    const QString view = state[u"view"].toString();
    setScale(view == u"log" || view == u"codes" || view == u"stairs" ? view : QStringLiteral("linear"));
    m_prediction = state[u"prediction"].isDouble() ? std::optional(state[u"prediction"].toDouble()) : std::nullopt;
    m_view->setPrediction(m_prediction);
    m_curve->setPrediction(m_prediction);
    restoreSection(state);
    if (m_weights == Weights::Own) {
        const QString text = state[u"synthetic"].toString(QString::fromStdString(syntheticRecipeText(SyntheticRecipe())));
        const auto recipe = parseSyntheticRecipe(text.toStdString());
        const bool same = recipe && m_recipe && syntheticRecipeText(*recipe) == syntheticRecipeText(*m_recipe);
        if (!recipe)
            emit problem(QString::fromStdString(recipe.error().message));
        else if (!same)
            return openRecipe(*recipe);   // restoreView() follows when the weights are counted
    }
    restoreView();
}

/// Zoom and ghost need the counts; they come when those do.
void QuantizeFigure::restoreView()
{
    if (!m_study->counts() || m_wanted.isEmpty())
        return;
    const QJsonArray zoom = m_wanted[u"zoom"].toArray();
    if (zoom.size() == 2 && zoom[1].toDouble() > zoom[0].toDouble())
        m_view->setVisibleRange({zoom[0].toDouble(), zoom[1].toDouble()});
    else
        m_view->showEverything();
    m_ghostScheme.clear();
    m_view->setGhost({});
    delete std::exchange(m_ghostStudy, nullptr);
    const QJsonObject wanted = std::exchange(m_wanted, {});
    const auto ghost = parseCompensatedScheme(wanted[u"ghost"].toString().toStdString());
    if (ghost && m_study->counts()->totals().finite > 0)
        showGhostOf(*ghost);
    refreshResult();
}

QVariantMap QuantizeFigure::readings() const
{
    const ClipRange range = m_study->range();
    QVariantMap readings{
        {QStringLiteral("scheme"), QString::fromStdString(schemeText(m_study->scheme()))},
        {QStringLiteral("element"), QString::fromStdString(m_study->scheme().element)},
        {QStringLiteral("bitsPerWeight"), m_study->bitsPerWeight()},
        {QStringLiteral("bytes"), m_study->bytes()},
        {QStringLiteral("clipLow"), range.low},
        {QStringLiteral("clipHigh"), range.high},
        {QStringLiteral("clip"), m_study->curvePosition()},
        {QStringLiteral("hasGhost"), m_view->ghost().has_value()},
    };
    if (const auto& outputs = m_study->outputs())
        readings[QStringLiteral("outputSqnrDb")] = outputs->sqnrDb;
    if (const NumberFormat* format = findNumberFormat(m_study->scheme().element))
        readings[QStringLiteral("bits")] = bitsOf(*format);
    if (m_recipe)
        readings[QStringLiteral("seed")] = qulonglong(m_recipe->seed);
    if (!std::isnan(m_study->bestSqnrDb()))
        readings[QStringLiteral("bestSqnrDb")] = m_study->bestSqnrDb();
    if (const auto& error = m_study->error()) {
        readings[QStringLiteral("sqnrDb")] = error->sqnrDb;
        readings[QStringLiteral("belowBestDb")] = m_study->bestSqnrDb() - error->sqnrDb;
        readings[QStringLiteral("meanSquaredError")] = error->meanSquaredError;
        readings[QStringLiteral("largestError")] = error->largestError;
        readings[QStringLiteral("clippedShare")] = (error->clippedLow + error->clippedHigh) / std::max(1.0, error->count);
        readings[QStringLiteral("clipped")] = error->clippedLow + error->clippedHigh;
        readings[QStringLiteral("levelsUsed")] = error->levelsUsed;
    }
    if (m_study->map() && m_study->map()->step > 0)
        readings[QStringLiteral("step")] = m_study->map()->step;
    return readings;
}

bool QuantizeFigure::isSettled() const
{
    return m_study->isSettled() && (!m_ghostStudy || m_ghostStudy->isSettled()) && !m_counting->isRunning() && m_comparison->isSettled() && areDetailsSettled() && m_activations->isSettled();
}

QString QuantizeFigure::commandLine() const
{
    if (m_sourceArguments.isEmpty())
        return {};
    QString command = QStringLiteral("qscope quantize %1 --scheme %2")
                          .arg(m_sourceArguments, QString::fromStdString(schemeText(m_study->compensatedScheme())));
    if (m_study->outputs())
        command += QStringLiteral(" --activations ") + QString::fromStdString(m_study->inputs());
    return command;
}

QByteArray QuantizeFigure::csv() const
{
    QByteArray table;
    if (m_section == u"activations")
        return m_activations->csv();
    const auto number = [](double value) { return QByteArray::number(value, 'g', 17); };
    if (m_study->map() && m_study->error()) {
        table = "code,level,weights\n";
        const LevelMap& map = *m_study->map();
        const auto& perLevel = m_study->error()->perLevel;
        for (std::size_t i = 0; i < map.levels.size(); ++i)
            table += (i < map.codes.size() ? QByteArray::number(qlonglong(map.codes[i])) : QByteArray()) + ','
                   + number(map.levels[i]) + ',' + number(i < perLevel.size() ? perLevel[i] : 0) + '\n';
    } else if (const auto picture = m_study->dequantized()) {
        table = "from,to,stored weights,smallest error,largest error\n";
        const double cell = (picture->high - picture->low) / double(picture->stored.size());
        for (std::size_t i = 0; i < picture->stored.size(); ++i)
            table += number(picture->low + double(i) * cell) + ',' + number(picture->low + double(i + 1) * cell) + ','
                   + number(picture->stored[i]) + ',' + number(picture->lowestError[i]) + ','
                   + number(picture->highestError[i]) + '\n';
    }
    return table;
}

}  // namespace quantoscope
