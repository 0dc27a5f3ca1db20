// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace quantoscope::benchmarks {

/// One of several ways to do the same amount of work.
struct Contender {
    std::string name;
    std::function<void()> run;
    double work = 0;             ///< Elements, bytes or operations a run, in the unit of the table.
    std::string against = {};    ///< Name of the contender that the ratio is to: a peer, or the limit.
    std::string alsoAgainst = {};   ///< One more, where there are a peer and a limit.
    /// For what runs in another process: processor seconds of a run, in place of `run`.
    std::function<double()> seconds = {};
    std::string peer = {};       ///< Another contender to compare with.
    double target = 0;           ///< The ratio to reach: to the peer where there is one, else to `against`.
};

inline double processorSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

inline double secondsOf(const Contender& contender)
{
    if (contender.seconds)
        return contender.seconds();
    const double start = processorSeconds();
    contender.run();
    return processorSeconds() - start;
}

inline double median(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
}

/// Runs all of them in turn, round after round, so that whatever else the machine does meets them alike,
/// and prints medians: processor time a run (all threads together), rate, and the ratio of rates within
/// a round. Rates are by processor time: on a shared machine the clock on the wall measures the others.
inline void compare(const char* title, const char* unit, const std::vector<Contender>& contenders, int rounds = 15)
{
    const std::size_t count = contenders.size();
    std::vector<std::vector<double>> seconds(count), rates(count);
    for (const Contender& contender : contenders)
        secondsOf(contender);
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < count; ++i) {
            seconds[i].push_back(secondsOf(contenders[i]));
            rates[i].push_back(contenders[i].work / seconds[i].back());
        }
    }
    std::printf("\n%s\n%-44s %12s %12s   %s\n", title, "", "CPU ms", unit, "ratio");
    for (std::size_t i = 0; i < count; ++i) {
        std::printf("%-44s %12.3f %12.2f", contenders[i].name.c_str(), median(seconds[i]) * 1e3, median(rates[i]) / 1e9);
        for (std::size_t other = 0; other < count; ++other) {
            const std::string& name = contenders[other].name;
            const bool isPeer = !contenders[i].peer.empty() && name == contenders[i].peer;
            if (!isPeer && name != contenders[i].against && name != contenders[i].alsoAgainst)
                continue;
            std::vector<double> ratios;
            // A peer counts with its best run: it allocates whole arrays, and is several times slower where the
            // system is short of huge pages.
            const double best = *std::max_element(rates[other].begin(), rates[other].end());
            for (int round = 0; round < rounds; ++round)
                ratios.push_back(rates[i][std::size_t(round)] / (isPeer ? best : rates[other][std::size_t(round)]));
            const double ratio = median(ratios);
            std::printf("   %.2f x %s", ratio, contenders[other].name.c_str());
            if (contenders[i].target > 0 && (isPeer || (contenders[i].peer.empty() && name == contenders[i].against)))
                std::printf(" (target %.3g: %s)", contenders[i].target, ratio >= contenders[i].target ? "reached" : "missed");
        }
        std::printf("\n");
    }
    std::fflush(stdout);
}

}  // namespace quantoscope::benchmarks
