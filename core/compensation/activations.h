// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "core/tensors/tensor.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quantoscope {

/// What flows into a matrix product, summed up so that any amount of it fits: X is [tokens, columns],
/// with a column for every column of the weights.
class Activations {
public:
    explicit Activations(std::int64_t columns);

    /// More rows of X, [tokens, columns]. A row with NaN or an infinity is left out.
    void add(std::span<const float> rows);

    std::int64_t columns() const { return m_columns; }
    std::int64_t tokens() const { return m_tokens; }
    /// XᵀX, [columns, columns]: with it ‖X·Eᵀ‖² = tr(E·XᵀX·Eᵀ) is known for every E.
    std::span<const double> gram() const { return m_gram; }
    /// mean |x| and largest |x| of every column.
    std::vector<double> meanMagnitudes() const;
    std::span<const double> largestMagnitudes() const { return m_largest; }
    /// The first rows themselves, at most `keptTokens`, for questions that need them: what rounding X does.
    std::span<const float> keptRows() const { return m_kept; }
    static constexpr std::int64_t keptTokens = 512;

private:
    std::int64_t m_columns, m_tokens = 0;
    std::vector<double> m_gram, m_sums, m_largest;
    std::vector<float> m_kept;
};

/// Normal activations with neighbouring columns correlated, ρ^|i − j| (an AR(1) process), of which
/// some columns are larger: the outlier channels of language models.
struct SyntheticActivations {
    double correlation = 0.5;     ///< ρ, −1 < ρ < 1
    std::int64_t outliers = 2;    ///< Columns that are larger, spread by the seed.
    double factor = 20;           ///< How much larger.
    std::int64_t tokens = 1024;
    std::uint64_t seed = 7;
};
/// "synthetic:rho=0.5,outliers=2,factor=20,tokens=1024,seed=7"; what is left out is as above.
Result<SyntheticActivations> parseSyntheticActivations(std::string_view text);
Activations makeActivations(const SyntheticActivations&, std::int64_t columns);

/// The rows of a matrix in a file; its last dimension must be `columns`.
Result<Activations> readActivations(const TensorSource&, const TensorInfo&, std::int64_t columns, const Progress& = {});

/// Σ (X·Wᵀ)² = tr(W·XᵀX·Wᵀ) of a [rows, columns] matrix.
double outputEnergy(std::span<const double> matrix, const Activations&);
/// 10 log10(‖X·Wᵀ‖² / ‖X·(W − Ŵ)ᵀ‖²); infinity where nothing is lost.
double outputSqnrDb(std::span<const float> weights, std::span<const float> stored, const Activations&);

}  // namespace quantoscope
