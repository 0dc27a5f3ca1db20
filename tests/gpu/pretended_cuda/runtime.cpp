// SPDX-License-Identifier: Apache-2.0
// The part of the CUDA runtime that the worker uses, on the processor: device memory is memory, a stream
// is the order of calls, and time is what launches are said to take. So the worker's own code, its tests
// and its sweep included, runs where there is no GPU. It says nothing about kernels.
#include "tests/gpu/pretended_cuda/pretended.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

namespace {

std::map<void*, std::size_t> allocations;
std::size_t used = 0;
double now = 0;                ///< Seconds of pretended time.
bool isCapturing = false;
int captured = 0;
cudaError_t lastError = cudaSuccess;

int numberOf(const char* variable, int otherwise)
{
    const char* text = std::getenv(variable);
    return text ? std::atoi(text) : otherwise;
}

std::size_t memoryBytes()
{
    return std::size_t(numberOf("PRETENDED_MEBIBYTES", 256)) << 20;
}

cudaError_t failed(cudaError_t error)
{
    lastError = error;
    return error;
}

bool isAllocated(const void* place, std::size_t bytes)
{
    auto after = allocations.upper_bound(const_cast<void*>(place));
    if (after == allocations.begin())
        return false;
    --after;
    const auto offset = std::size_t(static_cast<const char*>(place) - static_cast<const char*>(after->first));
    return offset + bytes <= after->second;
}

}  // namespace

namespace pretended {

bool launch(double seconds)
{
    if (isCapturing) {
        ++captured;
        return false;
    }
    now += seconds;
    return true;
}

int capability()
{
    return numberOf("PRETENDED_CAPABILITY", 90);
}

void require(bool condition, const char* what)
{
    if (condition)
        return;
    std::fprintf(stderr, "pretended CUDA: %s\n", what);
    std::abort();
}

void requireDevice(const void* place, std::size_t bytes, const char* what)
{
    require(isAllocated(place, bytes), what);
}

void failNextCheck(cudaError_t error)
{
    lastError = error;
}

}  // namespace pretended

extern "C" {

cudaError_t cudaDriverGetVersion(int* version) { *version = numberOf("PRETENDED_DRIVER", 13000); return cudaSuccess; }
cudaError_t cudaGetDeviceCount(int* count) { *count = 1; return cudaSuccess; }
cudaError_t cudaSetDevice(int) { return cudaSuccess; }
cudaError_t cudaGetDevice(int* device) { *device = 0; return cudaSuccess; }
cudaError_t cudaDeviceSynchronize() { return cudaSuccess; }
cudaError_t cudaGetLastError() { return std::exchange(lastError, cudaSuccess); }
const char* cudaGetErrorName(cudaError_t) { return "cudaErrorPretended"; }
const char* cudaGetErrorString(cudaError_t) { return "a pretended failure"; }
cudaError_t cudaDeviceGetPCIBusId(char* bus, int length, int) { std::strncpy(bus, "0000:7F:1F.0", std::size_t(length)); return cudaSuccess; }
cudaError_t cudaDeviceReset() { return used == 0 ? cudaSuccess : failed(cudaErrorInvalidValue); }   // Nobody may need what it takes away.

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int)
{
    *properties = {};
    std::strcpy(properties->name, "Pretended \"GPU\"");
    properties->totalGlobalMem = memoryBytes();
    properties->major = pretended::capability() / 10;
    properties->minor = pretended::capability() % 10;
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int)
{
    switch (attribute) {
    case cudaDevAttrMultiProcessorCount: *value = 132; break;
    case cudaDevAttrComputeCapabilityMajor: *value = pretended::capability() / 10; break;
    case cudaDevAttrComputeCapabilityMinor: *value = pretended::capability() % 10; break;
    case cudaDevAttrL2CacheSize: *value = numberOf("PRETENDED_CACHE", 1 << 20); break;
    default: return failed(cudaErrorInvalidValue);
    }
    return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total)
{
    *total = memoryBytes();
    *free = *total - std::min(used, *total);
    return cudaSuccess;
}

cudaError_t cudaMalloc(void** place, std::size_t bytes)
{
    if (used + bytes > memoryBytes())
        return failed(cudaErrorMemoryAllocation);
    *place = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
    std::memset(*place, 0xA5, bytes);   // Nobody may count on zeros.
    allocations[*place] = bytes;
    used += bytes;
    return cudaSuccess;
}

cudaError_t cudaFree(void* place)
{
    if (!place)
        return cudaSuccess;
    const auto found = allocations.find(place);
    pretended::require(found != allocations.end(), "something was freed that was not reserved");
    used -= found->second;
    allocations.erase(found);
    std::free(place);
    return cudaSuccess;
}

cudaError_t cudaMemcpy(void* target, const void* source, std::size_t bytes, cudaMemcpyKind kind)
{
    if (kind != cudaMemcpyDeviceToHost)
        pretended::requireDevice(target, bytes, "a copy writes beyond what was reserved");
    if (kind != cudaMemcpyHostToDevice)
        pretended::requireDevice(source, bytes, "a copy reads beyond what was reserved");
    std::memcpy(target, source, bytes);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* target, const void* source, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t)
{
    now += double(bytes) / 1e12;
    return cudaMemcpy(target, source, bytes, kind);
}

cudaError_t cudaMemset(void* target, int value, std::size_t bytes)
{
    pretended::requireDevice(target, bytes, "memory is set beyond what was reserved");
    std::memset(target, value, bytes);
    return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* target, int value, std::size_t bytes, cudaStream_t) { return cudaMemset(target, value, bytes); }

cudaError_t cudaEventCreate(cudaEvent_t* event) { *event = reinterpret_cast<cudaEvent_t>(new double(0)); return cudaSuccess; }
cudaError_t cudaEventDestroy(cudaEvent_t event) { delete reinterpret_cast<double*>(event); return cudaSuccess; }
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) { *reinterpret_cast<double*>(event) = now; return cudaSuccess; }
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t begin, cudaEvent_t end)
{
    *milliseconds = float((*reinterpret_cast<double*>(end) - *reinterpret_cast<double*>(begin)) * 1e3);
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) { *stream = reinterpret_cast<cudaStream_t>(new char); return cudaSuccess; }
cudaError_t cudaStreamDestroy(cudaStream_t stream) { delete reinterpret_cast<char*>(stream); return cudaSuccess; }
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }

cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode)
{
    isCapturing = true;
    captured = 0;
    return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t* graph)
{
    isCapturing = false;
    *graph = reinterpret_cast<cudaGraph_t>(new int(captured));
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long)
{
    *executable = reinterpret_cast<cudaGraphExec_t>(new int(*reinterpret_cast<int*>(graph)));
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) { delete reinterpret_cast<int*>(graph); return cudaSuccess; }
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph) { delete reinterpret_cast<int*>(graph); return cudaSuccess; }

cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t)
{
    now += *reinterpret_cast<int*>(graph) * 4e-6;
    return cudaSuccess;
}

}  // extern "C"
