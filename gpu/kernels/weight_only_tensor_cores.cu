// SPDX-License-Identifier: Apache-2.0
// Weight-only products for three to 64 rows of x. From the third row on, decoding a weight and multiplying
// it with every row takes longer than reading it; so the multiplying goes to the tensor cores. What it
// does that the kernel for one row did not: a block of 8 warps computes 128 rows of W, W takes the side of
// the instruction that has 16 rows, x is staged once for all warps, and everything is fetched four steps
// ahead. Few rows of W are too few blocks for a large GPU: then K is cut into parts as well, each part
// writes its own sums, and a second kernel adds them in order, so that y is the same in every run.
#include "gpu/kernels/nf4_table.cuh"
#include "gpu/kernels/tensor_core_instructions.cuh"
#include "gpu/kernels/weight_fragments.h"
#include "gpu/kernels/weight_only.h"

namespace quantoscope::gpu {
namespace {

constexpr int warps = 8, rowsABlock = 16 * warps, threads = 32 * warps;

template <class Format, int tiles>
struct Stage {
    static constexpr int count = tiles == 8 ? 3 : 4;
    static constexpr int xBytes = 8 * tiles * 2 * chunkColumns;
    static constexpr int packs = 2 * WeightFragments<Format>::packsARow;   // A lane's
    static constexpr int bytes = xBytes + packs * threads * 16;
    static constexpr int tableBytes = Format::Code::usesTable ? 4 * Nf4Code::tableWords : 0;
    static constexpr int allBytes = count * bytes + tableBytes;
};

/// Starts copying one chunk: all rows of x, and of W each lane what it alone will use.
template <class Format, int tiles>
__device__ void fetch(const KernelArguments& a, char* stage, std::int64_t chunk, const char* const (&w)[2], int lane)
{
    for (int segment = threadIdx.x; segment < 8 * tiles * 16; segment += threads) {
        const int row = segment / 16, place = segment % 16;
        const bool isThere = row < a.m;
        const char* source = static_cast<const char*>(a.x) + (isThere ? row : 0) * a.xRowBytes + 2 * chunk * chunkColumns + 16 * place;
        copyAsynchronously(stage + 16 * (16 * row + swizzledSegment(row, place)), source, isThere);
    }
    using Fragments = WeightFragments<Format>;
    char* own = stage + Stage<Format, tiles>::xBytes + 16 * threadIdx.x;
#pragma unroll
    for (int row = 0; row < 2; ++row)
#pragma unroll
        for (int pack = 0; pack < Fragments::packsARow; ++pack)
            copyAsynchronously(own + 16 * threads * (row * Fragments::packsARow + pack),
                               w[row] + chunk * (chunkColumns * Format::Code::bits / 8) + Fragments::placeOfPack(pack, lane % 4), true);
}

/// One chunk from shared memory into the sums.
template <class Format, int tiles>
__device__ void multiplyChunk(const char* stage, const std::uint32_t* table, const char* const (&scales)[2], std::int64_t chunk,
                              int lane, float (&sums)[tiles][4])
{
    using Fragments = WeightFragments<Format>;
    constexpr int packs = Fragments::packsARow;
    __align__(16) std::uint32_t words[2][4 * packs];
#pragma unroll
    for (int row = 0; row < 2; ++row)
#pragma unroll
        for (int pack = 0; pack < packs; ++pack)
            *reinterpret_cast<uint4*>(&words[row][4 * pack]) = *reinterpret_cast<const uint4*>(
                stage + Stage<Format, tiles>::xBytes + 16 * threadIdx.x + 16 * threads * (row * packs + pack));
    float group[tiles][4] = {};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        std::uint32_t parts[2][4];
        Fragments::makeA(words[0], words[1], i, table, parts);
#pragma unroll
        for (int tile = 0; tile < tiles; ++tile) {
            const uint4 x = *reinterpret_cast<const uint4*>(stage + 16 * Fragments::segmentOfB(lane, tile, i));
            float (&target)[4] = Format::groupColumns > 0 ? group[tile] : sums[tile];
            multiplyFp16(target, parts[0], x.x, x.y);
            multiplyFp16(target, parts[1], x.z, x.w);
        }
        if constexpr (Format::groupColumns > 0)
            if ((32 * i + 32) % Format::groupColumns == 0) {
                const float first = Format::scaleAt(scales[0], chunk, i), second = Format::scaleAt(scales[1], chunk, i);
#pragma unroll
                for (int tile = 0; tile < tiles; ++tile)
#pragma unroll
                    for (int value = 0; value < 4; ++value) {
                        sums[tile][value] = fmaf(value < 2 ? first : second, group[tile][value], sums[tile][value]);
                        group[tile][value] = 0;
                    }
            }
    }
}

template <class Format, int tiles>
__global__ void __launch_bounds__(threads, 1) skinnyProduct(KernelArguments a, int parts)
{
#if __CUDA_ARCH__ >= 800
    using Plan = Stage<Format, tiles>;
    extern __shared__ __align__(128) char shared[];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    auto* table = reinterpret_cast<std::uint32_t*>(shared + Plan::count * Plan::bytes);
    if constexpr (Format::Code::usesTable)
        fillTable(table, threadIdx.x, threads);   // The loop's first barrier is before its use.

    const std::int64_t firstRow = std::int64_t(blockIdx.x) * rowsABlock + 16 * warp, chunks = chunksOf(a.k);
    const std::int64_t begin = chunks * blockIdx.y / parts, end = chunks * (blockIdx.y + 1) / parts;
    const char *w[2], *scales[2];
#pragma unroll
    for (int row = 0; row < 2; ++row) {
        const std::int64_t j = min(firstRow + placeInA(lane, row).row, a.n - 1);   // Beyond the last row: the last again.
        w[row] = static_cast<const char*>(a.w) + j * a.wRowBytes;
        scales[row] = static_cast<const char*>(a.wScales) + j * chunks * Format::groupsAChunk * Format::Scale::bytes;
    }
    const auto stageOf = [&](std::int64_t chunk) { return shared + (chunk - begin) % Plan::count * Plan::bytes; };
    for (int ahead = 0; ahead < Plan::count - 1; ++ahead) {
        if (begin + ahead < end)
            fetch<Format, tiles>(a, stageOf(begin + ahead), begin + ahead, w, lane);
        endStage();
    }
    float sums[tiles][4] = {};
    for (std::int64_t chunk = begin; chunk < end; ++chunk) {
        waitForStage<Plan::count - 2>();
        __syncthreads();   // Everybody's copies have arrived, and everybody has left the stage that is filled next.
        const std::int64_t next = chunk + Plan::count - 1;
        if (next < end)
            fetch<Format, tiles>(a, stageOf(next), next, w, lane);
        endStage();
        multiplyChunk<Format, tiles>(stageOf(chunk), table + lane % Nf4Code::copies, scales, chunk, lane, sums);
    }
    float* target = parts == 1 ? a.y : static_cast<float*>(a.workspace) + blockIdx.y * a.m * a.n;
#pragma unroll
    for (int tile = 0; tile < tiles; ++tile)
#pragma unroll
        for (int value = 0; value < 4; ++value) {
            const FragmentPlace place = placeInC(lane, value);
            const std::int64_t j = firstRow + place.row, row = 8 * tile + place.column;
            if (j < a.n && row < a.m)
                target[row * a.n + j] = Format::groupColumns > 0 ? sums[tile][value]
                                                                 : sums[tile][value] * static_cast<const float*>(a.wScales)[j];
        }
#endif
}

__global__ void addParts(const float* parts, int count, std::int64_t elements, float* y)
{
    const std::int64_t i = std::int64_t(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= elements)
        return;
    float sum = parts[i];
    for (int part = 1; part < count; ++part)
        sum += parts[part * elements + i];
    y[i] = sum;
}

template <class Format, int tiles>
void launchTiles(const KernelArguments& a, cudaStream_t stream)
{
    using Plan = Stage<Format, tiles>;
    if (Plan::allBytes > 48 << 10)   // More must be asked for. It fails where the device has less: the launch says so.
        cudaFuncSetAttribute(skinnyProduct<Format, tiles>, cudaFuncAttributeMaxDynamicSharedMemorySize, Plan::allBytes);
    const int parts = partsOfK(a.n, a.k, a.multiprocessors);
    const dim3 blocks(unsigned((a.n + rowsABlock - 1) / rowsABlock), unsigned(parts));
    skinnyProduct<Format, tiles><<<blocks, threads, Plan::allBytes, stream>>>(a, parts);
    const std::int64_t elements = a.m * a.n;
    if (parts > 1)
        addParts<<<unsigned((elements + 255) / 256), 256, 0, stream>>>(static_cast<const float*>(a.workspace), parts, elements, a.y);
}

}  // namespace

template <class Format>
void launchSkinny(const KernelArguments& a, cudaStream_t stream)
{
    if (a.m <= 8)
        launchTiles<Format, 1>(a, stream);
    else if (a.m <= 16)
        launchTiles<Format, 2>(a, stream);
    else if (a.m <= 32)
        launchTiles<Format, 4>(a, stream);
    else
        launchTiles<Format, 8>(a, stream);
}

template void launchSkinny<Int8Rows>(const KernelArguments&, cudaStream_t);
template void launchSkinny<Q8Blocks>(const KernelArguments&, cudaStream_t);
template void launchSkinny<Int4Groups>(const KernelArguments&, cudaStream_t);
template void launchSkinny<Q4Blocks>(const KernelArguments&, cudaStream_t);
template void launchSkinny<Nf4Groups>(const KernelArguments&, cudaStream_t);
template void launchSkinny<Mxfp4Blocks>(const KernelArguments&, cudaStream_t);

}  // namespace quantoscope::gpu
