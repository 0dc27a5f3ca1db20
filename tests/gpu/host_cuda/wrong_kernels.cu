// SPDX-License-Identifier: Apache-2.0
// Kernels that are wrong on purpose, one mistake each, with the complaint that each must cause: a check
// that cannot fail would be worth nothing.
#include "gpu/kernels/hopper.cuh"
#include "gpu/kernels/tensor_core_instructions.cuh"
#include "gpu/kernels/wgmma_layout.h"
#include "tests/gpu/host_cuda/check.h"
#include "tests/gpu/host_cuda/memory.h"

#include <cuda.h>

#include <cstdio>

namespace host_cuda {
namespace {

using namespace quantoscope::gpu;

constexpr int threads = 64;

__global__ void forgetsBarrier(float* y)
{
    __shared__ float values[threads];
    values[threadIdx.x] = 1;
    y[threadIdx.x] = values[threads - 1 - threadIdx.x];
}

__global__ void overwritesWhatIsRead(float* y)
{
    __shared__ float values[threads];
    values[threadIdx.x] = 1;
    __syncthreads();
    y[threadIdx.x] = values[threads - 1 - threadIdx.x];
    values[threadIdx.x] = 2;
}

__global__ void readsWhatNobodyWrote(float* y)
{
    __shared__ float values[threads];
    y[threadIdx.x] = values[threadIdx.x];
}

__global__ void readsBeyond(float* y, const float* x)
{
    y[threadIdx.x] = x[threadIdx.x + 1];
}

__global__ void writesBeyond(float* y)
{
    y[threadIdx.x + 1] = 1;
}

__global__ void writesTwice(float* y)
{
    y[threadIdx.x / 2] = 1;
}

__global__ void readsUnaligned(float* y, const float* x)
{
    const float4 four = *reinterpret_cast<const float4*>(x + 1);
    y[threadIdx.x] = four.x;
}

__global__ void indexesBeyond(float* y)
{
    float own[4] = {1, 2, 3, 4};
    y[threadIdx.x] = own[threadIdx.x / 8];
}

__global__ void leavesBeforeBarrier(float* y)
{
    y[threadIdx.x] = 1;
    if (threadIdx.x == 5)
        return;
    __syncthreads();
}

__global__ void shufflesApart(float* y)
{
    y[threadIdx.x] = threadIdx.x % 2 ? __shfl_xor_sync(0xFFFFFFFFu, 1.0f, 1) : __shfl_down_sync(0xFFFFFFFFu, 1.0f, 1);
}

__global__ void readsCopyTooEarly(float* y, const float4* x)
{
    extern __shared__ __align__(128) float4 shared[];
    copyAsynchronously(shared + threadIdx.x, x + threadIdx.x % 16, true);
    endStage();
    y[threadIdx.x] = shared[threadIdx.x].x;
}

__global__ void waitsForAnotherStage(float* y, const float4* x)
{
    extern __shared__ __align__(128) float4 shared[];
    copyAsynchronously(shared + threadIdx.x, x + threadIdx.x % 16, true);
    endStage();
    waitForStage<1>();
    y[threadIdx.x] = shared[threadIdx.x].x;
}

__global__ void readsCopyOfAnother(float* y, const float4* x)
{
    extern __shared__ __align__(128) float4 shared[];
    copyAsynchronously(shared + threadIdx.x, x + threadIdx.x % 16, true);
    endStage();
    waitForStage<0>();
    y[threadIdx.x] = shared[threads - 1 - threadIdx.x].x;
}

__global__ void waitsForNothing(float*)
{
    __shared__ std::uint64_t barrier;
    if (threadIdx.x == 0)
        initBarrier(barrier, 2);
    __syncthreads();
    if (threadIdx.x == 0)
        arrive(barrier);
    quantoscope::gpu::wait(barrier, 0);
}

__global__ void asksForSharedMemory(float*)
{
}

int expect(const char* complaint)
{
    const std::vector<std::string> all = takeComplaints();
    for (const std::string& one : all)
        if (one.find(complaint) != std::string::npos)
            return 0;
    return report("a kernel that is wrong on purpose", std::string("it caused no complaint \"") + complaint + "\" but \"" + (all.empty() ? "" : all[0]) + "\"");
}

}  // namespace

int checkWrongKernels()
{
    const std::vector<float> numbers(threads, 1.0f);
    const DeviceMemory in(numbers.data(), 4 * threads), out(4 * threads);
    const auto* x = static_cast<const float*>(in.get());
    const auto* x4 = static_cast<const float4*>(in.get());
    auto* y = static_cast<float*>(out.get());
    constexpr int bytes = 16 * threads;
    int failures = 0;
    forgetsBarrier<<<1, threads>>>(y);
    failures += expect("shared memory");
    overwritesWhatIsRead<<<1, threads>>>(y);
    failures += expect("written without a barrier after another thread used it");
    readsWhatNobodyWrote<<<1, threads>>>(y);
    failures += expect("shared memory read that nobody wrote");
    readsBeyond<<<1, threads>>>(y, x);
    failures += expect("device memory read beyond");
    writesBeyond<<<1, threads>>>(y);
    failures += expect("device memory written beyond");
    writesTwice<<<1, threads>>>(y);
    failures += expect("device memory written by two threads");
    readsUnaligned<<<1, threads>>>(y, x);
    failures += expect("not aligned");
    indexesBeyond<<<1, threads>>>(y);
    failures += expect("an index lies beyond its array");
    leavesBeforeBarrier<<<1, threads>>>(y);
    failures += expect("threads wait for ever: 63 at __syncthreads");
    shufflesApart<<<1, threads>>>(y);
    failures += expect("threads that belong together execute");
    readsCopyTooEarly<<<1, threads, bytes>>>(y, x4);
    failures += expect("while an asynchronous copy is on its way");
    waitsForAnotherStage<<<1, threads, bytes>>>(y, x4);
    failures += expect("while an asynchronous copy is on its way");
    readsCopyOfAnother<<<1, threads, bytes>>>(y, x4);
    failures += expect("shared memory");
    waitsForNothing<<<1, threads>>>(y);
    failures += expect("threads wait for ever: 64 at a barrier's phase");
    asksForSharedMemory<<<1, threads, 49 * 1024>>>(y);
    failures += expect("more shared memory than was asked for");
    std::printf("kernels that are wrong on purpose\n");
    return failures;
}

}  // namespace host_cuda
