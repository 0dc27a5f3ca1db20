// SPDX-License-Identifier: Apache-2.0
#include "core/random.h"
#include "gpu/kernels/tensor_core_tiles.h"
#include "gpu/kernels/wgmma_layout.h"
#include "tests/gpu/mma_emulation.h"

#include "tests/test_case.h"

#include <cstring>
#include <set>
#include <vector>

using namespace quantoscope;
using namespace quantoscope::gpu;

namespace {

double bfloat(std::uint32_t code)
{
    return decodeNarrow<NarrowBf16>(code & 0xFFFFu);
}

std::vector<std::uint16_t> randomTile(std::size_t count, std::uint64_t seed)
{
    const RandomStream stream(seed);
    std::vector<std::uint16_t> codes(count);
    for (std::size_t i = 0; i < count; ++i)
        codes[i] = std::uint16_t(encodeNarrow<NarrowBf16>(float(stream.normal(i))));
    return codes;
}

/// A tile of rows of 32 numbers as fetch() of rung 6 leaves it in shared memory.
std::vector<std::uint16_t> staged(const std::vector<std::uint16_t>& tile)
{
    std::vector<std::uint16_t> shared(tile.size());
    for (int row = 0; row < int(tile.size() / 32); ++row)
        for (int segment = 0; segment < segmentsARow; ++segment)
            std::memcpy(shared.data() + 8 * segmentPlace(row, segment), tile.data() + 32 * row + 8 * segment, 16);
    return shared;
}

/// ldmatrix.x4 after the PTX ISA: lane l gets of matrix i the elements 2 (l % 4) and the next of the row
/// whose address lane 8i + l / 4 gave.
template <class SegmentOfLane>
WarpRegisters<std::uint32_t, 4> emulateLoadMatrices(const std::vector<std::uint16_t>& shared, const SegmentOfLane& segmentOf)
{
    WarpRegisters<std::uint32_t, 4> registers{};
    for (int lane = 0; lane < 32; ++lane)
        for (int matrix = 0; matrix < 4; ++matrix)
            std::memcpy(&registers[std::size_t(lane)][std::size_t(matrix)],
                        shared.data() + 8 * segmentOf(8 * matrix + lane / 4) + 2 * (lane % 4), 4);
    return registers;
}

}  // namespace

class TestLadderLayout : public QObject {
    Q_OBJECT

private slots:
    void rungSixMultipliesWhatItFetched()
    {
        const auto x = randomTile(64 * 32, 1), w = randomTile(32 * 32, 2);
        const auto sharedX = staged(x), sharedW = staged(w);
        for (int i = 0; i < 4; ++i)
            for (int j = 0; j < 4; ++j) {
                WarpRegisters<double, 4> sums{};
                for (int step = 0; step < 2; ++step) {
                    const auto a = emulateLoadMatrices(sharedX, [&](int lane) { return segmentOfA(lane, 16 * i, step); });
                    const auto twoB = emulateLoadMatrices(sharedW, [&](int lane) { return segmentOfTwoB(lane, 16 * (j / 2), step); });
                    WarpRegisters<std::uint32_t, 2> b{};
                    for (std::size_t lane = 0; lane < 32; ++lane)
                        b[lane] = {twoB[lane][std::size_t(j % 2 * 2)], twoB[lane][std::size_t(j % 2 * 2 + 1)]};
                    emulateMma(a, b, sums, bfloat);
                }
                for (int lane = 0; lane < 32; ++lane)
                    for (int value = 0; value < 4; ++value) {
                        const FragmentPlace place = placeInC(lane, value);
                        double expected = 0;
                        for (int k = 0; k < 32; ++k)
                            expected += bfloat(x[std::size_t((16 * i + place.row) * 32 + k)]) * bfloat(w[std::size_t((8 * j + place.column) * 32 + k)]);
                        QVERIFY(std::abs(sums[std::size_t(lane)][std::size_t(value)] - expected) < 1e-12);
                    }
            }
    }

    void ldmatrixReadsEightRowsFromEightBanks()
    {
        for (int step = 0; step < 2; ++step)
            for (int first = 0; first < 32; first += 8) {
                std::set<int> ofA, ofB;
                for (int lane = first; lane < first + 8; ++lane) {
                    ofA.insert(segmentOfA(lane, 16, step) % 8);
                    ofB.insert(segmentOfTwoB(lane, 16, step) % 8);
                }
                QCOMPARE(ofA.size(), std::size_t(8));
                QCOMPARE(ofB.size(), std::size_t(8));
            }
    }

    void theSwizzleOf128BytesIsThatOfTheCopyEngine()
    {
        // PTX ISA: in the 128-byte mode segment s of row r goes to place s xor (r mod 8), and nothing else moves.
        for (std::uint32_t row = 0; row < 64; ++row)
            for (std::uint32_t segment = 0; segment < 8; ++segment)
                for (std::uint32_t byte = 0; byte < 16; ++byte)
                    QCOMPARE(swizzle128(128 * row + 16 * segment + byte), 128 * row + 16 * (segment ^ row % 8) + byte);
    }

    void wgmmaDescriptorsLeadToTheElements()
    {
        // What the copy engine writes for 128 rows × 64 columns, at a multiple of 1024 as the kernel has it.
        const std::uint32_t start = 3 * 49152 + 1024;
        const auto tile = randomTile(128 * 64, 3);
        std::vector<std::byte> shared(start + 128 * wgmmaRowBytes);
        for (std::uint32_t row = 0; row < 128; ++row)
            for (std::uint32_t segment = 0; segment < 8; ++segment)
                std::memcpy(shared.data() + start + 128 * row + 16 * (segment ^ row % 8), tile.data() + 64 * row + 8 * segment, 16);
        for (std::uint32_t half = 0; half < 2; ++half)
            for (std::uint32_t part = 0; part < 4; ++part) {
                const std::uint64_t descriptor = wgmmaDescriptor(start + half * 64 * wgmmaRowBytes + part * 32);
                QCOMPARE(descriptor >> 62, std::uint64_t(1));
                QCOMPARE(descriptor >> 49 & 7u, std::uint64_t(0));   // The tile begins at a multiple of 1024.
                // As the tensor cores go about it: eight rows by 128 bytes, then on by the stride, addresses swizzled.
                const auto first = std::uint32_t(descriptor & 0x3FFFu) << 4, stride = std::uint32_t(descriptor >> 32 & 0x3FFFu) << 4;
                for (std::uint32_t row = 0; row < 64; ++row)
                    for (std::uint32_t k = 0; k < 16; ++k) {
                        const std::uint32_t linear = first + row / 8 * stride + row % 8 * 128 + 2 * k;
                        std::uint16_t read;
                        std::memcpy(&read, shared.data() + (linear ^ (linear >> 3 & 0x70u)), 2);
                        QCOMPARE(read, tile[(64 * half + row) * 64 + 16 * part + k]);
                    }
            }
    }

    void aWarpgroupsAccumulatorsCoverItsTileOnce()
    {
        std::set<std::pair<int, int>> places;
        for (int thread = 0; thread < 128; ++thread)
            for (int value = 0; value < 64; ++value) {
                const FragmentPlace place = placeInWarpgroup(thread, value);
                // PTX ISA, "Register fragments for wgmma.mma_async": the formula of its figure of D.
                QCOMPARE(place.row, thread / 32 * 16 + thread % 32 / 4 + 8 * (value / 2 % 2));
                QCOMPARE(place.column, value / 4 * 8 + thread % 4 * 2 + value % 2);
                places.insert({place.row, place.column});
            }
        QCOMPARE(places.size(), std::size_t(64 * 128));
    }
};

QUANTOSCOPE_TEST(tst_ladder_layout, TestLadderLayout)
#include "tst_ladder_layout.moc"
