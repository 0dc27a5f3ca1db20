// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "core/tensors/tensor.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace quantoscope {

/// Elements a worker reads at a time: a mebibyte of FP32, a millisecond of work, so that a request to
/// stop is seen well within 10 ms. Fixed, because sums are combined chunk by chunk.
inline constexpr std::int64_t chunkElements = std::int64_t{1} << 18;

/// Where several passes are made over what was read: 128 KiB of FP32 and what becomes of it stay in a
/// core's own cache.
inline constexpr std::int64_t cachedElements = std::int64_t{1} << 15;

/// Calls `work(chunk index, range)` for every chunk of `count` elements, on all cores. Returns the
/// error of the first chunk that has one, or "cancelled".
Result<void> forEachChunk(std::int64_t count, std::int64_t elementsPerChunk, const Progress& progress,
                          const std::function<Result<void>(std::size_t chunk, ElementRange range)>& work);

/// Scratch memory that is made once a thread, not once a chunk, and can be walked when all is done.
template <class T>
class ScratchPool {
public:
    /// Lends an instance for the life of the handle.
    auto borrow()
    {
        const auto giveBack = [this](T* scratch) {
            const std::lock_guard lock(m_mutex);
            m_free.push_back(scratch);
        };
        const std::lock_guard lock(m_mutex);
        if (m_free.empty()) {
            m_all.push_back(std::make_unique<T>());
            m_free.reserve(m_all.size());
            return std::unique_ptr<T, decltype(giveBack)>(m_all.back().get(), giveBack);
        }
        T* const scratch = m_free.back();
        m_free.pop_back();
        return std::unique_ptr<T, decltype(giveBack)>(scratch, giveBack);
    }

    const std::vector<std::unique_ptr<T>>& all() const { return m_all; }

private:
    std::mutex m_mutex;
    std::vector<std::unique_ptr<T>> m_all;
    std::vector<T*> m_free;
};

}  // namespace quantoscope
