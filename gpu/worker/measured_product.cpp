// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/measured_product.h"

#include <cmath>

namespace quantoscope::gpu {
namespace {

constexpr std::size_t mostCopies = 128;

DeviceMemory upload(const void* source, std::size_t bytes)
{
    DeviceMemory memory(bytes);
    if (bytes > 0)
        check(cudaMemcpy(memory.as(), source, bytes, cudaMemcpyHostToDevice), "copying a matrix to the GPU");
    return memory;
}

/// As many copies as fill the second-level cache twice, and no more than 70 % of the free memory.
std::size_t copiesFor(int device, std::size_t operandBytes, std::size_t bytes)
{
    int cache = 0;
    std::size_t free = 0, total = 0;
    check(cudaDeviceGetAttribute(&cache, cudaDevAttrL2CacheSize, device), "asking for the size of the cache");
    check(cudaMemGetInfo(&free, &total), "asking for free memory");
    const std::size_t room = std::size_t(0.7 * double(free)) / std::max<std::size_t>(bytes, 1);
    if (room == 0)
        check(cudaErrorMemoryAllocation, "planning memory");
    const std::size_t wanted = std::max<std::size_t>(2, 2 * std::size_t(cache) / std::max<std::size_t>(operandBytes, 1) + 1);
    return std::min({wanted, room, mostCopies});
}

}  // namespace

MeasuredProduct::MeasuredProduct(int device, const HostOperands& operands)
    : m_row(*operands.row), m_shape(operands.shape)
{
    check(cudaSetDevice(device), "choosing the GPU");
    check(cudaStreamCreateWithFlags(&m_stream, cudaStreamNonBlocking), "making a stream");
    check(cudaEventCreate(&m_begin), "timing");
    check(cudaEventCreate(&m_end), "timing");
    const auto [m, n, k] = m_shape;
    const std::size_t xBytes = std::size_t(m) * storedRowBytes(m_row.x.element, k), wBytes = std::size_t(n) * storedRowBytes(m_row.w.element, k);
    const std::size_t yBytes = 4 * std::size_t(m) * std::size_t(n);
    m_xScales = upload(operands.xScales, 4 * std::size_t(scaleCount(m_row.x, m, k)));
    m_wScales = upload(operands.wScales, 4 * std::size_t(scaleCount(m_row.w, n, k)));
    if (m_row.isLibrary)
        m_library = std::make_unique<LibraryProduct>(m_row, m_shape, m_xScales.as<float>(), m_wScales.as<float>());
    else
        m_launch = findLaunch(m_row.id);

    const std::size_t copies = copiesFor(device, xBytes + wBytes, xBytes + wBytes + yBytes);
    m_copies.push_back({upload(operands.x, xBytes), upload(operands.w, wBytes), DeviceMemory(yBytes)});
    while (m_copies.size() < copies) {
        Copy copy{DeviceMemory(xBytes), DeviceMemory(wBytes), DeviceMemory(yBytes)};
        check(cudaMemcpy(copy.x.as(), m_copies[0].x.as(), xBytes, cudaMemcpyDeviceToDevice), "copying a matrix");
        check(cudaMemcpy(copy.w.as(), m_copies[0].w.as(), wBytes, cudaMemcpyDeviceToDevice), "copying a matrix");
        m_copies.push_back(std::move(copy));
    }
    // The stream does not wait for copies on the default one.
    check(cudaDeviceSynchronize(), "copying the matrices to the GPU");
}

MeasuredProduct::~MeasuredProduct()
{
    if (m_stream)
        cudaStreamSynchronize(m_stream);
    m_library.reset();
    if (m_begin)
        cudaEventDestroy(m_begin);
    if (m_end)
        cudaEventDestroy(m_end);
    if (m_stream)
        cudaStreamDestroy(m_stream);
}

void MeasuredProduct::launch(std::size_t index)
{
    const Copy& copy = m_copies[index];
    if (m_library)
        return m_library->launch(copy.x.as(), copy.w.as(), copy.y.as(), m_stream);
    m_launch({copy.x.as(), copy.w.as(), m_wScales.as<float>(), copy.y.as<float>(), m_shape.m, m_shape.n, m_shape.k,
              std::int64_t(storedRowBytes(m_row.x.element, m_shape.k)), std::int64_t(storedRowBytes(m_row.w.element, m_shape.k))}, m_stream);
    check(cudaGetLastError(), "starting a kernel");
}

void MeasuredProduct::multiplyOnce()
{
    if (m_library)
        m_library->tune(m_copies[0].x.as(), m_copies[0].w.as(), m_copies[0].y.as(), m_stream);
    check(cudaMemsetAsync(m_copies[0].y.as(), 0xFF, 4 * std::size_t(m_shape.m) * std::size_t(m_shape.n), m_stream), "clearing the result");
    launch(0);
    check(cudaStreamSynchronize(m_stream), "multiplying");
}

void MeasuredProduct::readRows(std::span<const std::int64_t> rows, void* target)
{
    const std::size_t bytes = 4 * std::size_t(m_shape.n);
    for (std::size_t i = 0; i < rows.size(); ++i)
        check(cudaMemcpyAsync(static_cast<std::byte*>(target) + i * bytes, m_copies[0].y.as() + std::size_t(rows[i]) * bytes, bytes,
                              cudaMemcpyDeviceToHost, m_stream), "copying the result");
    check(cudaStreamSynchronize(m_stream), "copying the result");
}

double MeasuredProduct::secondsOf(int launches)
{
    check(cudaEventRecord(m_begin, m_stream), "timing");
    for (int i = 0; i < launches; ++i)
        launch(m_turn++ % m_copies.size());
    check(cudaEventRecord(m_end, m_stream), "timing");
    check(cudaEventSynchronize(m_end), "multiplying");
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, m_begin, m_end), "timing");
    return std::max(double(milliseconds), 1e-6) / 1e3 / launches;
}

void MeasuredProduct::sample(double seconds, const std::function<bool(double)>& goesOn)
{
    constexpr double warmUpSeconds = 0.05, batchSeconds = 0.01;
    double one = secondsOf(3);
    for (double spent = 3 * one; spent < warmUpSeconds;) {
        const int launches = int(std::clamp(batchSeconds / one, 1.0, 10000.0));
        one = secondsOf(launches);
        spent += one * launches;
        if (!goesOn(0))
            return;
    }
    const int launches = int(std::clamp(std::round(batchSeconds / one), 1.0, 10000.0));
    double spent = 0;
    for (int batch = 0; batch < 5 || spent < seconds; ++batch) {
        one = secondsOf(launches);
        spent += one * launches;
        if (!goesOn(one))
            return;
    }
}

std::string MeasuredProduct::methodText() const
{
    return std::to_string(m_copies.size()) + " copies of the operands in turn" + (m_library ? "; " + m_library->algorithmText() : std::string());
}

}  // namespace quantoscope::gpu
