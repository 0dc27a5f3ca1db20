// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/host_cuda/hopper.h"

#include "core/formats/narrow_float.h"
#include "tests/gpu/host_cuda/memory.h"

#include <deque>
#include <utility>
#include <map>
#include <vector>

namespace host_cuda {
namespace {

/// The phase of a barrier ends when all have arrived and all bytes that were announced are there.
struct Barrier {
    int arrivals = 0, missing = 0;
    long bytes = 0;
    std::uint32_t phase = 0;
};

struct Warpgroup {
    bool isFenced = false;
    std::vector<EventId> open;
    std::deque<std::vector<EventId>> groups;   ///< All that were committed.
};

struct BlockState {
    std::uint64_t block = 0;
    std::map<std::uint32_t, Barrier> barriers;   ///< By address in shared memory.
    bool areBarriersPublished = false;
    std::array<Warpgroup, 8> warpgroups;
};

BlockState& blockState()
{
    static BlockState one;
    if (one.block != blockNumber()) {
        one = {};
        one.block = blockNumber();
    }
    return one;
}

Barrier& barrierAt(const std::uint64_t& place)
{
    Barrier& barrier = blockState().barriers[sharedAddressOf(&place)];
    if (barrier.arrivals == 0)
        complain("a barrier is used that was not initialised");
    return barrier;
}

/// The next phase begins when nothing is missing any more.
void settle(Barrier& barrier)
{
    if (barrier.missing < 0)
        complain("more threads arrive at a barrier than it counts");
    if (barrier.missing > 0 || barrier.bytes != 0)
        return;
    barrier.missing = barrier.arrivals;
    ++barrier.phase;
}

constexpr std::uint32_t swizzled(std::uint32_t address)
{
    return address ^ (address >> 7 & 7u) << 4;
}

/// A box of rows of 128 bytes, swizzled by where it lies; zeros beyond the matrix.
void landTile(std::uint32_t target, const CUtensorMap& map, int column, int row, std::uint64_t* barrier)
{
    for (std::uint32_t down = 0; down < map.boxRows; ++down)
        for (std::uint32_t segment = 0; segment < 8; ++segment) {
            char bytes[16] = {};
            for (int i = 0; i < 8; ++i) {
                const std::int64_t x = column + 8 * std::int64_t(segment) + i, y = row + std::int64_t(down);
                if (x >= 0 && x < std::int64_t(map.columns) && y >= 0 && y < std::int64_t(map.rows))
                    std::memcpy(bytes + 2 * i, map.start + y * std::int64_t(map.rowBytes) + 2 * x, 2);
            }
            endCopy(sharedPlace(swizzled(target + 128 * down + 16 * segment)), bytes, 16, -1);
        }
    Barrier& counted = barrierAt(*barrier);
    counted.bytes -= long(map.boxRows) * 128;
    settle(counted);
}

struct ProductFrame {
    float* c;
    std::uint64_t a, b;
};

/// Element (row, k) of an operand whose rows lie along K, through its descriptor.
float elementOf(std::uint64_t descriptor, std::uint32_t row, std::uint32_t k)
{
    const auto start = std::uint32_t(descriptor & 0x3FFF) << 4, stride = std::uint32_t(descriptor >> 32 & 0x3FFF) << 4;
    const std::uint32_t address = swizzled(start + row / 8 * stride + row % 8 * 128 + 2 * k);
    noteAsynchronousRead(sharedPlace(address & ~3u), 4);
    std::uint16_t code;
    std::memcpy(&code, sharedPlace(address), 2);
    return quantoscope::decodeNarrow<quantoscope::NarrowBf16>(code);
}

void product(const std::array<float*, 128>& c, std::uint64_t a, std::uint64_t b)
{
    float left[64][16], right[128][16];
    for (std::uint32_t k = 0; k < 16; ++k) {
        for (std::uint32_t row = 0; row < 64; ++row)
            left[row][k] = elementOf(a, row, k);
        for (std::uint32_t row = 0; row < 128; ++row)
            right[row][k] = elementOf(b, row, k);
    }
    // PTX ISA, "Register fragments for wgmma.mma_async", D of m64nNk16.
    for (int thread = 0; thread < 128; ++thread)
        for (int value = 0; value < 64; ++value) {
            const int row = thread / 32 * 16 + thread % 32 / 4 + 8 * (value / 2 % 2), column = value / 4 * 8 + thread % 4 * 2 + value % 2;
            double sum = c[std::size_t(thread)][value];
            for (int k = 0; k < 16; ++k)
                sum += double(left[row][k]) * right[column][k];
            c[std::size_t(thread)][value] = float(sum);
        }
}

Warpgroup& ownWarpgroup()
{
    return blockState().warpgroups[std::size_t(threadNumber() / 128)];
}

bool isKMajorWith128ByteSwizzle(std::uint64_t descriptor)
{
    return descriptor >> 62 == 1 && (descriptor >> 49 & 7u) == 0;
}

void multiplyForAll(void* const* all, int)
{
    std::array<float*, 128> c;
    const auto& first = *static_cast<ProductFrame*>(all[0]);
    for (std::size_t thread = 0; thread < 128; ++thread) {
        const auto& one = *static_cast<ProductFrame*>(all[thread]);
        if (one.a != first.a || one.b != first.b)
            complain("the threads of a warpgroup have different descriptors");
        c[thread] = one.c;
    }
    if (!isKMajorWith128ByteSwizzle(first.a) || !isKMajorWith128ByteSwizzle(first.b))
        complain("a descriptor that is not understood");
    Warpgroup& own = ownWarpgroup();
    if (!own.isFenced)
        complain("wgmma without a fence after its registers were used");
    own.open.push_back(happenLater([c, a = first.a, b = first.b] { product(c, a, b); }, &own));
}

}  // namespace

void initBarrier(std::uint64_t& barrier, int arrivals)
{
    note(Access::Write, &barrier, 8);
    blockState().barriers[sharedAddressOf(&barrier)] = {arrivals, arrivals, 0, 0};
}

void publishBarriers()
{
    blockState().areBarriersPublished = true;
}

void arrive(std::uint64_t& barrier)
{
    note(Access::Read, &barrier, 8);
    Barrier& counted = barrierAt(barrier);
    --counted.missing;
    settle(counted);
}

void arriveExpecting(std::uint64_t& barrier, int bytes)
{
    barrierAt(barrier).bytes += bytes;
    arrive(barrier);
}

void waitForPhase(std::uint64_t& barrier, std::uint32_t parity)
{
    note(Access::Read, &barrier, 8);
    const Barrier& counted = barrierAt(barrier);
    waitUntil([&] { return (counted.phase & 1u) != parity; }, "a barrier's phase");
}

void copyTile(void* target, const CUtensorMap& map, int column, int row, std::uint64_t& barrier)
{
    if (!blockState().areBarriersPublished)
        complain("the copy engine is given a barrier that it may not see yet");
    const std::uint32_t address = sharedAddressOf(target);
    if (address % 1024)
        complain("the copy engine's tile does not begin at a multiple of 1024, where its swizzle does");
    startCopy(target, std::size_t(map.boxRows) * 128);
    happenLater([=, map = map, &barrier] { landTile(address, map, column, row, &barrier); });   // Who started it may have gone.
}

void beginWarpgroupProducts()
{
    ownWarpgroup().isFenced = true;
}

void endWarpgroupProducts()
{
    meet(Group::Warpgroup, "wgmma.commit_group", nullptr, [](void* const*, int) {
        Warpgroup& own = ownWarpgroup();
        own.groups.push_back(std::exchange(own.open, {}));
    });
}

void waitForProducts(int pending)
{
    Warpgroup& own = ownWarpgroup();
    for (std::size_t group = 0; group + std::size_t(pending) < own.groups.size(); ++group)
        for (const EventId id : own.groups[group])
            happenNow(id);
    own.isFenced = false;
}

void multiplyWarpgroup(float (&c)[64], std::uint64_t a, std::uint64_t b)
{
    ProductFrame own{c, a, b};
    meet(Group::Warpgroup, "wgmma.mma_async", &own, multiplyForAll);
}

}  // namespace host_cuda

/// Refuses what the driver's documentation of the function refuses.
CUresult cuTensorMapEncodeTiled(CUtensorMap* map, CUtensorMapDataType, cuuint32_t rank, void* start, const cuuint64_t* sizes, const cuuint64_t* strides,
                                const cuuint32_t* box, const cuuint32_t* steps, CUtensorMapInterleave, CUtensorMapSwizzle swizzle, CUtensorMapL2promotion,
                                CUtensorMapFloatOOBfill)
{
    constexpr std::uint64_t largestSize = std::uint64_t{1} << 32, largestStride = std::uint64_t{1} << 40;
    const bool isGood = std::uintptr_t(map) % 64 == 0 && rank == 2 && std::uintptr_t(start) % 16 == 0 && sizes[0] >= 1 && sizes[0] <= largestSize
        && sizes[1] >= 1 && sizes[1] <= largestSize && strides[0] % 16 == 0 && strides[0] < largestStride && strides[0] >= 2 * sizes[0] && box[0] <= 256
        && box[1] >= 1 && box[1] <= 256 && steps[0] == 1 && steps[1] == 1;
    if (!isGood || swizzle != CU_TENSOR_MAP_SWIZZLE_128B || box[0] * 2 != 128)   // No more than 128 bytes with this swizzle; ours are just that.
        return CUDA_ERROR_INVALID_VALUE;
    *map = {static_cast<const char*>(start), sizes[0], sizes[1], strides[0], box[0], box[1]};
    return CUDA_SUCCESS;
}
