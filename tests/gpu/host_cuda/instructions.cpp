// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/host_cuda/instructions.h"

#include "core/formats/narrow_float.h"
#include "tests/gpu/mma_emulation.h"

#include <deque>
#include <map>

namespace host_cuda {
namespace {

struct Copy {
    void* target;
    std::array<char, 16> bytes;
};

/// Of one thread: stages that were ended, oldest first, and the one that is being filled.
struct Copies {
    std::deque<std::vector<Copy>> ended;
    std::vector<Copy> open;
};
std::array<Copies, 1024> copies;
std::uint64_t copiesOfBlock = 0;

Copies& ownCopies()
{
    if (copiesOfBlock != blockNumber()) {   // What the block before left on its way is nobody's any more.
        copies = {};
        copiesOfBlock = blockNumber();
    }
    return copies[std::size_t(threadNumber())];
}

struct LoadFrame {
    const char* segment;
    std::uint32_t* registers;
};

/// Lane l gets of matrix i the elements 2 (l % 4) and the next of the row whose address lane 8i + l / 4 gave.
void loadForAll(void* const* all, int)
{
    for (int lane = 0; lane < 32; ++lane)
        for (int matrix = 0; matrix < 4; ++matrix) {
            const char* row = static_cast<LoadFrame*>(all[8 * matrix + lane / 4])->segment;
            std::memcpy(static_cast<LoadFrame*>(all[lane])->registers + matrix, row + 4 * (lane % 4), 4);
        }
}

struct MultiplyFrame {
    float* c;
    const std::uint32_t* a;
    std::uint32_t b[2];
};

template <class Format>
void multiplyForAll(void* const* all, int)
{
    quantoscope::gpu::WarpRegisters<std::uint32_t, 4> a;
    quantoscope::gpu::WarpRegisters<std::uint32_t, 2> b;
    quantoscope::gpu::WarpRegisters<double, 4> c;
    const auto frame = [&](std::size_t lane) { return static_cast<MultiplyFrame*>(all[lane]); };
    for (std::size_t lane = 0; lane < 32; ++lane) {
        std::copy_n(frame(lane)->a, 4, a[lane].begin());
        std::copy_n(frame(lane)->b, 2, b[lane].begin());
        std::copy_n(frame(lane)->c, 4, c[lane].begin());
    }
    quantoscope::gpu::emulateMma(a, b, c, [](std::uint32_t code) { return double(quantoscope::decodeNarrow<Format>(code)); });
    for (std::size_t lane = 0; lane < 32; ++lane)
        for (std::size_t value = 0; value < 4; ++value)
            frame(lane)->c[value] = float(c[lane][value]);
}

}  // namespace

void copyAsynchronously(void* target, const void* source, bool isThere)
{
    if (std::uintptr_t(target) % 16 || std::uintptr_t(source) % 16)
        complain("cp.async with an address that is no multiple of 16");
    Copy copy{target, {}};
    if (isThere) {
        note(Access::Read, source, 16);
        std::memcpy(copy.bytes.data(), source, 16);
    }
    startCopy(target, 16);
    ownCopies().open.push_back(copy);
}

void endStage()
{
    Copies& own = ownCopies();
    own.ended.push_back(std::move(own.open));
    own.open.clear();
}

void waitForStages(int pending)
{
    Copies& own = ownCopies();
    for (; own.ended.size() > std::size_t(pending); own.ended.pop_front())
        for (const Copy& copy : own.ended.front())
            endCopy(copy.target, copy.bytes.data(), 16, threadNumber());
}

void loadMatrices(std::uint32_t (&registers)[4], const char* segment)
{
    if (sharedAddressOf(segment) % 16)
        complain("ldmatrix with an address that is no multiple of 16");
    note(Access::Read, segment, 16);
    LoadFrame own{segment, registers};
    meet(Group::Warp, "ldmatrix.x4", &own, loadForAll);
}

void multiplyBf16(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1)
{
    MultiplyFrame own{c, a, {b0, b1}};
    meet(Group::Warp, "mma.m16n8k16 for BF16", &own, multiplyForAll<quantoscope::NarrowBf16>);
}

void multiplyFp16(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1)
{
    MultiplyFrame own{c, a, {b0, b1}};
    meet(Group::Warp, "mma.m16n8k16 for FP16", &own, multiplyForAll<quantoscope::NarrowFp16>);
}

}  // namespace host_cuda
