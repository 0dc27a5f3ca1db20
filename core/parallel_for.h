// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"

#include <cstddef>
#include <functional>

namespace quantoscope {

/// Calls `work(index)` for every index below `count` on all cores and returns when all are done.
/// Work is handed out in the caller's own chunks (an index is a chunk, not a value), so a result
/// that is combined in index order has the same digits whatever the number of threads.
/// Returns false, with some indices not visited, once a stop is requested.
bool parallelFor(std::size_t count, const std::function<void(std::size_t index)>& work,
                 const std::stop_token& stop = {});

}  // namespace quantoscope
