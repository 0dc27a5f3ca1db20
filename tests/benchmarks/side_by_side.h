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
};

inline double processorSeconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
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
        contender.run();
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < count; ++i) {
            const double start = processorSeconds();
            contenders[i].run();
            seconds[i].push_back(processorSeconds() - start);
            rates[i].push_back(contenders[i].work / seconds[i].back());
        }
    }
    std::printf("\n%s\n%-44s %12s %12s   %s\n", title, "", "CPU ms", unit, "ratio");
    for (std::size_t i = 0; i < count; ++i) {
        std::printf("%-44s %12.3f %12.2f", contenders[i].name.c_str(), median(seconds[i]) * 1e3, median(rates[i]) / 1e9);
        for (std::size_t other = 0; other < count; ++other) {
            const std::string& name = contenders[other].name;
            if (name != contenders[i].against && name != contenders[i].alsoAgainst)
                continue;
            std::vector<double> ratios;
            for (int round = 0; round < rounds; ++round)
                ratios.push_back(rates[i][std::size_t(round)] / rates[other][std::size_t(round)]);
            std::printf("   %.2f x %s", median(ratios), contenders[other].name.c_str());
        }
        std::printf("\n");
    }
    std::fflush(stdout);
}

}  // namespace quantoscope::benchmarks
