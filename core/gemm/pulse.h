// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"

#include <atomic>
#include <chrono>
#include <functional>

namespace quantoscope {

/// What a kernel calls between pieces of its work, a few milliseconds apart, from any of its threads:
/// it keeps the chart of a long product moving and says whether anybody still wants the result.
class Pulse {
public:
    explicit Pulse(Progress progress, std::function<void()> beat = {})
        : m_progress(std::move(progress)), m_beat(std::move(beat))
    {
    }

    /// False once the product is no longer wanted. Beats at most every 50 ms.
    bool goesOn() const
    {
        if (m_progress.cancelled())
            return false;
        const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
        auto next = m_next.load(std::memory_order_relaxed);
        if (m_beat && now >= next && m_next.compare_exchange_strong(next, now + interval, std::memory_order_relaxed))
            m_beat();
        return true;
    }
    const Progress& progress() const { return m_progress; }

private:
    static constexpr auto interval = std::chrono::steady_clock::duration(std::chrono::milliseconds(50)).count();
    Progress m_progress;
    std::function<void()> m_beat;
    mutable std::atomic<std::chrono::steady_clock::rep> m_next = 0;
};

}  // namespace quantoscope
