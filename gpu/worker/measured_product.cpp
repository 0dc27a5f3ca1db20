// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/measured_product.h"

#include "gpu/worker/order_statistics.h"

#include <chrono>
#include <cmath>

namespace quantoscope::gpu {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t mostCopies = 512;
constexpr double batchSeconds = 0.01, graphBelow = 10e-6, reportFrom = 1;

DeviceMemory upload(const void* source, std::size_t bytes)
{
    DeviceMemory memory(bytes);
    if (bytes > 0)
        check(cudaMemcpy(memory.as(), source, bytes, cudaMemcpyHostToDevice), "copying a matrix to the GPU");
    return memory;
}

/// As many copies as fill the second-level cache twice, and no more than 70 % of the free memory.
std::size_t copiesFor(std::size_t cache, std::size_t operandBytes, std::size_t bytes)
{
    std::size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    const std::size_t room = std::size_t(0.7 * double(free)) / std::max<std::size_t>(bytes, 1);
    if (room == 0)
        check(cudaErrorMemoryAllocation, "planning memory");
    const std::size_t wanted = std::max<std::size_t>(2, 2 * cache / std::max<std::size_t>(operandBytes, 1) + 1);
    return std::min({wanted, room, mostCopies});
}

int attribute(cudaDeviceAttr which, int device)
{
    int value = 0;
    check(cudaDeviceGetAttribute(&value, which, device), "asking a GPU what it is");
    return value;
}

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

MeasuredProduct::MeasuredProduct(int device, const HostOperands& operands, Copies copies)
    : m_row(*operands.row), m_device(device), m_shape(operands.shape)
{
    const auto [m, n, k] = m_shape;
    const PreparedOperands prepared = prepare(operands);
    m_xScales = upload(prepared.x.packed.scales.data(), prepared.x.packed.scales.size());
    m_wScales = upload(prepared.w.packed.scales.data(), prepared.w.packed.scales.size());
    const int multiprocessors = attribute(cudaDevAttrMultiProcessorCount, device);
    const int capability = 10 * attribute(cudaDevAttrComputeCapabilityMajor, device) + attribute(cudaDevAttrComputeCapabilityMinor, device);
    if (m_row.quantizesX)
        m_activation = std::make_unique<ActivationProduct>(m_row, m_shape, m_xScales.as<float>(), m_wScales.as<float>());
    else if (m_row.isLibrary)
        m_library = std::make_unique<LibraryProduct>(m_row, m_shape, m_xScales.as(), m_wScales.as(), prepared.alpha);
    else if (!(m_launch = findLaunch(m_row.id)))
        throw CudaFailure(0, false, "The GPU worker was built without the kernel " + std::string(m_row.id) + ".");
    m_workspace = DeviceMemory(workspaceBytesOf(m_row, m, n, k, multiprocessors));
    m_arguments = {nullptr, nullptr, m_xScales.as(), m_wScales.as(), nullptr, m, n, k, prepared.x.rowBytes, prepared.w.rowBytes,
                   m_workspace.as(), multiprocessors, capability};
    makeCopies(device, prepared, copies);
    check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "making a stream");   // Last: what throws before has none to lose.
}

void MeasuredProduct::makeCopies(int device, const PreparedOperands& prepared, Copies copies)
{
    const std::size_t xBytes = prepared.x.byteCount, wBytes = prepared.w.byteCount;
    const std::size_t yBytes = 4 * std::size_t(m_shape.m) * std::size_t(m_shape.n);
    const auto cache = std::size_t(attribute(cudaDevAttrL2CacheSize, device));
    const std::size_t possible = copiesFor(cache, xBytes + wBytes, xBytes + wBytes + yBytes);   // Throws where not one fits.
    m_copies.push_back({upload(prepared.x.bytes, xBytes), upload(prepared.w.bytes, wBytes), DeviceMemory(yBytes)});
    while (copies == Copies::ForTiming && m_copies.size() < possible) {
        Copy copy{DeviceMemory(xBytes), DeviceMemory(wBytes), DeviceMemory(yBytes)};
        check(cudaMemcpy(copy.x.as(), m_copies[0].x.as(), xBytes, cudaMemcpyDeviceToDevice), "copying a matrix");
        check(cudaMemcpy(copy.w.as(), m_copies[0].w.as(), wBytes, cudaMemcpyDeviceToDevice), "copying a matrix");
        m_copies.push_back(std::move(copy));
    }
    m_fitIntoCache = m_copies.size() * (xBytes + wBytes) <= cache;
    // The stream does not wait for copies on the default one.
    check(cudaDeviceSynchronize(), "copying the matrices to the GPU");
}

MeasuredProduct::~MeasuredProduct()
{
    if (m_stream)
        cudaStreamSynchronize(m_stream);
    dropGraph();
    if (m_stream)
        cudaStreamDestroy(m_stream);
}

void MeasuredProduct::launch(std::size_t index)
{
    const Copy& copy = m_copies[index];
    if (m_part == Part::QuantizingX)
        return m_activation->quantize(copy.x.as(), m_stream);
    if (m_activation)
        return m_activation->launch(copy.x.as(), copy.w.as(), copy.y.as(), m_stream);
    if (m_library)
        return m_library->launch(copy.x.as(), copy.w.as(), copy.y.as(), m_stream);
    KernelArguments arguments = m_arguments;
    arguments.x = copy.x.as();
    arguments.w = copy.w.as();
    arguments.y = copy.y.as<float>();
    m_launch(arguments, m_stream);
    check(cudaGetLastError(), "starting a kernel");
}

void MeasuredProduct::multiplyOnce()
{
    const Copy& copy = m_copies[0];
    if (m_library)
        m_library->tune(copy.x.as(), copy.w.as(), copy.y.as(), m_stream);
    if (m_activation)
        m_activation->tune(copy.x.as(), copy.w.as(), copy.y.as(), m_stream);
    check(cudaMemsetAsync(copy.y.as(), 0xFF, 4 * std::size_t(m_shape.m) * std::size_t(m_shape.n), m_stream), "clearing the result");
    launch(0);
    check(cudaStreamSynchronize(m_stream), "multiplying");
}

void MeasuredProduct::readRows(std::span<const std::int64_t> rows, void* target)
{
    const auto n = std::size_t(m_shape.n);
    const std::size_t bytes = n * (m_row.sumsInFp16 ? 2 : 4);
    std::vector<std::byte> read(rows.size() * bytes);
    for (std::size_t i = 0; i < rows.size(); ++i)
        check(cudaMemcpyAsync(read.data() + i * bytes, m_copies[0].y.as() + std::size_t(rows[i]) * bytes, bytes,
                              cudaMemcpyDeviceToHost, m_stream), "copying the result");
    check(cudaStreamSynchronize(m_stream), "copying the result");
    if (!m_row.sumsInFp16) {
        std::memcpy(target, read.data(), read.size());
        return;
    }
    for (std::size_t i = 0; i < rows.size() * n; ++i) {
        std::uint16_t half;
        std::memcpy(&half, read.data() + 2 * i, 2);
        const float value = decodeNarrow<NarrowFp16>(half);
        std::memcpy(static_cast<std::byte*>(target) + 4 * i, &value, 4);
    }
}

void MeasuredProduct::dropGraph()
{
    if (m_graph)
        cudaGraphExecDestroy(m_graph);
    m_graph = nullptr;
    m_graphLaunches = 0;
    m_loneSeconds = 0;
}

/// As many launches as there are copies, at least 20. What cannot be recorded is launched one by one.
void MeasuredProduct::makeGraph()
{
    constexpr int least = 20;
    const int launches = std::max(least, int(m_copies.size()));
    if (cudaStreamBeginCapture(m_stream, cudaStreamCaptureModeThreadLocal) != cudaSuccess) {
        cudaGetLastError();
        return;
    }
    cudaGraph_t graph = nullptr;
    bool isRecorded = true;
    try {
        for (int i = 0; i < launches; ++i)
            launch(std::size_t(i) % m_copies.size());
    } catch (const CudaFailure&) {
        isRecorded = false;
    }
    isRecorded = cudaStreamEndCapture(m_stream, &graph) == cudaSuccess && isRecorded;
    if (!isRecorded || cudaGraphInstantiate(&m_graph, graph, 0) != cudaSuccess)
        m_graph = nullptr;
    else
        m_graphLaunches = launches;
    if (graph)
        cudaGraphDestroy(graph);
    cudaGetLastError();
}

double MeasuredProduct::secondsOf(int launches)
{
    const int graphs = m_graph ? std::max(1, launches / m_graphLaunches) : 0;
    check(cudaEventRecord(m_begin.get(), m_stream), "timing");
    for (int i = 0; i < graphs; ++i)
        check(cudaGraphLaunch(m_graph, m_stream), "starting a graph");
    for (int i = 0; !m_graph && i < launches; ++i)
        launch(m_turn++ % m_copies.size());
    check(cudaEventRecord(m_end.get(), m_stream), "timing");
    check(cudaEventSynchronize(m_end.get()), "multiplying");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, m_begin.get(), m_end.get()), "timing");
    return m_latestSeconds = std::max(double(milliseconds), 1e-6) / 1e3 / (m_graph ? graphs * m_graphLaunches : launches);
}

/// Until `least` seconds have gone and the times of two quarters of a second differ by less than 1 %, or
/// `most` have: clocks and power settle. False where the caller had enough.
bool MeasuredProduct::warmUp(double least, double most, const std::function<bool(double)>& goesOn)
{
    constexpr double part = 0.25;
    const auto start = Clock::now();
    double previous = 0;
    while (true) {
        const auto begin = Clock::now();
        std::vector<double> times;
        do {
            const double one = times.empty() ? secondsOf(1) : times.back();
            times.push_back(secondsOf(int(std::clamp(batchSeconds / one, 1.0, 10000.0))));
            if (!goesOn(0))
                return false;
        } while (secondsSince(begin) < std::min(part, least));
        const double now = summarize(times).median, all = secondsSince(start);
        if (all >= most || (all >= least && (least < part || std::abs(now - previous) < 0.01 * now)))
            return true;
        previous = now;
    }
}

void MeasuredProduct::sample(double seconds, const std::function<bool(double)>& goesOn, Part part)
{
    constexpr double leastReport = 0.5, narrowEnough = 0.01;
    constexpr std::size_t leastBatches = 5, leastReportBatches = 30;
    m_part = part;
    dropGraph();
    // Three may still be slow for the first start; only what is short anyway is tried a hundred times.
    const double lone = secondsOf(3) < 10 * graphBelow ? secondsOf(100) : graphBelow;
    if (lone < graphBelow) {
        makeGraph();
        m_loneSeconds = m_graph ? lone : 0;
    }
    const bool reports = seconds >= reportFrom;
    if (!warmUp(reports ? 1 : 0.05, reports ? 3 : 0.05, goesOn))
        return;
    const int launches = int(std::clamp(std::round(batchSeconds / m_latestSeconds), 1.0, 10000.0));
    const auto start = Clock::now();
    double spent = 0;
    std::vector<double> samples;
    const auto isEnough = [&] {
        if (spent >= seconds || secondsSince(start) > 4 * seconds + 2)
            return samples.size() >= leastBatches || spent > 4 * seconds;
        return reports && spent >= leastReport && samples.size() >= leastReportBatches && summarize(samples).relativeHalfWidth() < narrowEnough;
    };
    while (!isEnough()) {
        samples.push_back(secondsOf(launches));
        spent += samples.back() * launches;
        if (!goesOn(samples.back()))
            break;
    }
    m_part = Part::Whole;
}

std::string MeasuredProduct::methodText() const
{
    std::string text = std::to_string(m_copies.size()) + " copies of the operands in turn";
    if (m_fitIntoCache)   // Then a product may be faster than memory.
        text += ", which the second-level cache holds all";
    if (m_graph) {
        char lone[64];
        std::snprintf(lone, sizeof lone, "%.2f", m_loneSeconds * 1e6);
        text += "; " + std::to_string(m_graphLaunches) + " launches a graph, " + lone + " µs launched one by one";
    }
    if (m_library)
        text += "; " + m_library->algorithmText();
    if (m_activation)
        text += "; " + m_activation->algorithmText();
    return text;
}

}  // namespace quantoscope::gpu
