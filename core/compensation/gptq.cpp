// SPDX-License-Identifier: Apache-2.0
// E. Frantar, S. Ashkboos, T. Hoefler and D. Alistarh, "GPTQ: Accurate Post-Training Quantization for
// Generative Pre-trained Transformers", 2022: algorithm 1, with the columns in their own order. Rows do not
// meet each other, so instead of lazy blocks of columns a few rows at a time go through all columns.
#include "core/compensation/compensation.h"

#include "core/parallel_for.h"
#include "core/quantization/run_quantizer.h"
#include "core/quantization/unit_ranges.h"

#include <Eigen/Cholesky>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::int64_t mostColumns = 8192;   ///< The factor of the inverse takes columns³ and 0.5 GB at this width.
constexpr std::int64_t rowsTogether = 8;

/// The upper triangular U with H⁻¹ = UᵀU, H = 2XᵀX + λI. λ is 1 % of the mean of the diagonal, more where
/// that does not do. A column that met nothing but zeros counts as one that met a little.
Result<Matrix> inverseFactor(const Activations& activations)
{
    const std::int64_t n = activations.columns();
    Matrix hessian = 2 * Eigen::Map<const Matrix>(activations.gram().data(), n, n);
    const double mean = hessian.diagonal().mean();
    if (!(mean > 0))
        return Matrix(Matrix::Identity(n, n));
    for (double share = 0.01; share <= 1; share *= 10) {
        Matrix damped = hessian;
        damped.diagonal().array() += share * mean;
        const Eigen::LLT<Matrix> factor(damped);
        if (factor.info() != Eigen::Success)
            continue;
        const Matrix inverse = factor.solve(Matrix::Identity(n, n));
        const Eigen::LLT<Matrix> ofInverse(inverse);
        if (ofInverse.info() == Eigen::Success)
            return Matrix(ofInverse.matrixL().transpose());
    }
    return failure(Error::Kind::Unsupported,
                   "The second moments of these activations have no usable inverse; give more tokens, at least as many as columns.");
}

std::optional<std::string> obstacle(const CompensationTask& task)
{
    const Granularity& granularity = task.scheme.granularity;
    if (task.scheme.kind == QuantizationScheme::Kind::Block)
        return task.scheme.element + " stores blocks that are fixed at once; GPTQ goes column by column and takes integers, floats or levels, "
                                     "for example int4,group=32,gptq.";
    if (!task.scheme.tensorScale.empty() || granularity.kind == Granularity::Kind::Tile
        || (granularity.kind == Granularity::Kind::Channel && granularity.axis != 0))
        return "GPTQ takes one scale for the tensor, for each row (channel) or for each group along rows.";
    if (task.columns > mostColumns)
        return fmt::format("{} has rows of {}; GPTQ here takes rows of up to {}.", task.name, task.columns, mostColumns);
    if (task.activations->columns() != task.columns)
        return fmt::format("The activations have {} columns and {} has rows of {}.", task.activations->columns(), task.name, task.columns);
    return {};
}

class Gptq {
public:
    Gptq(const CompensationTask& task, Matrix factor) : m_task(task), m_factor(std::move(factor))
    {
        if (task.scheme.kind == QuantizationScheme::Kind::Codebook)
            m_quantizer.emplace(m_codebook = levelMapOf(task.scheme, *countValues(task.weights)));
        else
            m_quantizer.emplace(task.scheme, *elementOf(task.scheme));
        const bool wholeTensor = task.scheme.granularity.kind == Granularity::Kind::Tensor;
        if (task.scheme.kind == QuantizationScheme::Kind::Codebook)
            m_tensorScale = m_quantizer->scaleFor(0, 0);
        else if (wholeTensor)
            m_tensorScale = scaleOf(task.weights);
    }

    /// Of the weight that the task asks for, once run() has been.
    const std::optional<StoredWeight>& asked() const { return m_asked; }

    Result<std::vector<float>> run(const Progress& progress)
    {
        std::vector<float> stored(m_task.weights.size());
        const std::int64_t stretches = (m_task.rows + rowsTogether - 1) / rowsTogether;
        const bool done = parallelFor(std::size_t(stretches), [&](std::size_t stretch) {
            const std::int64_t first = std::int64_t(stretch) * rowsTogether;
            quantizeRows(first, std::min(rowsTogether, m_task.rows - first), stored);
        }, progress.stop);
        if (!done)
            return cancelled();
        return stored;
    }

private:
    RunScale scaleOf(std::span<const float> values) const
    {
        const ClipRange range = rangeOfValues(m_task.scheme, values);
        return m_quantizer->scaleFor(range.low, range.high);
    }

    /// Where a new scale begins: 0 for "never" beyond the first column.
    std::int64_t groupLength() const
    {
        return m_task.scheme.granularity.kind == Granularity::Kind::Group ? m_task.scheme.granularity.group : m_task.columns;
    }

    void quantizeRows(std::int64_t first, std::int64_t rows, std::vector<float>& stored)
    {
        const std::int64_t columns = m_task.columns;
        const std::span<const float> weights = m_task.weights.subspan(std::size_t(first * columns), std::size_t(rows * columns));
        Matrix present = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(weights.data(), rows, columns)
                             .cast<double>();
        std::vector<RunScale> scales(std::size_t(rows), m_tensorScale.value_or(RunScale{}));
        std::vector<float> group;
        ErrorSums ignored;
        for (std::int64_t column = 0; column < columns; ++column) {
            const bool begins = !m_tensorScale && column % groupLength() == 0;
            for (std::int64_t row = 0; row < rows; ++row) {
                if (begins) {   // From the weights as they have become by now, as the authors do with groups.
                    group.clear();
                    for (std::int64_t i = column; i < std::min(columns, column + groupLength()); ++i)
                        group.push_back(float(present(row, i)));
                    scales[std::size_t(row)] = scaleOf(group);
                }
                const float weight = float(present(row, column));
                const auto place = std::size_t((first + row) * columns + column);
                std::uint16_t level = 0;
                m_quantizer->quantize(std::span(&weight, 1), scales[std::size_t(row)], std::span(&level, 1),
                                      std::span(&stored[place], 1), ignored, place);
                if (m_task.asked == std::int64_t(place))   // One row has it, so one thread writes it.
                    m_asked = describe(std::int64_t(place), stored[place], level, scales[std::size_t(row)]);
                const double error = (present(row, column) - stored[place]) / m_factor(column, column);
                if (std::isfinite(error) && error != 0)
                    present.row(row).tail(columns - column - 1) -= error * m_factor.row(column).tail(columns - column - 1);
            }
        }
    }

    StoredWeight describe(std::int64_t place, float stored, std::uint16_t level, const RunScale& scale) const
    {
        const QuantizationScheme& scheme = m_task.scheme;
        const std::int64_t groupsInRow = (m_task.columns + groupLength() - 1) / groupLength();
        const std::int64_t row = place / m_task.columns, column = place % m_task.columns;
        StoredWeight weight;
        weight.index = place;
        weight.value = double(m_task.weights[std::size_t(place)]);
        weight.stored = double(stored);
        weight.neighbours = m_tensorScale ? std::int64_t(m_task.weights.size())
                                          : std::min(groupLength(), m_task.columns - column / groupLength() * groupLength());
        weight.unit = m_tensorScale ? 0 : row * groupsInRow + column / groupLength();
        weight.codeBits = codeBits(scheme);
        const std::uint16_t whole = m_quantizer->storedCode(level);   // Extended to 16 bits where it has a sign.
        const std::uint64_t code = whole & ((std::uint64_t{1} << weight.codeBits) - 1);
        if (scheme.kind == QuantizationScheme::Kind::Codebook) {
            weight.own = codebookCode(m_codebook.levels, weight.codeBits, code);
            weight.code = std::int64_t(code);
            return weight;
        }
        const Element element = *elementOf(scheme);
        weight.code = element.kind == Element::Kind::Integer && element.isSigned ? std::int64_t(std::int16_t(whole)) : std::int64_t(code);
        weight.step = scale.scale.step;
        if (scheme.symmetry == Symmetry::Asymmetric)
            weight.zeroPoint = scale.scale.zero;
        weight.own = uniformCode(element, scale.scale, code);
        return weight;
    }

    const CompensationTask& m_task;
    const Matrix m_factor;
    LevelMap m_codebook;
    std::optional<StoredWeight> m_asked;
    std::optional<RunQuantizer> m_quantizer;
    std::optional<RunScale> m_tensorScale;   ///< Where the scheme has one scale, or one codebook, for all.
};

}  // namespace

Result<CompensatedWeights> quantizeByGptq(const CompensationTask& task, const Progress& progress)
{
    if (const auto problem = obstacle(task))
        return failure(Error::Kind::Usage, *problem);
    if (task.weights.empty())
        return quantizeWeights(task, nullptr, progress);
    auto factor = inverseFactor(*task.activations);
    if (!factor)
        return tl::unexpected(factor.error());
    if (progress.cancelled())
        return cancelled();
    Gptq gptq(task, std::move(*factor));
    auto values = gptq.run(progress);
    if (!values)
        return tl::unexpected(values.error());
    return CompensatedWeights{std::move(*values), bitsPerWeight(task.scheme, {task.rows, task.columns}), {}, false, gptq.asked()};
}

}  // namespace quantoscope
