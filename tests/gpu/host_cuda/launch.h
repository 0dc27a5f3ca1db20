// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <tuple>

/// A GPU on the processor, for tests: kernels compiled by an ordinary compiler, each thread of a block a
/// fibre. Which fibre goes on after a barrier is drawn by chance, and so is when an asynchronous copy
/// arrives, so that what a kernel does not wait for is not there. memory.h looks at every access.
namespace host_cuda {

/// What stands between <<< and >>>.
struct Plan {
    Plan(dim3 grid_, dim3 block_, std::size_t sharedBytes_ = 0, cudaStream_t = nullptr) : grid(grid_), block(block_), sharedBytes(sharedBytes_) {}
    dim3 grid, block;
    std::size_t sharedBytes;
};

/// A kernel and what it is started with, which all its threads may read.
struct Call {
    const void* name;
    const void* data;
    std::size_t bytes;
    void (*start)(const void* data);
};

/// Runs a block after the other in an order drawn from the seed, and complains (memory.h) of a plan that
/// a GPU would refuse.
void run(const Plan&, const Call&);
void setSeed(std::uint64_t);

/// `kernel<<<plan>>>(arguments…)`, into which translate.cmake rewrites it.
template <class... Parameters, class... Arguments>
void launch(const Plan& plan, void (*kernel)(Parameters...), const Arguments&... arguments)
{
    using Data = std::pair<void (*)(Parameters...), std::tuple<Parameters...>>;
    const Data data(kernel, {arguments...});
    run(plan, {reinterpret_cast<const void*>(kernel), &data, sizeof data, [](const void* start) {
        std::apply(static_cast<const Data*>(start)->first, static_cast<const Data*>(start)->second);
    }});
}

/// `extern __shared__ T name[]`: as much as the plan says, which is not aligned to more than 128 bytes.
void* dynamicShared();
/// `__shared__`, one place for each declaration; not aligned to more than its type wants.
void* staticSharedPlace(const void* declaration, std::size_t bytes, std::size_t alignment);
template <class Members>
Members& staticShared()
{
    static const char declaration = 0;
    return *static_cast<Members*>(staticSharedPlace(&declaration, sizeof(Members), alignof(Members)));
}
void allowShared(const void* kernel, int bytes);

/// Threads that execute an instruction together: 32, 128, or all of a block.
enum class Group { Warp, Warpgroup, Block };
/// Waits for all threads of the group; the last to arrive does `work` for all, in the order of their
/// numbers. Complains where they meet at different instructions, or one never comes.
void meet(Group, const char* instruction, void* own, void (*work)(void* const* all, int count));
/// Of the running block among all that ever ran, and of the running thread in it.
std::uint64_t blockNumber();
int threadNumber();
/// Lets others go on until `isTrue`. What waits for ever is a complaint, and the block ends.
void waitUntil(const std::function<bool()>& isTrue, const char* what);
/// Something that happens by itself, at a time drawn by chance; `tag` names its order: of events of one
/// tag (not nullptr) the earlier happens first.
using EventId = std::uint64_t;
EventId happenLater(std::function<void()> event, const void* tag = nullptr);
/// Makes it happen now, and those before it of its tag, unless it has.
void happenNow(EventId);

namespace detail {

template <class T>
struct Shuffle {
    T value;
    int from;
};

/// Every lane gets the value of the lane it names.
template <class T>
T shuffle(unsigned lanes, const char* instruction, T value, int from)
{
    Shuffle<T> own{value, from};
    meet(Group::Warp, lanes == 0xFFFFFFFFu ? instruction : "a shuffle of some lanes", &own, [](void* const* all, int) {
        std::array<T, 32> values;
        for (int lane = 0; lane < 32; ++lane)
            values[std::size_t(lane)] = static_cast<Shuffle<T>*>(all[lane])->value;
        for (int lane = 0; lane < 32; ++lane) {
            auto& one = *static_cast<Shuffle<T>*>(all[lane]);
            one.value = values[std::size_t(one.from & 31)];
        }
    });
    return own.value;
}

}  // namespace detail
}  // namespace host_cuda

extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;
void __syncthreads();

template <class T>
T __shfl_xor_sync(unsigned lanes, T value, int mask)
{
    return host_cuda::detail::shuffle(lanes, "__shfl_xor_sync", value, host_cuda::threadNumber() % 32 ^ mask);
}

/// From the lane `distance` further on; the last ones keep their own.
template <class T>
T __shfl_down_sync(unsigned lanes, T value, int distance)
{
    const int lane = host_cuda::threadNumber() % 32;
    return host_cuda::detail::shuffle(lanes, "__shfl_down_sync", value, lane + distance < 32 ? lane + distance : lane);
}

template <class T>
T __ldg(const T* place)
{
    return *place;
}

template <class Kernel>
cudaError_t cudaFuncSetAttribute(Kernel* kernel, cudaFuncAttribute, int value)
{
    host_cuda::allowShared(reinterpret_cast<const void*>(kernel), value);
    return cudaSuccess;
}
