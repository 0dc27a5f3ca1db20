// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/quantization_scheme.h"
#include "core/statistics/summary.h"
#include "widgets/tensor_table_model.h"

#include <QElapsedTimer>
#include <QObject>

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace quantoscope {

class BackgroundJob;

/// Statistics of one tensor as the table shows them, and the SQNR of a scheme on it.
struct ScanAnswer {
    std::uint32_t tensor = 0;
    std::shared_ptr<const ValueCounts> counts;   ///< As counted, or as they were kept.
    std::optional<Summary> summary;
    SparkBars bars{};
    TensorFacts::Sqnr sqnrState = TensorFacts::Sqnr::Unknown;
    double sqnrDb = 0;
    std::optional<Error> error;
};

/// SQNR of a scheme on a tensor: from its counts where one scale and a rounding that is a function allow
/// it, else by quantizing the tensor as it streams by.
Result<double> sqnrOf(const TensorSource&, const TensorInfo&, const QuantizationScheme&, const ValueCounts*, const Progress&);
bool isAnsweredByCounts(const QuantizationScheme&);

/// Goes over the tensors of a model in the background, those on the screen first, and fills in the facts
/// of the table. Keeps the counts of the tensors seen last, within a bound, so that another scheme is
/// answered without reading them again.
class ModelScan : public QObject {
    Q_OBJECT

public:
    static constexpr std::size_t keptBytes = std::size_t{192} << 20;

    explicit ModelScan(TensorTableModel& table, QObject* parent = nullptr);
    ~ModelScan() override;

    /// The table has a new source: what was known is forgotten.
    void reset();
    void setScheme(const QuantizationScheme&);
    /// Tensors to do first, the most wanted first.
    void setWanted(std::vector<std::uint32_t> tensors);
    void start();
    void cancel();
    /// While what it finds would be thrown away; resume() goes on unless the person had cancelled.
    void pause();
    void resume();
    bool isRunning() const { return m_isRunning; }
    bool isCancelled() const { return m_isCancelled; }
    bool isComplete() const { return m_doneBytes >= m_totalBytes; }
    /// Whether everything that is wanted is known or cannot be.
    bool hasWanted() const;

    std::shared_ptr<const ValueCounts> keptCounts(std::uint32_t tensor) const;

    double fraction() const { return m_totalBytes > 0 ? m_doneBytes / m_totalBytes : 1; }
    QString rate() const;   ///< "2.1 GiB/s", empty at first.

    /// What the line under the table says.
    struct Tally {
        int matrices = 0, known = 0, below = 0, unreadable = 0;
        std::map<QString, int> rolesBelow;   ///< "ffn_down": how many of it are below.
    };
    const Tally& tally() const { return m_tally; }
    void setThreshold(double db);

signals:
    void changed();                              ///< Facts, progress or state.
    void countsKept(std::uint32_t tensor);
    void problem(const QString& sentence);

private:
    struct Task;
    bool needsWork(std::uint32_t tensor) const;
    void restart();
    void next();
    void take(const std::vector<ScanAnswer>& answers, int schemeVersion);
    void keep(std::uint32_t tensor, std::shared_ptr<const ValueCounts> counts);
    void countIn(std::uint32_t tensor);
    void recount();

    TensorTableModel& m_table;
    QuantizationScheme m_scheme;
    int m_schemeVersion = 0;
    double m_threshold = 18;
    std::vector<std::uint32_t> m_wanted;
    std::uint32_t m_cursor = 0;
    bool m_isRunning = false, m_isCancelled = false, m_hasReported = false;
    int m_matrices = 0;
    double m_totalBytes = 0, m_doneBytes = 0, m_startBytes = 0;
    QElapsedTimer m_clock, m_sinceNotice;
    Tally m_tally;

    std::list<std::uint32_t> m_recent;   ///< Of the kept counts, the latest first.
    std::unordered_map<std::uint32_t, std::shared_ptr<const ValueCounts>> m_kept;
    std::size_t m_keptSize = 0;
    BackgroundJob* m_job;
};

}  // namespace quantoscope
