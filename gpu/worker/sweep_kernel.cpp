// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/devices.h"
#include "gpu/worker/example_operands.h"
#include "gpu/worker/measured_product.h"
#include "gpu/worker/sensors.h"
#include "gpu/worker/sweep.h"
#include "gpu/worker/sweep_record.h"

#include <chrono>
#include <fstream>
#include <tuple>

namespace quantoscope::gpu {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::int64_t> someRows(std::int64_t m)
{
    constexpr std::int64_t wanted = 8;
    std::vector<std::int64_t> rows;
    for (std::int64_t i = 0; i < std::min(wanted, m); ++i)
        rows.push_back(i * m / std::min(wanted, m));
    return rows;
}

double storedBytes(const KernelRow& row, const ProductShape& shape)
{
    const auto operand = [](const OperandStorage& arriving, const OperandStorage& storage, std::int64_t rows, std::int64_t columns) {
        constexpr double scaleBytes[] = {2, 4, 1, 1};   // In the order of ScaleFormat.
        const double one = storage.sharing == ScaleSharing::Group ? scaleBytes[int(storage.scaleFormat)] : 4;
        return double(rows) * double(columns) * bitsOf(arriving.element) / 8 + one * double(scaleCount(storage, rows, columns));
    };
    const auto [m, n, k] = shape;
    return operand(arrivingX(row), row.x, m, k) + operand(row.w, row.w, n, k) + (row.sumsInFp16 ? 2.0 : 4.0) * double(m) * double(n);
}

/// Mean clock and power while a product runs, asked for at most twenty times a second: asking takes time.
class SensorLog {
public:
    explicit SensorLog(const Sensors& sensors) : m_sensors(sensors) {}
    void note()
    {
        if (Clock::now() < m_next)
            return;
        m_next = Clock::now() + std::chrono::milliseconds(50);
        const SensorReading reading = m_sensors.read();
        m_clock += reading.clockMegahertz;
        m_power += reading.powerMilliwatts / 1e3;
        m_temperature = std::max(m_temperature, reading.temperatureCelsius);
        ++m_count;
    }
    void fill(SweepRun& run) const
    {
        run.clockMegahertz = m_count ? m_clock / m_count : 0;
        run.powerWatts = m_count ? m_power / m_count : 0;
        run.temperatureCelsius = m_temperature;
    }

private:
    const Sensors& m_sensors;
    Clock::time_point m_next = Clock::now();
    double m_clock = 0, m_power = 0;
    unsigned m_temperature = 0;
    int m_count = 0;
};

std::vector<double> sampleAll(MeasuredProduct& product, double seconds, MeasuredProduct::Part part, SensorLog& log)
{
    std::vector<double> samples;
    product.sample(seconds, [&](double one) {
        if (one > 0) {
            samples.push_back(one);
            log.note();
        }
        return true;
    }, part);
    return samples;
}

/// The operands of one kernel's products: neighbouring cells often share W.
class Operands {
public:
    explicit Operands(const KernelRow& row) : m_row(row) {}
    void prepare(const ProductShape& shape)
    {
        constexpr ExampleData data = ExampleData::Uniform;
        constexpr std::uint64_t seed = 7;
        if (example.shape.n == shape.n && example.shape.k == shape.k)
            return changeRows(example, stored, shape.m, data, seed);
        example = makeExample(shape, data, seed);
        stored = store(example, m_row);
    }
    ExampleOperands example{};
    StoredExample stored{};

private:
    const KernelRow& m_row;
};

void measure(SweepRun& run, const DeviceDescription& device, const KernelRow& row, Operands& operands, double seconds, const Sensors& sensors)
{
    operands.prepare({run.m, run.n, run.k});
    const ExampleOperands& example = operands.example;
    const StoredExample& stored = operands.stored;
    MeasuredProduct product(int(device.ordinal), stored.operands());
    product.multiplyOnce();
    const auto rows = someRows(run.m);
    std::vector<std::uint32_t> y(rows.size() * std::size_t(run.n));
    product.readRows(rows, y.data());
    const ExampleError error = errorOf(example, stored, rows, y.data());
    run.relativeError = error.relative;
    run.quantizationError = error.quantization;
    run.accumulationError = error.accumulation;
    run.bound = errorBound(row, run.k);
    run.bytes = storedBytes(row, {run.m, run.n, run.k});
    if (!(error.accumulation <= run.bound) || !std::isfinite(error.accumulation)) {
        run.obstacle = "The product was wrong: it differs from FP64 by more than rounding can. It was not timed.";
        return;
    }
    SensorLog log(sensors), unused(sensors);
    run.times = summarize(sampleAll(product, seconds, MeasuredProduct::Part::Whole, log));
    log.fill(run);
    run.method = product.methodText();
    if (row.quantizesX)
        run.quantizeSeconds = summarize(sampleAll(product, 0.15, MeasuredProduct::Part::QuantizingX, unused)).median;
}

struct Cell {
    ProductShape shape;
    double seconds;
};

/// The largest squares first, then a layer of a language model over batch sizes, then the small squares:
/// what is left out when time is short is what matters least.
std::vector<Cell> cellsOf(const KernelRow& row)
{
    constexpr double explore = 0.25, report = 1.5;
    constexpr std::int64_t layer = 8192, largestBatch = 4096, largestWeightOnly = 64;
    const auto square = [](std::int64_t size, double seconds) { return Cell{{size, size, size}, seconds}; };
    std::vector<Cell> cells;
    if (row.mark == KernelMark::WeightOnly) {
        for (std::int64_t batch = 1; batch <= largestWeightOnly; batch *= 2)
            cells.push_back({{batch, layer, layer}, explore});
        for (std::int64_t batch : {1, 16})
            cells.push_back({{batch, layer / 2, layer / 2}, explore});
        return cells;
    }
    cells = {square(4096, row.isLibrary ? report : explore), square(8192, explore)};
    if (row.isLibrary)
        for (std::int64_t batch = 1; batch <= largestBatch; batch *= 2)
            cells.push_back({{batch, layer, layer}, explore});
    for (std::int64_t size : {2048, 1024, 512})
        cells.push_back(square(size, explore));
    return cells;
}

}  // namespace

int sweepKernel(int ordinal, const std::string& kernelId, double seconds, const std::string& path)
{
    const auto start = Clock::now();
    const KernelRow* row = findKernelRow(kernelId);
    std::ofstream lines(path, std::ios::app);
    try {
        const auto devices = listDevices();
        if (!row || !lines || ordinal < 0 || std::size_t(ordinal) >= devices.size())
            return 1;
        const DeviceDescription& device = devices[std::size_t(ordinal)];
        const Sensors sensors(ordinal);
        Operands operands(*row);
        for (const Cell& cell : cellsOf(*row)) {
            if (std::chrono::duration<double>(Clock::now() - start).count() > seconds)
                return 3;   // Not all of it.
            const auto [m, n, k] = cell.shape;
            SweepRun run;
            run.kernel = row->id;
            std::tie(run.m, run.n, run.k) = std::tie(m, n, k);
            bool isLost = false;
            if (const auto obstacle = obstacleOf(*row, 10 * device.computeMajor + device.computeMinor, device.memoryBytes, m, n, k)) {
                run.obstacle = *obstacle;
            } else {
                try {
                    measure(run, device, *row, operands, cell.seconds, sensors);
                } catch (const CudaFailure& failure) {
                    run.obstacle = failure.what();
                    isLost = failure.isSticky;
                }
            }
            lines << sweepRunText(run) << std::endl;
            if (isLost)
                return 1;
        }
        return lines ? 0 : 1;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "quantoscope-gpu: %s\n", failure.what());
        return 1;
    }
}

}  // namespace quantoscope::gpu
