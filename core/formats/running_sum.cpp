// SPDX-License-Identifier: Apache-2.0
#include "core/formats/running_sum.h"

#include "core/formats/arithmetic.h"
#include "core/formats/exact_value.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace quantoscope {

namespace {

constexpr std::size_t blockLength = 32;

constexpr std::array rows{
    SummationRow{Summation::Naive, "naive", "One after the other",
                 "Each term is added to the sum so far; small terms vanish beside a large sum."},
    SummationRow{Summation::Pairwise, "pairwise", "Pairwise",
                 "Sums of equally many terms are added, so that equals meet equals."},
    SummationRow{Summation::Kahan, "kahan", "Kahan",
                 "What each addition lost is kept in a second number and given back."},
    SummationRow{Summation::Blocked, "blocked", "In blocks of 32",
                 "Blocks are summed on their own and added to a total, as matrix products do."},
    SummationRow{Summation::Stochastic, "stochastic", "Stochastic rounding",
                 "Each addition rounds up with the probability of the lost fraction: right on average."},
};

/// Additions in a format, each rounded once.
class Adder {
public:
    Adder(const NumberFormat& format, const RoundingRule& rule) : m_format(format), m_rule(rule)
    {
        m_isDouble = format.asFloat() && format.asFloat()->mantissaBits > 48;
    }

    double store(double value) { return valueOf(m_format, encode(m_format, value, next())); }

    double add(double a, double b)
    {
        if (!m_isDouble)
            return store(sumToOdd(a, b));
        if (m_rule.rounding == Rounding::NearestEven)
            return a + b;
        return valueOf(m_format, encode(m_format, realNumber(sum(exactValue(a), exactValue(b))), next()));
    }

private:
    RoundingRule next()
    {
        RoundingRule drawn = m_rule;
        ++m_rule.draw;
        return drawn;
    }

    const NumberFormat& m_format;
    RoundingRule m_rule;
    bool m_isDouble = false;
};

/// The sum so far under one of the methods.
class Accumulator {
public:
    Accumulator(Summation summation, Adder& adder) : m_summation(summation), m_adder(adder) {}

    void take(double term)
    {
        ++m_count;
        switch (m_summation) {
        case Summation::Naive:
        case Summation::Stochastic: m_sum = m_adder.add(m_sum, term); break;
        case Summation::Kahan: takeKahan(term); break;
        case Summation::Blocked: takeBlocked(term); break;
        case Summation::Pairwise: takePairwise(term); break;
        }
    }

    double value()
    {
        if (m_summation == Summation::Blocked)
            return m_adder.add(m_sum, m_block);
        if (m_summation != Summation::Pairwise)
            return m_sum;
        double total = 0;
        for (std::size_t i = m_levels.size(); i-- > 0;)
            total = i + 1 == m_levels.size() ? m_levels[i] : m_adder.add(m_levels[i], total);
        return total;
    }

private:
    void takeKahan(double term)
    {
        const double corrected = m_adder.add(term, -m_lost);
        const double sum = m_adder.add(m_sum, corrected);
        m_lost = m_adder.add(m_adder.add(sum, -m_sum), -corrected);
        m_sum = sum;
    }

    void takeBlocked(double term)
    {
        m_block = m_adder.add(m_block, term);
        if (m_count % blockLength == 0) {
            m_sum = m_adder.add(m_sum, m_block);
            m_block = 0;
        }
    }

    /// Like counting in binary: two sums of 2^k terms become one of 2^(k+1).
    void takePairwise(double term)
    {
        m_levels.push_back(term);
        for (std::size_t count = m_count; count % 2 == 0; count /= 2) {
            const double right = m_levels.back();
            m_levels.pop_back();
            m_levels.back() = m_adder.add(m_levels.back(), right);
        }
    }

    Summation m_summation;
    Adder& m_adder;
    std::size_t m_count = 0;
    double m_sum = 0, m_lost = 0, m_block = 0;
    std::vector<double> m_levels;
};

}  // namespace

std::span<const SummationRow> summationRows()
{
    return rows;
}

Result<RunningSum> runningSum(const NumberFormat& format, Summation summation, std::span<const double> terms,
                              std::size_t samples, const RoundingRule& rule, const Progress& progress)
{
    RoundingRule chosen = rule;
    if (summation == Summation::Stochastic)
        chosen.rounding = Rounding::Stochastic;
    Adder adder(format, chosen);
    // Terms are stored to nearest, whatever the sums do: all methods add the same numbers.
    Adder store(format, {Rounding::NearestEven, rule.overflow, 0, 0});
    Accumulator accumulator(summation, adder);
    Value exact;
    RunningSum result;
    samples = std::max<std::size_t>(samples, 2);
    double before = 0;
    std::size_t changedAt = 0;
    bool ignored = false;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        if (i % 1024 == 0) {
            if (progress.cancelled())
                return cancelled();
            progress.report(double(i) / double(terms.size()));
        }
        const double term = store.store(terms[i]);
        accumulator.take(term);
        exact = sum(exact, exactValue(term));
        const std::size_t taken = i + 1;
        // Only the running methods can be watched cheaply; the others never stick for long.
        if (summation == Summation::Naive || summation == Summation::Stochastic) {
            const double now = accumulator.value();
            if (now != before) {
                changedAt = taken;
                ignored = false;
            } else if (term != 0) {
                ignored = true;
            }
            before = now;
        }
        if (taken * (samples - 1) / terms.size() != i * (samples - 1) / terms.size() || i == 0 || taken == terms.size()) {
            result.terms.push_back(taken);
            result.sums.push_back(accumulator.value());
            result.exact.push_back(realNumber(exact).toDouble());
        }
    }
    if (ignored)
        result.stuckAfter = changedAt;
    result.result = terms.empty() ? 0 : result.sums.back();
    result.exactResult = terms.empty() ? 0 : result.exact.back();
    return result;
}

}  // namespace quantoscope
