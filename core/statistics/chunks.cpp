// SPDX-License-Identifier: Apache-2.0
#include "core/statistics/chunks.h"

#include "core/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <optional>

namespace quantoscope {

Result<void> forEachChunk(std::int64_t count, std::int64_t elementsPerChunk, const Progress& progress,
                          const std::function<Result<void>(std::size_t, ElementRange)>& work)
{
    const std::size_t chunks = std::size_t((count + elementsPerChunk - 1) / elementsPerChunk);
    const std::size_t reportEvery = std::max<std::size_t>(1, chunks / 200);
    std::atomic<std::size_t> done{0};
    std::atomic<std::size_t> failedChunk{chunks};
    std::mutex mutex;
    std::optional<Error> error;

    const bool finished = parallelFor(
        chunks,
        [&](std::size_t chunk) {
            if (chunk > failedChunk)
                return;
            const std::int64_t first = std::int64_t(chunk) * elementsPerChunk;
            const auto result = work(chunk, {first, std::min(elementsPerChunk, count - first)});
            if (!result) {
                const std::lock_guard lock(mutex);
                if (chunk < failedChunk) {
                    failedChunk = chunk;
                    error = result.error();
                }
            }
            if (const std::size_t now = ++done; now % reportEvery == 0)
                progress.report(double(now) / double(chunks));
        },
        progress.stop);

    if (error)
        return tl::unexpected(*error);
    if (!finished)
        return cancelled();
    return {};
}

}  // namespace quantoscope
