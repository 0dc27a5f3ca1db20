// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/outer_scales.h"

#include "core/statistics/chunks.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// What a chunk adds to one scale: to the tensor's, or to that of filter `index`.
struct Part {
    std::size_t index;
    double sum;
    double count;
};

double magnitude(float value) { return std::isfinite(value) ? std::abs(double(value)) : 0; }

/// The sum of magnitudes and the number of finite values.
Part sumOf(std::span<const float> values, std::size_t index)
{
    Part part{index, 0, 0};
    for (const float value : values) {
        part.sum += magnitude(value);
        part.count += std::isfinite(value);
    }
    return part;
}

std::vector<Part> filterParts(std::span<const float> values, std::int64_t first, std::int64_t filterLength)
{
    std::vector<Part> parts;
    for (std::size_t at = 0; at < values.size();) {
        const std::int64_t index = (first + std::int64_t(at)) / filterLength;
        const auto end = std::min<std::size_t>(values.size(), std::size_t((index + 1) * filterLength - first));
        parts.push_back(sumOf(values.subspan(at, end - at), std::size_t(index)));
        at = end;
    }
    return parts;
}

double largestOf(std::span<const float> values)
{
    double largest = 0;
    for (const float value : values)
        largest = std::max(largest, magnitude(value));
    return largest;
}

Part blockMaxima(std::span<const float> values, std::size_t block)
{
    Part part{0, 0, 0};
    for (std::size_t at = 0; at < values.size(); at += block, ++part.count)
        part.sum += largestOf(values.subspan(at, std::min(block, values.size() - at)));
    return part;
}

std::vector<Part> partsOf(const BlockFormat& format, const TensorInfo& info, std::span<const float> values, std::int64_t first)
{
    switch (format.outerScale) {
    case OuterScale::None: return {};
    case OuterScale::LargestOfTensor: return {{0, largestOf(values), 0}};
    case OuterScale::MeanOfTensor: return {sumOf(values, 0)};
    case OuterScale::MeanOfFilter: return filterParts(values, first, info.count / outerScaleCount(format, info.shape));
    case OuterScale::MeanOfBlockScales: return {blockMaxima(values, std::size_t(format.scaleEvery))};
    }
    return {};
}

}  // namespace

Result<std::vector<float>> outerScalesOf(const TensorSource& source, const TensorInfo& info, const BlockFormat& format,
                                         const Progress& progress)
{
    // Whole blocks a chunk: elements of a block divide it, or are divided by it.
    std::vector<std::vector<Part>> parts(std::size_t((info.count + chunkElements - 1) / chunkElements));
    ScratchPool<std::vector<float>> pool;
    const auto done = forEachChunk(info.count, chunkElements, progress, [&](std::size_t chunk, ElementRange range) -> Result<void> {
        const auto values = pool.borrow();
        values->resize(std::size_t(range.count));
        if (auto read = source.read(info, range, std::span<float>(*values)); !read)
            return read;
        parts[chunk] = partsOf(format, info, *values, range.first);
        return {};
    });
    if (!done)
        return tl::unexpected(done.error());

    std::vector<Part> totals(std::size_t(outerScaleCount(format, info.shape)));
    for (const auto& chunk : parts)
        for (const Part& part : chunk) {
            Part& total = totals[part.index];
            total.sum = format.outerScale == OuterScale::LargestOfTensor ? std::max(total.sum, part.sum) : total.sum + part.sum;
            total.count += part.count;
        }
    std::vector<float> scales;
    for (const Part& total : totals) {
        if (format.outerScale == OuterScale::LargestOfTensor)
            scales.push_back(float(total.sum) / float(format.largestForTensor));
        else
            scales.push_back(total.count > 0 ? float(total.sum / total.count) : 0);
    }
    return scales;
}

}  // namespace quantoscope
