// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/measured_run.h"

#include "core/gemm/sample_statistics.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace quantoscope {
namespace {

constexpr std::size_t mostSamples = 4096;
constexpr double shortestSample = 100e-6;   ///< Seconds; far above what reading the clock costs.

double secondsOf(const std::function<bool()>& multiply, int times, bool& goesOn)
{
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; goesOn && i < times; ++i)
        goesOn = multiply();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / times;
}

}  // namespace

MeasuredRun::MeasuredRun(const GemmKernel& kernel, std::string device, const GemmShape& shape, double compulsoryBytes, Show show)
    : m_operations(2.0 * double(shape.m) * double(shape.n) * double(shape.k)), m_bytes(compulsoryBytes), m_show(std::move(show))
{
    m_run.kernel = kernel.id;
    m_run.device = std::move(device);
}

void MeasuredRun::setError(const GemmError& error)
{
    {
        const std::lock_guard lock(m_mutex);
        m_run.relativeError = error.relative;
        m_run.quantizationError = error.quantization;
        m_run.accumulationError = error.accumulation;
    }
    show();
}

bool MeasuredRun::warmUp(const Multiply& multiply)
{
    bool goesOn = true;
    m_firstSeconds = secondsOf(multiply, 1, goesOn);
    return goesOn;
}

bool MeasuredRun::sample(const Multiply& multiply, const TimeBudget& budget)
{
    if (m_firstSeconds >= budget.seconds) {
        addSamples(std::span(&m_firstSeconds, 1));
        return true;
    }
    const int times = int(std::clamp(std::ceil(shortestSample / std::max(m_firstSeconds, 1e-9)), 1.0, 10000.0));
    bool goesOn = true;
    double spent = 0, shown = 0;
    for (std::size_t count = 0; count < mostSamples && (count == 0 || spent < budget.seconds); ++count) {
        const double seconds = std::max(secondsOf(multiply, times, goesOn), 1e-12);
        if (!goesOn)
            return false;
        spent += seconds * times;
        {
            const std::lock_guard lock(m_mutex);
            m_run.samples.push_back(seconds);
        }
        if (spent - shown > 0.03) {
            show();
            shown = spent;
        }
    }
    return true;
}

bool MeasuredRun::sampleQuantizing(const Multiply& quantize, const TimeBudget& budget)
{
    bool goesOn = true;
    const double first = secondsOf(quantize, 1, goesOn);
    const int times = int(std::clamp(std::ceil(shortestSample / std::max(first, 1e-9)), 1.0, 10000.0));
    std::vector<double> seconds{first};
    for (double spent = first; goesOn && spent < budget.seconds / 10 && seconds.size() < mostSamples;) {
        seconds.push_back(secondsOf(quantize, times, goesOn));
        spent += seconds.back() * times;
    }
    setQuantizing(medianInterval(seconds).median);
    return goesOn;
}

void MeasuredRun::setQuantizing(double seconds)
{
    const std::lock_guard lock(m_mutex);
    m_run.quantizingSeconds = seconds;
}

void MeasuredRun::addSamples(std::span<const double> seconds)
{
    {
        const std::lock_guard lock(m_mutex);
        const std::size_t room = mostSamples - std::min(mostSamples, m_run.samples.size());
        m_run.samples.insert(m_run.samples.end(), seconds.begin(), seconds.begin() + std::ptrdiff_t(std::min(room, seconds.size())));
    }
    show();
}

bool MeasuredRun::hasSamples()
{
    const std::lock_guard lock(m_mutex);
    return !m_run.samples.empty();
}

void MeasuredRun::summarize()
{
    const MedianInterval interval = medianInterval(m_run.samples);
    m_run.medianSeconds = interval.median;
    m_run.confidenceLow = interval.low;
    m_run.confidenceHigh = interval.high;
    if (interval.median > 0) {
        m_run.teraflops = m_operations / interval.median / 1e12;
        m_run.gigabytesPerSecond = m_bytes / interval.median / 1e9;
    }
}

void MeasuredRun::show()
{
    if (!m_show)
        return;
    GemmRun copy;
    {
        const std::lock_guard lock(m_mutex);
        summarize();
        copy = m_run;
    }
    m_show(copy);
}

GemmRun MeasuredRun::finish()
{
    {
        const std::lock_guard lock(m_mutex);
        summarize();
        m_run.isFinal = true;
    }
    show();
    return m_run;
}

}  // namespace quantoscope
