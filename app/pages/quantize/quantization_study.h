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

    const QuantizationScheme& scheme() const { return m_scheme; }
    const std::optional<TensorInfo>& tensor() const { return m_tensor; }
    const Counts& counts() const { return m_counts; }

    /// One scale and a rounding that is a function: the counts alone answer. Else the exact pass does.
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
    void findMethods();
    void startPass();

    Model m_model;
    std::optional<TensorInfo> m_tensor;
    Counts m_counts;
    QuantizationScheme m_scheme;
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
    BackgroundJob* m_methods;
    BackgroundJob* m_pass;
    QTimer m_passDelay;
};

}  // namespace quantoscope
