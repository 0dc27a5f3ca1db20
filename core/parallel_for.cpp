// SPDX-License-Identifier: Apache-2.0
#include "core/parallel_for.h"

#if defined(__SANITIZE_THREAD__)
#include <atomic>
#include <thread>
#include <vector>
#else
#include <tbb/parallel_for.h>
#endif

namespace quantoscope {

#if defined(__SANITIZE_THREAD__)

// Debian's oneTBB is not built for the thread sanitizer, which cannot see how its tasks are ordered and
// reports a race in every loop. Under the sanitizer the chunks run on plain threads, whose ordering it knows.
bool parallelFor(std::size_t count, const std::function<void(std::size_t)>& work, const std::stop_token& stop)
{
    std::atomic<std::size_t> next{0};
    const auto takeChunks = [&] {
        for (std::size_t index; !stop.stop_requested() && (index = next.fetch_add(1)) < count;)
            work(index);
    };
    thread_local bool isInside = false;   // A loop within a loop stays on its thread.
    if (isInside || count < 2) {
        takeChunks();
        return !stop.stop_requested();
    }
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            isInside = true;
            takeChunks();
        });
    }
    threads.clear();
    return !stop.stop_requested();
}

#else

bool parallelFor(std::size_t count, const std::function<void(std::size_t)>& work, const std::stop_token& stop)
{
    tbb::task_group_context context;
    tbb::parallel_for(
        tbb::blocked_range<std::size_t>(0, count, 1),
        [&](const tbb::blocked_range<std::size_t>& range) {
            for (std::size_t index = range.begin(); index != range.end(); ++index) {
                if (stop.stop_requested()) {
                    context.cancel_group_execution();
                    return;
                }
                work(index);
            }
        },
        tbb::simple_partitioner(), context);
    return !stop.stop_requested();
}

#endif

}  // namespace quantoscope
