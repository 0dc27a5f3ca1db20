// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/statistics/chunks.h"

#include <algorithm>

namespace quantoscope {

/// `work(state, chunk)` for every chunk on all cores, and `handOut(state)` for each in order: a round of at most
/// `atOnce` chunks is done before its states are handed out, and no more states than that are ever held.
template <class State, class Work, class HandOut>
Result<void> forEachChunkInRounds(std::int64_t chunks, std::int64_t atOnce, const Progress& progress, Work work, HandOut handOut)
{
    std::vector<State> round(std::size_t(std::min(chunks, atOnce)));
    for (std::int64_t first = 0; first < chunks; first += atOnce) {
        const std::int64_t here = std::min(atOnce, chunks - first);
        const auto done = forEachChunk(here, 1, {progress.stop}, [&](std::size_t i, ElementRange) {
            return work(round[i], first + std::int64_t(i));
        });
        if (!done)
            return done;
        for (std::int64_t i = 0; i < here; ++i)
            if (auto handed = handOut(round[std::size_t(i)]); !handed)
                return handed;
        progress.report(double(first + here) / double(chunks));
    }
    return {};
}

}  // namespace quantoscope
