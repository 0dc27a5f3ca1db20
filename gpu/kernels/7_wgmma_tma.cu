// SPDX-License-Identifier: Apache-2.0
// Rung 7, Hopper alone. Registers were what limited the rung before: every number passed through them on
// its way to the tensor cores. Now four warps together, a warpgroup, start products whose operands stay in
// shared memory (wgmma), and one thread starts copies of whole tiles by the copy engine (TMA), which also
// swizzles them and fills edges with zeros. Who copies and who multiplies are different warps; barriers
// that count arrived bytes keep them in step. A block computes 256 × 128, four tiles of 64 columns ahead.
#include "gpu/kernels/hopper.cuh"
#include "gpu/kernels/kernels.h"
#include "gpu/kernels/wgmma_layout.h"

namespace quantoscope::gpu {
namespace {

constexpr int tileRows = 256, tileColumns = 128, stages = 4, consumers = 2, threads = 128 * (1 + consumers);
constexpr int xBytes = tileRows * wgmmaRowBytes, wBytes = tileColumns * wgmmaRowBytes, stageBytes = xBytes + wBytes;
constexpr int alignment = 1024;   // Of a tile, for the swizzle
constexpr int sharedBytes = stages * stageBytes + alignment;

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
constexpr int rowsAConsumer = tileRows / consumers, halves = rowsAConsumer / 64;

struct Barriers {
    std::uint64_t full[stages];    ///< The copies of a stage have arrived.
    std::uint64_t empty[stages];   ///< All consumers have done with it.
};

/// One thread keeps the stages filled.
__device__ void produce(const CUtensorMap& x, const CUtensorMap& w, char* tiles, Barriers& barriers, int firstRow, int firstColumn, int steps)
{
    for (int step = 0; step < steps; ++step) {
        const int stage = step % stages;
        wait(barriers.empty[stage], step / stages % 2 ^ 1);   // The first round finds them empty: the phase before the first is complete.
        arriveExpecting(barriers.full[stage], stageBytes);
        copyTile(tiles + stage * stageBytes, x, step * wgmmaDepth, firstRow, barriers.full[stage]);
        copyTile(tiles + stage * stageBytes + xBytes, w, step * wgmmaDepth, firstColumn, barriers.full[stage]);
    }
}

/// Starts the products of one step, which is then one group.
__device__ void startStep(float (&sums)[halves][64], const char* tiles, Barriers& barriers, int consumer, int step)
{
    const int stage = step % stages;
    wait(barriers.full[stage], step / stages % 2);
    const std::uint32_t x = sharedAddress(tiles + stage * stageBytes) + consumer * rowsAConsumer * wgmmaRowBytes;
    const std::uint32_t w = sharedAddress(tiles + stage * stageBytes + xBytes);
#pragma unroll
    for (int half = 0; half < halves; ++half)
        holdInRegisters(sums[half]);
    beginWarpgroupProducts();
#pragma unroll
    for (int part = 0; part < wgmmaDepth / 16; ++part)
#pragma unroll
        for (int half = 0; half < halves; ++half)
            multiplyWarpgroup(sums[half], wgmmaDescriptor(x + half * 64 * wgmmaRowBytes + part * 32), wgmmaDescriptor(w + part * 32));
    endWarpgroupProducts();
#pragma unroll
    for (int half = 0; half < halves; ++half)
        holdInRegisters(sums[half]);
}

/// A warpgroup multiplies 128 × 128; the products of one step run on while the next is started. The first
/// step stands before the loop: else the loop's registers would come from zeros or from products on their
/// way, and the compiler would wait for every single product (ptxas says C7515; .ci/run looks for that).
__device__ void consume(float (&sums)[halves][64], const char* tiles, Barriers& barriers, int consumer, int steps)
{
    startStep(sums, tiles, barriers, consumer, 0);
    for (int step = 1; step < steps; ++step) {
        startStep(sums, tiles, barriers, consumer, step);
        waitForWarpgroupProducts<1>();   // Those of the step before: its stage may be filled again.
        if (threadIdx.x % 32 == 0)
            arrive(barriers.empty[(step - 1) % stages]);
    }
    waitForWarpgroupProducts<0>();
#pragma unroll
    for (int half = 0; half < halves; ++half)
        holdInRegisters(sums[half]);
}
#endif

__global__ void __launch_bounds__(threads, 1) warpgroups(const __grid_constant__ CUtensorMap x, const __grid_constant__ CUtensorMap w, KernelArguments a)
{
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
    extern __shared__ char shared[];
    __shared__ Barriers barriers;
    char* tiles = shared + (alignment - sharedAddress(shared) % alignment) % alignment;
    const std::int64_t down = (a.m + tileRows - 1) / tileRows;
    const auto firstRow = int(blockIdx.x % down * tileRows), firstColumn = int(blockIdx.x / down * tileColumns);
    const auto steps = int((a.k + wgmmaDepth - 1) / wgmmaDepth);
    if (threadIdx.x == 0) {
        for (int stage = 0; stage < stages; ++stage) {
            initBarrier(barriers.full[stage], 1);
            initBarrier(barriers.empty[stage], 4 * consumers);   // One of each warp
        }
        publishBarriers();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        if (threadIdx.x == 0)
            produce(x, w, tiles, barriers, firstRow, firstColumn, steps);
        return;
    }
    const int consumer = threadIdx.x / 128 - 1;
    float sums[halves][64] = {};
    consume(sums, tiles, barriers, consumer, steps);
#pragma unroll
    for (int half = 0; half < halves; ++half)
#pragma unroll
        for (int value = 0; value < 64; ++value) {
            const FragmentPlace place = placeInWarpgroup(threadIdx.x % 128, value);
            const std::int64_t row = firstRow + consumer * rowsAConsumer + half * 64 + place.row, column = firstColumn + place.column;
            if (row < a.m && column < a.n)
                a.y[row * a.n + column] = sums[half][value];
        }
#endif
}

using Encode = decltype(cuTensorMapEncodeTiled);

/// From the driver that is loaded anyway: linking to libcuda would keep the worker from starting without one.
Encode* findEncode()
{
    void* entry = nullptr;
    cudaDriverEntryPointQueryResult found{};
    constexpr unsigned sinceVersion = 12000;
    if (cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, sinceVersion, cudaEnableDefault, &found) != cudaSuccess)
        return nullptr;
    return found == cudaDriverEntryPointSuccess ? reinterpret_cast<Encode*>(entry) : nullptr;
}

/// A matrix of BF16 with rows of `rowBytes`, cut into tiles of `tileHeight` rows and 64 columns.
bool describe(Encode* encode, CUtensorMap& map, const void* matrix, std::int64_t rows, std::int64_t columns, std::int64_t rowBytes, int tileHeight)
{
    const cuuint64_t sizes[] = {cuuint64_t(columns), cuuint64_t(rows)}, strides[] = {cuuint64_t(rowBytes)};
    const cuuint32_t box[] = {wgmmaDepth, cuuint32_t(tileHeight)}, steps[] = {1, 1};
    return encode(&map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2, const_cast<void*>(matrix), sizes, strides, box, steps,
                  CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                  CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

}  // namespace

void launchWarpgroups(const KernelArguments& a, cudaStream_t stream)
{
    static Encode* const encode = findEncode();
    CUtensorMap x, w;
    const bool isDescribed = encode && describe(encode, x, a.x, a.m, a.k, a.xRowBytes, tileRows)
        && describe(encode, w, a.w, a.n, a.k, a.wRowBytes, tileColumns);
    // What cannot be described is started with more shared memory than there is: the launch reports it.
    constexpr int impossible = 1 << 30;
    cudaFuncSetAttribute(warpgroups, cudaFuncAttributeMaxDynamicSharedMemorySize, sharedBytes);
    const std::int64_t blocks = (a.m + tileRows - 1) / tileRows * ((a.n + tileColumns - 1) / tileColumns);
    warpgroups<<<unsigned(blocks), threads, isDescribed ? sharedBytes : impossible, stream>>>(x, w, a);
}

}  // namespace quantoscope::gpu
