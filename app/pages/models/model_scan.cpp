// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/model_scan.h"

#include "core/quantization/quantize.h"
#include "widgets/background_job.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

/// One tensor of a batch, with all the work needs: nothing of the window is touched.
struct ModelScan::Task {
    std::uint32_t tensor;
    bool needsSummary, needsSqnr;
    std::shared_ptr<const ValueCounts> counts;
};

namespace {

constexpr std::int64_t batchMilliseconds = 120;
constexpr std::size_t batchTensors = 256;
/// Up to this many values a tensor is read again for a kurtosis and outliers that are exact where the
/// counts are not; above it, the counts' own figures stand in the table.
constexpr std::int64_t exactSummaryCount = std::int64_t{1} << 24;

ScanAnswer examine(const TensorSource& source, const TensorInfo& info, bool needsSummary, bool needsSqnr,
                   std::shared_ptr<const ValueCounts> counts, const QuantizationScheme& scheme, const Progress& progress)
{
    ScanAnswer answer;
    const bool countsHelp = needsSummary || (needsSqnr && isAnsweredByCounts(scheme));
    if (!counts && countsHelp) {
        auto counted = countValues(source, info, progress);
        if (!counted) {
            answer.error = counted.error();
            return answer;
        }
        counts = std::move(*counted);
    }
    answer.counts = counts;
    if (needsSummary) {
        answer.summary = summaryOf(*counts);
        if (!counts->isExact() && info.count <= exactSummaryCount) {
            auto exact = summarize(source, info, progress);
            if (!exact) {
                answer.error = exact.error();
                return answer;
            }
            answer.summary = *exact;
        }
        answer.bars = sparkBarsOf(*counts);
    }
    if (needsSqnr) {
        const auto db = sqnrOf(source, info, scheme, counts.get(), progress);
        answer.sqnrState = db ? TensorFacts::Sqnr::Known : TensorFacts::Sqnr::Refused;
        answer.sqnrDb = db.value_or(0);
        if (!db && (db.error().kind == Error::Kind::Cancelled || db.error().kind == Error::Kind::Unreadable))
            answer.error = db.error();
    }
    return answer;
}

QString roleOf(const std::string& name)
{
    QString role = QString::fromUtf8(layerOf(name).rest.data(), qsizetype(layerOf(name).rest.size()));
    if (role.endsWith(u".weight"))
        role.chop(7);
    return role;
}

}  // namespace

bool isAnsweredByCounts(const QuantizationScheme& scheme)
{
    return scheme.granularity.kind == Granularity::Kind::Tensor && scheme.rounding.rounding != Rounding::Stochastic;
}

Result<double> sqnrOf(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                      const ValueCounts* counts, const Progress& progress)
{
    if (counts && isAnsweredByCounts(scheme))
        return errorOf(*counts, levelMapOf(scheme, *counts)).sqnrDb;
    QuantizationSink errorsAlone;
    errorsAlone.levelCounts = false;
    const auto report = quantize(source, info, scheme, errorsAlone, progress);
    if (!report)
        return tl::unexpected(report.error());
    return report->error.sqnrDb;
}

ModelScan::ModelScan(TensorTableModel& table, QObject* parent)
    : QObject(parent)
    , m_table(table)
    , m_job(new BackgroundJob(Pool::Bulk, this))
{
}

ModelScan::~ModelScan() = default;

void ModelScan::reset()
{
    m_job->cancel();
    m_isRunning = m_isCancelled = m_hasReported = false;
    m_wanted.clear();
    m_recent.clear();
    m_kept.clear();
    m_keptSize = 0;
    m_totalBytes = 0;
    m_matrices = 0;
    if (m_table.source()) {
        for (const TensorInfo& info : m_table.source()->tensors()) {
            m_matrices += isWeightMatrix(info);
            m_totalBytes += hasNumbers(info) ? double(info.bytes) : 0;
        }
    }
    recount();
}

void ModelScan::setScheme(const QuantizationScheme& scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    ++m_schemeVersion;
    m_table.forgetSqnr();
    recount();
    restart();
}

void ModelScan::setThreshold(double db)
{
    m_threshold = db;
    recount();
    emit changed();
}

void ModelScan::setWanted(std::vector<std::uint32_t> tensors)
{
    m_wanted = std::move(tensors);
}

bool ModelScan::needsWork(std::uint32_t tensor) const
{
    const TensorInfo& info = m_table.source()->tensors()[tensor];
    if (!hasNumbers(info))
        return false;
    const TensorFacts* facts = m_table.facts(tensor);
    if (!facts)
        return true;
    return facts->isReadable
        && (!facts->isCounted || (isWeightMatrix(info) && facts->sqnrState == TensorFacts::Sqnr::Unknown));
}

bool ModelScan::hasWanted() const
{
    return !m_table.source() || std::ranges::none_of(m_wanted, [this](std::uint32_t i) { return needsWork(i); });
}

/// What is done from scratch, of the tensors seen so far; everything else keeps it as it goes.
void ModelScan::recount()
{
    m_tally = {};
    m_tally.matrices = m_matrices;
    m_doneBytes = 0;
    if (!m_table.source())
        return;
    const auto tensors = m_table.source()->tensors();
    for (std::uint32_t i = 0; i < tensors.size(); ++i) {
        if (m_table.facts(i) && !needsWork(i)) {
            m_doneBytes += double(tensors[i].bytes);
            countIn(i);
        }
    }
}

void ModelScan::countIn(std::uint32_t tensor)
{
    const TensorInfo& info = m_table.source()->tensors()[tensor];
    const TensorFacts* facts = m_table.facts(tensor);
    m_tally.unreadable += !facts->isReadable;
    if (!isWeightMatrix(info) || facts->sqnrState != TensorFacts::Sqnr::Known)
        return;
    ++m_tally.known;
    if (facts->sqnrDb < m_threshold) {
        ++m_tally.below;
        ++m_tally.rolesBelow[roleOf(info.name)];
    }
}

void ModelScan::start()
{
    m_isCancelled = false;
    if (!m_isRunning)
        restart();
}

void ModelScan::cancel()
{
    m_job->cancel();
    m_isRunning = false;
    m_isCancelled = !isComplete();
    emit changed();
}

void ModelScan::pause()
{
    m_job->cancel();
    m_isRunning = false;
    emit changed();
}

void ModelScan::resume()
{
    if (!m_isRunning)
        restart();
}

void ModelScan::restart()
{
    if (m_isCancelled || !m_table.source() || isComplete()) {
        emit changed();
        return;
    }
    m_cursor = 0;
    m_startBytes = m_doneBytes;
    m_clock.start();
    m_sinceNotice.start();
    m_isRunning = true;
    next();
    emit changed();
}

void ModelScan::next()
{
    std::vector<Task> tasks;
    const auto tensors = m_table.source()->tensors();
    double bytes = 0;
    const auto add = [&](std::uint32_t i) {
        const TensorFacts* facts = m_table.facts(i);
        const bool needsSummary = !facts || !facts->isCounted;
        tasks.push_back({i, needsSummary, isWeightMatrix(tensors[i]), keptCounts(i)});
        bytes += double(tensors[i].bytes);
    };
    const auto hasRoom = [&] { return tasks.size() < batchTensors && bytes < 256e6; };
    for (std::size_t i = 0; i < m_wanted.size() && hasRoom(); ++i)
        if (needsWork(m_wanted[i]) && std::ranges::find(tasks, m_wanted[i], &Task::tensor) == tasks.end())
            add(m_wanted[i]);
    // What nobody looks at follows in the order of the file, one pass from its start to its end.
    if (tasks.empty()) {
        while (m_cursor < tensors.size() && !needsWork(m_cursor))
            ++m_cursor;
        for (std::uint32_t i = m_cursor; i < tensors.size() && hasRoom(); ++i)
            if (needsWork(i))
                add(i);
    }
    if (tasks.empty()) {
        m_isRunning = false;
        m_table.factsChanged();
        emit changed();
        return;
    }
    m_job->start(
        [source = m_table.source(), tasks = std::move(tasks), scheme = m_scheme](const Progress& progress) {
            std::vector<ScanAnswer> answers;
            QElapsedTimer clock;
            clock.start();
            for (const Task& task : tasks) {
                answers.push_back(examine(*source, source->tensors()[task.tensor], task.needsSummary, task.needsSqnr,
                                          task.counts, scheme, Progress{progress.stop}));
                answers.back().tensor = task.tensor;
                // The rest comes again with the next batch, unless something else is wanted more by then.
                if (progress.cancelled() || clock.elapsed() > batchMilliseconds)
                    break;
            }
            return answers;
        },
        [this, version = m_schemeVersion](const std::vector<ScanAnswer>& answers) { take(answers, version); });
}

void ModelScan::take(const std::vector<ScanAnswer>& answers, int schemeVersion)
{
    const auto tensors = m_table.source()->tensors();
    for (const ScanAnswer& answer : answers) {
        if (answer.error && answer.error->kind == Error::Kind::Cancelled)
            continue;
        const bool wasNeeded = needsWork(answer.tensor);
        m_table.changeFacts(answer.tensor, [&](TensorFacts& facts) {
            if (answer.summary) {
                facts.setSummary(*answer.summary);
                facts.bars = answer.bars;
            }
            if (schemeVersion == m_schemeVersion) {
                facts.sqnrState = answer.sqnrState;
                facts.sqnrDb = answer.sqnrDb;
            }
            facts.isReadable = facts.isReadable && !answer.error;
        });
        if (answer.error) {
            if (!m_hasReported)
                emit problem(QString::fromStdString(answer.error->message));
            m_hasReported = true;
        }
        if (answer.counts)
            keep(answer.tensor, answer.counts);
        if (wasNeeded && !needsWork(answer.tensor)) {
            m_doneBytes += double(tensors[answer.tensor].bytes);
            countIn(answer.tensor);
        }
    }
    // The table repaints at most ten times a second, however small the tensors are.
    if (m_sinceNotice.elapsed() > 100) {
        m_sinceNotice.restart();
        m_table.factsChanged();
        emit changed();
    }
    if (m_isRunning)
        next();
}

void ModelScan::keep(std::uint32_t tensor, std::shared_ptr<const ValueCounts> counts)
{
    const auto sizeOf = [](const ValueCounts& c) {
        // What a tensor of one value takes beside its bins, in its own right and in the two lists here, counts where
        // there are half a million of them.
        constexpr std::size_t each = sizeof(ValueCounts) + sizeof(CountBin) + 160;
        return each + c.bins().size() * (sizeof(CountBin) + sizeof(ValueCounts::Prefix));
    };
    if (m_kept.contains(tensor))
        return;
    m_keptSize += sizeOf(*counts);
    m_kept[tensor] = std::move(counts);
    m_recent.push_front(tensor);
    while (m_keptSize > keptBytes && m_recent.size() > 1) {
        m_keptSize -= sizeOf(*m_kept[m_recent.back()]);
        m_kept.erase(m_recent.back());
        m_recent.pop_back();
    }
    emit countsKept(tensor);
}

std::shared_ptr<const ValueCounts> ModelScan::keptCounts(std::uint32_t tensor) const
{
    const auto found = m_kept.find(tensor);
    return found == m_kept.end() ? nullptr : found->second;
}

QString ModelScan::rate() const
{
    const double seconds = m_clock.isValid() ? double(m_clock.elapsed()) / 1000 : 0;
    const double read = m_doneBytes - m_startBytes;
    return seconds > 0.3 && read > 0 ? tr("%1/s").arg(byteWords(read / seconds)) : QString();
}

}  // namespace quantoscope
