// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cublasLt.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace quantoscope::gpu {

/// What CUDA or cuBLASLt refused, as a sentence. Thrown inside the worker, sent to the program as a Fault.
struct CudaFailure : std::runtime_error {
    CudaFailure(int code_, bool isSticky_, const std::string& sentence)
        : std::runtime_error(sentence), code(code_), isSticky(isSticky_)
    {
    }
    int code;
    bool isSticky;   ///< The context is lost; only ending the process helps (CUDA Runtime API, error codes).
};

inline void check(cudaError_t status, const char* whileDoing)
{
    if (status == cudaSuccess)
        return;
    cudaGetLastError();   // Clears the ones that can be cleared.
    constexpr std::array sticky{214, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719};
    const bool isSticky = std::find(sticky.begin(), sticky.end(), int(status)) != sticky.end();
    if (status == cudaErrorMemoryAllocation)
        throw CudaFailure(status, false, "The GPU has too little free memory for this product: close other programs that use it, or choose a smaller shape.");
    throw CudaFailure(status, isSticky, "The GPU reported \"" + std::string(cudaGetErrorString(status)) + "\" (" + cudaGetErrorName(status)
                                            + ") while " + whileDoing + ".");
}

inline void check(cublasStatus_t status, const char* whileDoing)
{
    if (status == CUBLAS_STATUS_SUCCESS)
        return;
    cudaGetLastError();   // What the library's own launch left there is no fault of the kernel that is started next.
    throw CudaFailure(0, status == CUBLAS_STATUS_EXECUTION_FAILED || status == CUBLAS_STATUS_INTERNAL_ERROR,
                      "cuBLASLt reported " + std::string(cublasLtGetStatusName(status)) + " while " + whileDoing + ".");
}

/// Device memory that frees itself.
class DeviceMemory {
public:
    DeviceMemory() = default;
    explicit DeviceMemory(std::size_t bytes) { check(cudaMalloc(&m_start, std::max<std::size_t>(bytes, 256)), "reserving memory"); }
    ~DeviceMemory() { cudaFree(m_start); }
    DeviceMemory(DeviceMemory&& other) noexcept : m_start(std::exchange(other.m_start, nullptr)) {}
    DeviceMemory& operator=(DeviceMemory&& other) noexcept
    {
        std::swap(m_start, other.m_start);
        return *this;
    }
    template <class Element = std::byte>
    Element* as() const { return static_cast<Element*>(m_start); }

private:
    void* m_start = nullptr;
};

/// A time stamp on a stream.
class Event {
public:
    Event() { check(cudaEventCreate(&m_event), "timing"); }
    ~Event() { cudaEventDestroy(m_event); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    cudaEvent_t get() const { return m_event; }

private:
    cudaEvent_t m_event = nullptr;
};

}  // namespace quantoscope::gpu
