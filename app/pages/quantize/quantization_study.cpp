// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/quantization_study.h"

#include "core/quantization/block_format.h"
#include "core/quantization/moving_average.h"
#include "widgets/background_job.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// Both answers about calibration methods: all that changes when anything but the clip does.
struct Methods {
    std::vector<ClipCost> curve;
    std::vector<CalibrationMark> marks;
    std::vector<FitMark> fits;
};

/// What the methods depend on: all but the one in force.
QuantizationScheme withoutMethod(QuantizationScheme scheme)
{
    scheme.clip = {};
    scheme.fit = Fit::Optimal;
    scheme.levelValues.clear();
    return scheme;
}

constexpr int curvePoints = 161;

std::vector<FitMark> fitsOf(QuantizationScheme scheme, const ValueCounts& counts)
{
    std::vector<FitMark> fits;
    for (const Fit fit : {Fit::Optimal, Fit::Lloyd, Fit::Quantile}) {
        scheme.fit = fit;
        fits.push_back({fit, errorOf(counts, levelMapOf(scheme, counts)).sqnrDb});
    }
    return fits;
}

/// All methods over one matrix; what does not take the scheme is left out.
std::vector<CompensationMark> compensationsOf(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                                              const Activations& activations, const Progress& progress)
{
    std::vector<float> weights(std::size_t(info.count));
    if (!source.read(info, {0, info.count}, std::span<float>(weights)))
        return {};
    std::vector<CompensationMark> marks;
    const CompensationTask task{info.name, info.rows(), info.columns(), weights, scheme, &activations};
    const auto add = [&](const CompensationMethod* method) {
        const auto stored = quantizeWeights(task, method, {progress.stop});
        if (!stored)
            return;
        const double outputs = stored->roundsInputs ? productSqnrDb(task, *stored) : outputSqnrDb(weights, stored->values, activations);
        marks.push_back({method ? method->id : std::string_view(), errorOfStored(weights, stored->values).sqnrDb, outputs});
    };
    add(nullptr);
    for (const CompensationMethod& method : compensationMethods())
        add(&method);
    const auto best = std::max_element(marks.begin(), marks.end(), [](const auto& a, const auto& b) { return a.outputSqnrDb < b.outputSqnrDb; });
    if (best != marks.end())
        best->isBest = true;
    return progress.cancelled() ? std::vector<CompensationMark>() : marks;
}

CalibrationMark averageMark(QuantizationScheme scheme, const ValueCounts& counts, const ClipRange& average)
{
    scheme.clip = {.kind = Clip::Kind::ByHand, .low = average.low, .high = average.high};
    const ClipRange range = clipRangeOf(scheme, counts);
    const QuantizationError error = errorOf(counts, levelMapOf(scheme, range.low, range.high));
    return {"moving-average", "Moving average over the first axis", range.low, range.high, error.meanSquaredError, error.sqnrDb};
}

constexpr std::int64_t mostForAllMethods = std::int64_t{1} << 21;

}  // namespace

QuantizationStudy::QuantizationStudy(QObject* parent)
    : QObject(parent)
    , m_averaging(new BackgroundJob(Pool::Bulk, this))
    , m_compensating(new BackgroundJob(Pool::Bulk, this))
    , m_methods(new BackgroundJob(Pool::Interactive, this))
    , m_pass(new BackgroundJob(Pool::Bulk, this))
{
    m_passDelay.setSingleShot(true);
    connect(&m_passDelay, &QTimer::timeout, this, &QuantizationStudy::startPass);
    connect(m_pass, &BackgroundJob::progressed, this, &QuantizationStudy::passProgressed);
    connect(m_pass, &BackgroundJob::finished, this, &QuantizationStudy::passFinished);
}

QuantizationStudy::~QuantizationStudy() = default;

void QuantizationStudy::setSource(Model model, const TensorInfo* info, Counts counts)
{
    m_model = std::move(model);
    m_tensor = info ? std::optional(*info) : std::nullopt;
    m_counts = std::move(counts);
    m_activations.reset();
    m_compensationsOf.clear();
    m_curve.clear();
    m_marks.clear();
    m_fits.clear();
    m_movingAverage.reset();
    evaluate();
    followBatches();
    findMethods();
    m_passDelay.start(0);
}

/// The moving average takes a pass, but one for all schemes: its mark joins the others when it is known.
void QuantizationStudy::followBatches()
{
    m_averaging->cancel();
    const bool hasBatches = m_wantsMethods && m_model && m_tensor && m_tensor->hasValues() && m_tensor->shape.size() >= 2 && m_counts;
    if (!hasBatches || m_counts->totals().finite == 0)
        return;
    m_averaging->start(
        [model = m_model, info = *m_tensor](const Progress& progress) {
            return movingAverageRange(*model, info, MovingAverage::usualConstant, progress);
        },
        [this](Result<ClipRange> range) {
            if (!range)
                return;   // What cannot be read is said by the pass itself.
            m_movingAverage = *range;
            findMethods();
        });
}

void QuantizationStudy::setScheme(const QuantizationScheme& scheme, bool isDragging)
{
    const bool changed = scheme != m_scheme;
    const bool newMethods = withoutMethod(scheme) != withoutMethod(m_scheme);
    m_scheme = scheme;
    if (changed)
        evaluate();
    if (newMethods)
        findMethods();
    if (isDragging)
        m_passDelay.stop();
    else if (changed || !m_report)
        m_passDelay.start(120);
}

void QuantizationStudy::setCompensation(const CompensationMethod* method, const std::string& inputs)
{
    if (method == m_method && inputs == m_inputs)
        return;
    if (inputs != m_inputs)
        m_activations.reset();
    const bool newMethod = method != m_method;
    m_method = method;
    m_inputs = inputs;
    evaluate();
    if (newMethod)
        findMethods();
    m_passDelay.start(120);
}

bool QuantizationStudy::isAnsweredByCounts() const
{
    return !m_method && m_scheme.granularity.kind == Granularity::Kind::Tensor
        && m_scheme.rounding.rounding != Rounding::Stochastic;
}

bool QuantizationStudy::isExact() const
{
    return m_report.has_value() || (m_error && isAnsweredByCounts() && m_counts && m_counts->isExact());
}

/// Everything from the counts. What an earlier pass found is about another scheme now.
void QuantizationStudy::evaluate()
{
    m_pass->cancel();
    m_report.reset();
    m_dequantized.reset();
    m_map.reset();
    m_error.reset();
    m_sampled.reset();
    m_outputs.reset();
    // Another method is one of those listed already.
    if (isAnsweredByCounts() || m_compensationsOf != schemeText(m_scheme) + ' ' + m_inputs) {
        m_compensating->cancel();
        m_compensations.clear();
        m_compensationsOf.clear();
    }
    const bool hasWeights = m_counts && m_counts->totals().finite > 0;
    if (hasWeights && !isAnsweredByCounts() && !m_method && m_model && m_tensor)
        sample();
    if (hasWeights && isAnsweredByCounts()) {
        m_map = m_scheme.clip.kind == Clip::Kind::ByHand && m_scheme.kind == QuantizationScheme::Kind::Uniform
                  ? levelMapOf(m_scheme, m_scheme.clip.low, m_scheme.clip.high)
                  : levelMapOf(m_scheme, *m_counts);
        m_error = errorOf(*m_counts, *m_map);
    }
    emit resultChanged();
}

/// A first answer where the exact one takes a pass.
void QuantizationStudy::sample()
{
    QuantizationScheme scheme = m_scheme;
    // Formats that search for their scales take longer for each weight.
    const std::int64_t weights = scheme.clip.kind == Clip::Kind::LeastSquares        ? 2048
                               : scheme.kind == QuantizationScheme::Kind::Block ? 8192
                                                                                 : 32768;
    // One scale for everything follows from the counts, whatever draws round the weights.
    if (scheme.granularity.kind == Granularity::Kind::Tensor && scheme.kind == QuantizationScheme::Kind::Uniform) {
        const ClipRange range = clipRangeOf(scheme, *m_counts);
        scheme.clip = {.kind = Clip::Kind::ByHand, .low = range.low, .high = range.high};
    }
    m_sampled = sampledErrorOf(*m_model, *m_tensor, scheme, weights);
}

void QuantizationStudy::findMethods()
{
    m_curve.clear();
    m_marks.clear();
    m_fits.clear();
    m_methods->cancel();
    emit methodsChanged();
    if (!m_wantsMethods || !m_counts || m_counts->totals().finite == 0 || !isAnsweredByCounts())
        return;
    m_methods->start(
        [counts = m_counts, scheme = withoutMethod(m_scheme), average = m_movingAverage](Progress) {
            if (scheme.kind == QuantizationScheme::Kind::Codebook)
                return Methods{{}, {}, fitsOf(scheme, *counts)};
            Methods methods{clipCostCurve(scheme, *counts, curvePoints), calibrationMarks(scheme, *counts), {}};
            if (average)
                methods.marks.push_back(averageMark(scheme, *counts, *average));
            return methods;
        },
        [this](Methods methods) {
            m_curve = std::move(methods.curve);
            m_marks = std::move(methods.marks);
            m_fits = std::move(methods.fits);
            emit methodsChanged();
        });
}

void QuantizationStudy::startPass()
{
    const bool wantsOutputs = !m_inputs.empty() && m_tensor && m_tensor->shape.size() == 2;
    const bool needed = !m_report && (wantsOutputs || !(isAnsweredByCounts() && m_counts && m_counts->isExact()));
    if (!m_model || !m_tensor || !m_tensor->hasValues() || !m_counts || m_counts->totals().finite == 0 || !needed)
        return;
    m_watch = std::make_shared<PassWatch>();
    const auto& totals = m_counts->totals();
    m_pass->start(
        [model = m_model, info = *m_tensor, watch = m_watch,
         task = PassTask{compensatedScheme(), !isAnsweredByCounts(), totals.min, totals.max, wantsOutputs ? m_inputs : std::string(), m_activations}](Progress progress) {
            return runExactPass(*model, info, task, *watch, std::move(progress));
        },
        [this](Result<PassResult> result) {
            if (!result) {
                if (result.error().kind != Error::Kind::Cancelled)
                    emit problem(QString::fromStdString(result.error().message));
                return;
            }
            m_report = std::move(result->report);
            m_dequantized = std::move(result->picture);
            m_activations = std::move(result->activations);
            m_outputs = result->outputs;
            // Levels and their counts stay those of the counts where the report has none of its own.
            const auto perLevel = m_error ? m_error->perLevel : std::vector<double>();
            m_error = m_report->error;
            if (m_error->perLevel.empty())
                m_error->perLevel = perLevel;
            emit resultChanged();
            findCompensations();
        });
    emit passStarted();
}

/// After the pass, which has made the activations; not for large matrices, over which each method takes long.
void QuantizationStudy::findCompensations()
{
    const std::string about = schemeText(m_scheme) + ' ' + m_inputs;
    if (!m_wantsMethods || isAnsweredByCounts() || !m_activations || m_tensor->count > mostForAllMethods || m_compensationsOf == about)
        return;
    m_compensationsOf = about;
    m_compensating->start(
        [model = m_model, info = *m_tensor, scheme = m_scheme, activations = m_activations](const Progress& progress) {
            return compensationsOf(*model, info, scheme, *activations, progress);
        },
        [this](std::vector<CompensationMark> marks) {
            m_compensations = std::move(marks);
            emit methodsChanged();
        });
}

void QuantizationStudy::cancelPass()
{
    m_passDelay.stop();
    m_pass->cancel();
}

std::optional<PartialError> QuantizationStudy::soFar() const
{
    if (!m_pass->isRunning() || !m_watch)
        return {};
    const PartialError error = m_watch->get();
    return error.count > 0 ? std::optional(error) : std::nullopt;
}

double QuantizationStudy::bitsPerWeight() const
{
    if (m_report)
        return m_report->bitsPerWeight;
    return m_tensor ? quantoscope::bitsPerWeight(m_scheme, m_tensor->shape) : 0;
}

double QuantizationStudy::bytes() const
{
    if (m_report)
        return double(m_report->bytes);
    return m_tensor ? std::ceil(bitsPerWeight() * double(m_tensor->count) / 8) : 0;
}

int QuantizationStudy::codeCount() const
{
    if (m_scheme.kind == QuantizationScheme::Kind::Codebook)
        return m_scheme.levels;
    if (m_scheme.kind == QuantizationScheme::Kind::Block) {
        const BlockFormat* block = findBlockFormat(m_scheme.element);
        return block ? block->levels : 0;
    }
    const NumberFormat* format = findNumberFormat(m_scheme.element);
    return format ? 1 << std::min(30, bitsOf(*format)) : m_map ? int(m_map->levels.size()) : 0;
}

ClipRange QuantizationStudy::range() const
{
    if (m_map)
        return {m_map->clipLow, m_map->clipHigh};
    return m_counts ? ClipRange{m_counts->totals().min, m_counts->totals().max} : ClipRange{0, 0};
}

double QuantizationStudy::positionOf(double low, double high) const
{
    return std::max(std::abs(low), std::abs(high));
}

double QuantizationStudy::curvePosition() const
{
    const ClipRange now = range();
    return positionOf(now.low, now.high);
}

double QuantizationStudy::largestPosition() const
{
    if (!m_counts)
        return 1;
    return std::max(std::abs(m_counts->totals().min), std::abs(m_counts->totals().max));
}

QuantizationScheme QuantizationStudy::schemeByHand(double low, double high) const
{
    QuantizationScheme scheme = m_scheme;
    scheme.clip = {};
    scheme.clip.kind = Clip::Kind::ByHand;
    scheme.clip.low = low;
    scheme.clip.high = high;
    return scheme;
}

QuantizationScheme QuantizationStudy::schemeOfLevels(std::vector<double> levels) const
{
    QuantizationScheme scheme = m_scheme;
    scheme.fit = Fit::ByHand;
    scheme.levels = int(levels.size());
    scheme.levelValues = std::move(levels);
    return scheme;
}

QuantizationScheme QuantizationStudy::schemeAt(double position) const
{
    const double clip = std::max(position, largestPosition() * 1e-3);
    if (m_scheme.symmetry == Symmetry::Symmetric)
        return schemeByHand(-clip, clip);
    // Both ends move towards zero together, as along the curve.
    const double part = clip / largestPosition();
    return schemeByHand(std::min(0.0, m_counts->totals().min) * part, std::max(0.0, m_counts->totals().max) * part);
}

double QuantizationStudy::bestSqnrDb() const
{
    double best = std::nan("");
    for (const CalibrationMark& mark : m_marks)
        best = std::fmax(best, mark.sqnrDb);
    for (const FitMark& mark : m_fits)
        best = std::fmax(best, mark.sqnrDb);
    return best;
}

bool QuantizationStudy::isSettled() const
{
    return !m_methods->isRunning() && !m_averaging->isRunning() && !m_compensating->isRunning() && !m_pass->isRunning() && !m_passDelay.isActive();
}

}  // namespace quantoscope
