// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/quantize/exact_pass.h"
#include "core/quantization/level_map.h"
#include "core/quantization/quantize.h"
#include "core/quantization/sampled_error.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace quantoscope {

class BackgroundJob;

using Model = std::shared_ptr<const TensorSource>;
using Counts = std::shared_ptr<const ValueCounts>;

/// What one way of choosing levels gives.
struct FitMark {
    Fit fit = Fit::Optimal;
    double sqnrDb = 0;
};

/// What a method of error compensation gives under the scheme; an empty id is rounding alone.
struct CompensationMark {
    std::string_view id;
    double sqnrDb = 0, outputSqnrDb = 0;
    bool isBest = false;   ///< Of the outputs.
};

/// One tensor under one scheme: everything the Quantize page shows, without a widget. What a hand is
/// waiting for is answered from the counts; the values themselves are read in the background only.
class QuantizationStudy : public QObject {
    Q_OBJECT

public:
    explicit QuantizationStudy(QObject* parent = nullptr);
    ~QuantizationStudy() override;

    /// Without: no cost curve and no marks, for a study that only stands beside others.
    void setWantsMethods(bool wanted) { m_wantsMethods = wanted; }
    /// `counts` may be nullptr while they are being made; `info` lies in `model`.
    void setSource(Model model, const TensorInfo* info, Counts counts);
    /// While a drag goes on nothing but the counts is asked.
    void setScheme(const QuantizationScheme&, bool isDragging = false);
    /// A method of error compensation (nullptr: rounding alone), and what flows into the matrix, as
    /// activationsFor() takes it (empty: nothing is known).
    void setCompensation(const CompensationMethod* method, const std::string& inputs);

    const QuantizationScheme& scheme() const { return m_scheme; }
    CompensatedScheme compensatedScheme() const { return {m_scheme, m_method}; }
    const CompensationMethod* method() const { return m_method; }
    const std::string& inputs() const { return m_inputs; }
    /// What the inputs are for this matrix; nullptr until the exact pass has made them.
    const std::shared_ptr<const Activations>& activations() const { return m_activations; }
    /// What the matrix answers to its inputs, once the exact pass has been over it.
    const std::optional<OutputError>& outputs() const { return m_outputs; }
    const std::optional<TensorInfo>& tensor() const { return m_tensor; }
    const Counts& counts() const { return m_counts; }

    /// One scale, a rounding that is a function and no method: the counts alone answer. Else the exact pass does.
    bool isAnsweredByCounts() const;
    const std::optional<LevelMap>& map() const { return m_map; }
    /// From the exact pass where it has finished, else from the counts; empty where nothing is known yet.
    const std::optional<QuantizationError>& error() const { return m_error; }
    /// A first answer from a part of the tensor, until error() is there.
    const std::optional<SampledError>& sampled() const { return m_sampled; }
    /// Whether error() is exact to its last digit.
    bool isExact() const;
    /// Figures of the part of the tensor that a running pass has seen.
    std::optional<PartialError> soFar() const;
    std::shared_ptr<const DequantizedPicture> dequantized() const { return m_dequantized; }

    double bitsPerWeight() const;
    double bytes() const;
    /// How many codes the scheme has: 16 for INT4, whichever of them are used.
    int codeCount() const;
    /// The range in force: by hand, or where the method put it.
    ClipRange range() const;
    /// The position on the cost curve: half of a symmetric range, or the share of min … max.
    double curvePosition() const;
    /// The scheme with its range set by hand to what stands at a position of the curve.
    QuantizationScheme schemeAt(double curvePosition) const;
    QuantizationScheme schemeByHand(double low, double high) const;
    QuantizationScheme schemeOfLevels(std::vector<double> levels) const;

    const std::vector<ClipCost>& curve() const { return m_curve; }
    const std::vector<CalibrationMark>& marks() const { return m_marks; }
    /// For codebooks: every way to choose as many levels.
    const std::vector<FitMark>& fits() const { return m_fits; }
    /// Where inputs are known and the counts do not answer: every method that takes the scheme.
    const std::vector<CompensationMark>& compensations() const { return m_compensations; }
    /// The highest SQNR of any method; NaN while it is not known.
    double bestSqnrDb() const;
    /// The largest position on the curve.
    double largestPosition() const;
    double positionOf(double low, double high) const;

    bool isSettled() const;
    void cancelPass();

signals:
    void resultChanged();     ///< map, error, range
    void methodsChanged();    ///< curve, marks
    void passStarted();
    void passProgressed(double fraction);
    void passFinished();
    void problem(const QString& sentence);

private:
    void evaluate();
    void sample();
    void findMethods();
    void startPass();
    void findCompensations();
    void followBatches();

    Model m_model;
    std::optional<TensorInfo> m_tensor;
    Counts m_counts;
    QuantizationScheme m_scheme;
    const CompensationMethod* m_method = nullptr;
    std::string m_inputs;
    std::shared_ptr<const Activations> m_activations;   ///< What m_inputs are for the present tensor, once made.
    std::optional<OutputError> m_outputs;
    std::optional<LevelMap> m_map;
    std::optional<QuantizationError> m_error;
    std::optional<SampledError> m_sampled;
    bool m_wantsMethods = true;
    std::optional<QuantizationReport> m_report;   ///< Of the exact pass over the present scheme.
    std::shared_ptr<const DequantizedPicture> m_dequantized;
    std::shared_ptr<PassWatch> m_watch;
    std::vector<ClipCost> m_curve;
    std::vector<CalibrationMark> m_marks;
    std::vector<FitMark> m_fits;
    std::optional<ClipRange> m_movingAverage;   ///< Over the tensor's first axis, whatever the scheme; once known.
    BackgroundJob* m_averaging;
    std::vector<CompensationMark> m_compensations;
    std::string m_compensationsOf;   ///< Scheme and inputs they are about.
    BackgroundJob* m_compensating;
    BackgroundJob* m_methods;
    BackgroundJob* m_pass;
    QTimer m_passDelay;
};

}  // namespace quantoscope
