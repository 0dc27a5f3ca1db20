// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/gemm_error.h"

#include "core/gemm/blas_product.h"
#include "core/parallel_for.h"
#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace quantoscope {
namespace {

constexpr std::int64_t panelColumns = 256;   // Of y: so many rows of W are widened to FP64 at a time.

/// Some rows of an operand, widened to FP64.
std::vector<double> widen(const StoredMatrix& matrix, std::span<const std::int64_t> rows)
{
    std::vector<double> values(rows.size() * std::size_t(matrix.columns));
    parallelFor(rows.size(), [&](std::size_t i) {
        matrix.decodeRow(rows[i], 0, std::span(values).subspan(i * std::size_t(matrix.columns), std::size_t(matrix.columns)));
    });
    return values;
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t last)
{
    std::vector<std::int64_t> all(std::size_t(last - first));
    std::iota(all.begin(), all.end(), first);
    return all;
}

void makeAbsolute(std::vector<double>& values)
{
    for (double& value : values)
        value = std::abs(value);
}

double squaredNorm(std::span<const double> values)
{
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

/// An exact addition: the rounded sum and what rounding lost (Knuth, "The Art of Computer Programming", 4.2.2).
struct CompensatedSum {
    double sum = 0, lost = 0;
    void add(double value)
    {
        const double total = sum + value, back = total - sum;
        lost += (sum - (total - back)) + (value - back);
        sum = total;
    }
};

/// The error of one element as a share of |A||B|. An infinity or a NaN in y is an infinite error.
double share(double difference, double magnitude)
{
    if (difference == 0)
        return 0;
    return std::isfinite(difference) ? std::abs(difference) / magnitude : std::numeric_limits<double>::infinity();
}

/// 0/0 = 0, and what is not finite is infinitely wrong.
double ratio(double numerator, double denominator)
{
    if (numerator == 0)
        return 0;
    return std::isfinite(numerator) ? numerator / denominator : std::numeric_limits<double>::infinity();
}

}  // namespace

std::vector<std::int64_t> checkedRows(const GemmShape& shape, std::uint64_t seed)
{
    constexpr std::int64_t sampled = 256;
    if (shape.m <= sampled || 2.0 * double(shape.m) * double(shape.n) * double(shape.k) <= 5e8)
        return range(0, shape.m);
    // One row of each of 256 equal parts of M: never the same row twice, and no part unseen.
    const RandomStream stream(seed, 3);
    std::vector<std::int64_t> rows;
    for (std::int64_t part = 0; part < sampled; ++part) {
        const std::int64_t first = part * shape.m / sampled, last = (part + 1) * shape.m / sampled;
        rows.push_back(first + std::int64_t(stream.uniform(std::uint64_t(part)) * double(last - first)));
    }
    return rows;
}

Result<GemmReference> makeGemmReference(GemmOperands operands, std::uint64_t seed, const Pulse& pulse)
{
    const auto [m, n, k] = operands.shape;
    GemmReference reference{std::move(operands), checkedRows({m, n, k}, seed), {}, 0};
    const std::size_t rows = reference.rows.size();
    std::vector<double> x(rows * std::size_t(k));
    for (std::size_t i = 0; i < rows; ++i)
        std::copy_n(reference.operands.x.begin() + reference.rows[i] * k, k, x.begin() + std::int64_t(i) * k);

    reference.product.resize(rows * std::size_t(n));
    std::vector<double> w, panel;
    for (std::int64_t first = 0; first < n; first += panelColumns) {
        const std::int64_t columns = std::min(panelColumns, n - first);
        w.assign(reference.operands.w->begin() + first * k, reference.operands.w->begin() + (first + columns) * k);
        panel.resize(rows * std::size_t(columns));
        if (!multiplyByBlas(std::int64_t(rows), columns, k, x.data(), k, w.data(), k, panel.data(), pulse))
            return cancelled();
        for (std::size_t i = 0; i < rows; ++i)
            std::copy_n(panel.begin() + std::int64_t(i) * columns, columns, reference.product.begin() + std::int64_t(i) * n + first);
    }
    reference.norm = std::sqrt(squaredNorm(reference.product));
    return reference;
}

Result<GemmError> measureGemmError(const GemmReference& reference, const StoredMatrix& x, const StoredMatrix& w,
                                   const RowReader& readRow, const Pulse& pulse)
{
    const std::int64_t n = reference.operands.shape.n, k = reference.operands.shape.k;
    const std::size_t rows = reference.rows.size();
    const std::vector<double> a = widen(x, reference.rows);
    std::vector<double> absoluteA = a;
    makeAbsolute(absoluteA);

    GemmError error;
    double total = 0, quantization = 0;
    std::vector<double> y(static_cast<std::size_t>(n)), product, magnitude;
    for (std::int64_t first = 0; first < n; first += panelColumns) {
        const std::int64_t columns = std::min(panelColumns, n - first);
        std::vector<double> b = widen(w, range(first, first + columns));
        product.resize(rows * std::size_t(columns));
        magnitude.resize(product.size());
        if (!multiplyByBlas(std::int64_t(rows), columns, k, a.data(), k, b.data(), k, product.data(), pulse))
            return cancelled();
        makeAbsolute(b);
        if (!multiplyByBlas(std::int64_t(rows), columns, k, absoluteA.data(), k, b.data(), k, magnitude.data(), pulse))
            return cancelled();
        for (std::size_t i = 0; i < rows; ++i) {
            readRow(i, y);
            for (std::int64_t j = 0; j < columns; ++j) {
                // The scales multiply the finished sums, in the kernel as here.
                const double scale = x.rowScale(reference.rows[i]) * w.rowScale(first + j);
                const std::size_t at = i * std::size_t(columns) + std::size_t(j);
                const double r0 = reference.product[i * std::size_t(n) + std::size_t(first + j)];
                const double r1 = scale * product[at], value = y[std::size_t(first + j)];
                total += (value - r0) * (value - r0);
                quantization += (r1 - r0) * (r1 - r0);
                error.accumulation = std::max(error.accumulation, share(value - r1, scale * magnitude[at]));
            }
        }
    }
    error.relative = ratio(std::sqrt(total), reference.norm);
    error.quantization = ratio(std::sqrt(quantization), reference.norm);
    return error;
}

Result<GemmError> measureFp64Error(const GemmReference& reference, const RowReader& readRow, const Pulse& pulse)
{
    const std::int64_t n = reference.operands.shape.n, k = reference.operands.shape.k;
    const std::int64_t wanted = std::max<std::int64_t>(1, (std::int64_t{1} << 22) / k);
    const std::size_t rows = std::size_t(std::clamp<std::int64_t>(wanted / n, 1, std::int64_t(reference.rows.size())));
    const std::int64_t columns = std::min(n, wanted);
    GemmError error;
    double total = 0, norm = 0;
    std::vector<double> y(static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < rows; ++i) {
        if (!pulse.goesOn())
            return cancelled();
        // Checked rows from all over the matrix, not the first ones.
        const std::size_t place = i * reference.rows.size() / rows;
        readRow(place, y);
        const float* a = reference.operands.x.data() + reference.rows[place] * k;
        for (std::int64_t j = 0; j < columns; ++j) {
            const float* b = reference.operands.w->data() + j * k;
            CompensatedSum sum;
            double magnitude = 0;
            for (std::int64_t l = 0; l < k; ++l) {
                const double product = double(a[l]) * b[l];   // Exact: 24 + 24 significant bits.
                sum.add(product);
                magnitude += std::abs(product);
            }
            const double difference = (y[std::size_t(j)] - sum.sum) - sum.lost;
            total += difference * difference;
            norm += sum.sum * sum.sum;
            error.accumulation = std::max(error.accumulation, share(difference, magnitude));
        }
    }
    error.relative = ratio(std::sqrt(total), std::sqrt(norm));
    return error;
}

double accumulationBound(std::int64_t k, double unitRoundoff, int extraRoundings)
{
    const double product = double(k + extraRoundings) * unitRoundoff;
    return product < 1 ? product / (1 - product) : std::numeric_limits<double>::infinity();
}

}  // namespace quantoscope
