// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/sweep.h"

#include "gpu/worker/devices.h"
#include "gpu/worker/example_operands.h"
#include "gpu/worker/sensors.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace quantoscope::gpu {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double mostSeconds = 540;   // Nine of the ten minutes; the rest is for reading and writing.

struct Times {
    double median = 0, low = 0, high = 0;
    std::size_t samples = 0;
};

/// Median and 95 % order-statistic interval, ranks n/2 ± 0.98 √n.
Times summarize(std::vector<double> samples)
{
    if (samples.empty())
        return {};
    std::sort(samples.begin(), samples.end());
    const double count = double(samples.size()), reach = 0.98 * std::sqrt(count);
    return {(samples[(samples.size() - 1) / 2] + samples[samples.size() / 2]) / 2,
            samples[std::size_t(std::max(std::floor(count / 2 - reach), 0.0))],
            samples[std::size_t(std::min(std::ceil(count / 2 + reach), count - 1))], samples.size()};
}

/// Text of a file that JSON can hold; names of devices and sentences have no control characters.
std::string quoted(const std::string& text)
{
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        if (static_cast<unsigned char>(c) >= 0x20)
            result += c;
    }
    return result + "\"";
}

/// JSON has no infinity and no NaN; as everywhere in this project they are strings.
std::string number(double value)
{
    char text[32];
    if (std::isnan(value))
        return "\"nan\"";
    if (std::isinf(value))
        return "\"inf\"";
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::vector<std::int64_t> someRows(std::int64_t m)
{
    constexpr std::int64_t wanted = 8;
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < std::min(wanted, m); ++i)
        rows.push_back(i * m / std::min(wanted, m));
    return rows;
}

/// Bytes a second of a copy inside the GPU, read and written: the ceiling of what is bound by memory.
double copyBandwidth()
{
    const std::size_t bytes = std::size_t{1} << 30;
    const DeviceMemory from(bytes), to(bytes);
    cudaEvent_t begin = nullptr, end = nullptr;
    check(cudaEventCreate(&begin), "timing");
    check(cudaEventCreate(&end), "timing");
    std::vector<double> rates;
    for (int i = 0; i < 21; ++i) {
        check(cudaEventRecord(begin), "timing");
        check(cudaMemcpyAsync(to.as(), from.as(), bytes, cudaMemcpyDeviceToDevice), "copying");
        check(cudaEventRecord(end), "timing");
        check(cudaEventSynchronize(end), "copying");
        float milliseconds = 0;
        check(cudaEventElapsedTime(&milliseconds, begin, end), "timing");
        rates.push_back(2 * double(bytes) / (milliseconds / 1e3));
    }
    cudaEventDestroy(begin);
    cudaEventDestroy(end);
    return summarize(rates).median;
}

double storedBytes(const StoredExample& stored)
{
    const auto operand = [](const OperandStorage& storage, std::int64_t rows, std::int64_t columns) {
        return double(rows) * double(columns) * bitsOf(storage.element) / 8
            + (storage.sharing == ScaleSharing::Group ? 2.0 : 4.0) * double(scaleCount(storage, rows, columns));
    };
    const auto [m, n, k] = stored.shape;
    return operand(stored.row->x, m, k) + operand(stored.row->w, n, k) + 4.0 * double(m) * double(n);
}

void recordOne(std::FILE* file, const DeviceDescription& device, const ExampleOperands& example, const KernelRow& row, const Sensors& sensors)
{
    const auto [m, n, k] = example.shape;
    std::fprintf(file, "{\"kernel\": \"%s\", \"m\": %lld, \"n\": %lld, \"k\": %lld, ", row.id, static_cast<long long>(m), static_cast<long long>(n), static_cast<long long>(k));
    if (const auto obstacle = obstacleOf(row, 10 * device.computeMajor + device.computeMinor, device.memoryBytes, m, n, k)) {
        std::fprintf(file, "\"obstacle\": %s}", quoted(*obstacle).c_str());
        return;
    }
    try {
        const StoredExample stored = store(example, row);
        MeasuredProduct product(int(device.ordinal), stored.operands());
        product.multiplyOnce();
        const auto rows = someRows(m);
        std::vector<std::uint32_t> y(rows.size() * std::size_t(n));
        product.readRows(rows, y.data());
        const ExampleError error = errorOf(example, stored, rows, y.data());
        std::vector<double> samples;
        product.sample(0.3, [&](double one) {
            if (one > 0)
                samples.push_back(one);
            return true;
        });
        const Times times = summarize(samples);
        const SensorReading sensor = sensors.read();
        std::fprintf(file, "\"medianSeconds\": %.6g, \"ci95\": [%.6g, %.6g], \"samples\": %zu, \"teraflops\": %.5g, \"gigabytesPerSecond\": %.5g, ",
                     times.median, times.low, times.high, times.samples, 2.0 * double(m) * double(n) * double(k) / times.median / 1e12,
                     storedBytes(stored) / times.median / 1e9);
        std::fprintf(file, "\"relativeError\": %s, \"accumulationError\": %s, ", number(error.relative).c_str(), number(error.accumulation).c_str());
        std::fprintf(file, "\"clockMegahertz\": %u, \"powerWatts\": %.1f, \"temperatureCelsius\": %u, \"method\": %s}",
                     sensor.clockMegahertz, sensor.powerMilliwatts / 1e3, sensor.temperatureCelsius, quoted(product.methodText()).c_str());
    } catch (const CudaFailure& failure) {
        std::fprintf(file, "\"obstacle\": %s}", quoted(failure.what()).c_str());
        if (failure.isSticky)
            throw;
    }
    std::fflush(file);
}

void recordHead(std::FILE* file, const DeviceDescription& device)
{
    char date[32] = {};
    const std::time_t now = std::time(nullptr);
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    std::fprintf(file, "{\"device\": %s, \"computeCapability\": \"%d.%d\", \"memoryBytes\": %llu, \"driverCudaVersion\": %d, \"cublasLtVersion\": %zu, \"date\": \"%s\",\n",
                 quoted(device.name).c_str(), device.computeMajor, device.computeMinor, static_cast<unsigned long long>(device.memoryBytes),
                 device.driverVersion, cublasLtGetVersion(), date);
    std::fprintf(file, "\"method\": \"CUDA events around batches of about 10 ms after a warm-up of 50 ms; operands rotate through twice the second-level cache; "
                       "uniform random data, -1 to 1; median with its 95 %% order-statistic interval; errors on 8 rows against FP64 on the processor; clocks not fixed\",\n");
    std::fprintf(file, "\"copyBytesPerSecond\": %.5g,\n\"runs\": [\n", copyBandwidth());
}

/// The shapes of one recorded run: squares, then a layer of a language model over batch sizes.
std::vector<ProductShape> sweepShapes()
{
    std::vector<ProductShape> shapes;
    for (std::int64_t size = 512; size <= 8192; size *= 2)
        shapes.push_back({size, size, size});
    for (std::int64_t batch = 1; batch <= 512; batch *= 2)
        shapes.push_back({batch, 8192, 8192});
    return shapes;
}

void record(std::FILE* file, const DeviceDescription& device)
{
    check(cudaSetDevice(int(device.ordinal)), "choosing the GPU");
    const Sensors sensors(int(device.ordinal));
    recordHead(file, device);
    const auto start = Clock::now();
    bool isFirst = true, isComplete = true;
    for (const ProductShape& shape : sweepShapes()) {
        const ExampleOperands example = makeExample(shape, ExampleData::Uniform, 7);
        for (const KernelRow& row : kernelRows()) {
            if (std::chrono::duration<double>(Clock::now() - start).count() > mostSeconds) {
                isComplete = false;
                break;
            }
            std::fputs(isFirst ? "" : ",\n", file);
            isFirst = false;
            recordOne(file, device, example, row, sensors);
        }
    }
    std::fprintf(file, "\n], \"isComplete\": %s}\n", isComplete ? "true" : "false");
}

}  // namespace

int runSweep(const std::string& path)
{
    std::FILE* file = nullptr;
    const std::string partial = path + ".partial";   // The document appears whole or not at all.
    try {
        const auto devices = listDevices();
        const auto usable = std::find_if(devices.begin(), devices.end(), [](const DeviceDescription& device) { return device.obstacle.empty(); });
        if (usable == devices.end()) {
            std::printf("Not run: there is no GPU that can be used.\n");
            return 77;
        }
        file = std::fopen(partial.c_str(), "w");
        if (!file) {
            std::fprintf(stderr, "quantoscope-gpu: %s cannot be written.\n", partial.c_str());
            return 1;
        }
        record(file, *usable);
        const bool isWritten = std::fclose(file) == 0 && std::rename(partial.c_str(), path.c_str()) == 0;
        if (!isWritten)
            std::fprintf(stderr, "quantoscope-gpu: %s cannot be written.\n", path.c_str());
        return isWritten ? 0 : 1;
    } catch (const CudaFailure& failure) {
        std::fprintf(stderr, "quantoscope-gpu: %s\n", failure.what());
        if (file) {
            std::fclose(file);
            std::remove(partial.c_str());
        }
        return file ? 1 : 77;
    }
}

}  // namespace quantoscope::gpu
