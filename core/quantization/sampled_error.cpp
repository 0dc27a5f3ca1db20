// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/sampled_error.h"

#include "core/tensors/synthetic_tensors.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// A piece is `rows` rows of `columns` neighbours; the tensor holds `count` of them.
struct Pieces {
    std::int64_t rows = 1, columns = 1;
    std::int64_t perRow = 1, count = 0;
};

std::optional<Pieces> piecesOf(const TensorInfo& info, const QuantizationScheme& scheme, std::int64_t wanted)
{
    const std::int64_t columns = info.columns(), rows = info.rows();
    if (columns <= 0 || rows <= 0)
        return {};
    Pieces pieces;
    switch (scheme.granularity.kind) {
    case Granularity::Kind::Tensor:
        // A scale that is given is the same for a part.
        if (scheme.kind != QuantizationScheme::Kind::Uniform || scheme.clip.kind != Clip::Kind::ByHand)
            return {};
        pieces.columns = std::min<std::int64_t>(columns, std::max<std::int64_t>(16, wanted / 64));
        break;
    case Granularity::Kind::Channel:
        // The rows of a matrix are its channels; of more dimensions a channel is many rows.
        if (scheme.granularity.axis != 0 || info.shape.size() != 2)
            return {};
        pieces.columns = columns;
        break;
    case Granularity::Kind::Group: {
        // Several groups a piece: reading a few values here and there costs as much as reading many.
        const std::int64_t group = scheme.granularity.group;
        const std::int64_t groups = std::max<std::int64_t>(1, wanted / 64 / std::max<std::int64_t>(1, group));
        pieces.columns = std::min(columns / group, groups) * group;
        if (pieces.columns == 0)
            return {};
        break;
    }
    case Granularity::Kind::Tile:
        if (info.shape.size() < 2 || rows % scheme.granularity.tileRows != 0)
            return {};
        pieces.rows = scheme.granularity.tileRows;
        pieces.columns = scheme.granularity.tileColumns;
        break;
    }
    if (pieces.rows > rows || pieces.columns > columns)
        return {};
    pieces.perRow = columns / pieces.columns;
    pieces.count = rows / pieces.rows * pieces.perRow;
    return pieces;
}

/// Squares of one piece.
struct Squares {
    double values = 0, errors = 0;
};

/// The standard error of a ratio of sums over pieces drawn from more of them (Cochran, "Sampling
/// techniques", 1977, section 2.11), turned into decibels.
double uncertaintyOf(std::span<const Squares> pieces, double drawnOf)
{
    const double n = double(pieces.size());
    double values = 0, errors = 0, deviations = 0;
    for (const Squares& piece : pieces) {
        values += piece.values;
        errors += piece.errors;
    }
    if (n < 2 || !(values > 0) || !(errors > 0))
        return 0;
    const double ratio = errors / values;
    for (const Squares& piece : pieces)
        deviations += (piece.errors - ratio * piece.values) * (piece.errors - ratio * piece.values);
    const double variance = deviations / (n * (n - 1)) * std::max(0.0, 1 - n / drawnOf);
    return 10 / std::log(10) * std::sqrt(variance) / (errors / n);
}

}  // namespace

std::optional<SampledError> sampledErrorOf(const TensorSource& source, const TensorInfo& info, const QuantizationScheme& scheme,
                                           std::int64_t weights)
{
    const auto pieces = piecesOf(info, scheme, weights);
    if (!pieces || !info.hasValues())
        return {};
    const std::int64_t each = pieces->rows * pieces->columns;
    // Two pieces at least, for without a second nothing is known about how much they differ.
    const std::int64_t drawn = std::min(pieces->count, std::clamp<std::int64_t>(weights / each, 8, 1024));
    if (drawn < 2 || each > 8 * weights)
        return {};
    std::vector<float> values(std::size_t(drawn * each));
    for (std::int64_t i = 0; i < drawn; ++i) {
        const std::int64_t piece = i * pieces->count / drawn;
        const std::int64_t first = piece / pieces->perRow * pieces->rows * info.columns() + piece % pieces->perRow * pieces->columns;
        for (std::int64_t row = 0; row < pieces->rows; ++row) {
            const std::span<float> into = std::span(values).subspan(std::size_t(i * each + row * pieces->columns), std::size_t(pieces->columns));
            if (!source.read(info, {first + row * info.columns(), pieces->columns}, into))
                return {};
        }
    }
    const auto sample = makeTensor("sample", std::vector<float>(values), {drawn * pieces->rows, pieces->columns});
    std::vector<Squares> squares(static_cast<std::size_t>(drawn));
    std::size_t seen = 0;
    QuantizationSink sink;
    sink.values = [&](std::span<const float> stored) -> Result<void> {
        for (const float value : stored) {
            const double x = values[seen], error = double(value) - x;
            if (std::isfinite(x) && std::isfinite(error)) {
                squares[seen / std::size_t(each)].values += x * x;
                squares[seen / std::size_t(each)].errors += error * error;
            }
            ++seen;
        }
        return {};
    };
    const auto report = quantize(*sample, sample->tensors().front(), scheme, sink);
    if (!report)
        return {};
    return SampledError{report->error, uncertaintyOf(squares, double(pieces->count)), drawn * each};
}

}  // namespace quantoscope
