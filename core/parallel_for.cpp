// SPDX-License-Identifier: Apache-2.0
#include "core/parallel_for.h"

#include <tbb/parallel_for.h>

namespace quantoscope {

bool parallelFor(std::size_t count, const std::function<void(std::size_t)>& work,
                 const std::stop_token& stop)
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

}  // namespace quantoscope
