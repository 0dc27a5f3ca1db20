// SPDX-License-Identifier: Apache-2.0
#include "core/parallel_for.h"

#include <tbb/parallel_for.h>

#include <atomic>

namespace quantoscope {

bool parallelFor(std::size_t count, const std::function<void(std::size_t)>& work,
                 const std::stop_token& stop)
{
    // oneTBB orders everything before the loop before the work, and the work before its return. Its
    // library is not built for the thread sanitizer, which cannot see that; these two atomics say the
    // same in code that it does see, at the price of one addition a chunk.
    std::atomic<std::size_t> finished{0};
    tbb::task_group_context context;
    finished.store(0, std::memory_order_release);
    tbb::parallel_for(
        tbb::blocked_range<std::size_t>(0, count, 1),
        [&](const tbb::blocked_range<std::size_t>& range) {
            finished.load(std::memory_order_acquire);
            for (std::size_t index = range.begin(); index != range.end(); ++index) {
                if (stop.stop_requested()) {
                    context.cancel_group_execution();
                    break;
                }
                work(index);
            }
            finished.fetch_add(1, std::memory_order_acq_rel);
        },
        tbb::simple_partitioner(), context);
    finished.load(std::memory_order_acquire);
    return !stop.stop_requested();
}

}  // namespace quantoscope
