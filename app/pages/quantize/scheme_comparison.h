// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/quantize/quantization_study.h"
#include "core/statistics/rate_distortion.h"

#include <memory>

namespace quantoscope {

/// One point of a family of schemes: what it costs and what it gives.
struct RatePoint {
    double bitsPerWeight = 0, sqnrDb = 0;
};

/// What the plot of error against bits draws behind the schemes.
struct RateFamilies {
    std::vector<RatePoint> uniform;   ///< Symmetric integers of 1 to 8 bits, clipped at least squared error.
    std::vector<RatePoint> fitted;    ///< Optimal codebooks of 2 to 64 levels.
    std::optional<RateBound> bound;   ///< Of these weights.
};

/// Schemes that were kept to stand beside the present one, each with its own study of the same weights.
class SchemeComparison : public QObject {
    Q_OBJECT

public:
    /// Columns, the present scheme's among them.
    static constexpr int most = 4;

    explicit SchemeComparison(QObject* parent = nullptr);
    ~SchemeComparison() override;

    /// Nothing is computed while nobody looks.
    void setActive(bool active);
    void setSource(Model model, const TensorInfo* info, Counts counts);

    int count() const { return int(m_kept.size()); }
    const QuantizationStudy& kept(int index) const { return *m_kept[std::size_t(index)]; }
    /// False where there is no room, or the scheme is kept already.
    bool keep(const CompensatedScheme&);
    void remove(int index);
    void setSchemes(const std::vector<CompensatedScheme>&);
    /// What flows into the matrix, for methods and for the error of the outputs.
    void setInputs(const std::string& inputs);
    const RateFamilies& families() const { return m_families; }
    bool isSettled() const;

signals:
    void changed();

private:
    void add(const CompensatedScheme&);
    void computeFamilies();

    std::vector<std::unique_ptr<QuantizationStudy>> m_kept;
    RateFamilies m_families;
    BackgroundJob* m_familyJob;
    bool m_isActive = false;
    bool m_isStale = false;
    std::string m_inputs;
    Model m_model;
    std::optional<TensorInfo> m_tensor;
    Counts m_counts;
};

}  // namespace quantoscope
