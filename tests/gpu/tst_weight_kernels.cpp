// SPDX-License-Identifier: Apache-2.0
#include "core/formats/number_format.h"
#include "core/gemm/stored_matrix.h"
#include "core/random.h"
#include "gpu/kernel_table.h"
#include "gpu/kernels/pack_weights.h"
#include "gpu/kernels/weight_fragments.h"
#include "tests/gpu/mma_emulation.h"

#include "tests/test_case.h"

#include <set>

using namespace quantoscope;
using namespace quantoscope::gpu;

namespace {

double half(std::uint32_t code)
{
    return decodeNarrow<NarrowFp16>(code & 0xFFFFu);
}

std::vector<std::uint32_t> nf4Table()
{
    std::vector<std::uint32_t> table(Nf4Code::tableWords);
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = Nf4Code::tableEntry(unsigned(i / Nf4Code::copies));
    return table;
}

/// Every word of 16 bits in both halves of a unit, decoded, against the element's own decoder.
template <class Code>
void checkEveryUnit(ElementType element)
{
    const auto table = nf4Table();
    for (std::uint32_t pattern = 0; pattern < 0x10000; ++pattern) {
        std::byte row[8] = {};
        const std::uint32_t codes = pattern | (pattern * 2654435761u & 0xFFFF0000u);   // The other half: scrambled.
        for (int column = 0; column < 8; ++column)
            if (Code::bits == 8)
                row[column] = std::byte(column < 4 ? codes >> (8 * column) : ~codes >> (8 * (column - 4)));
            else
                putNibble(row, column, codes >> (4 * column) & 15u);
        std::byte packed[128] = {};
        pack_detail::packRow(row, packed, Code::bits, Code::isInterleaved, 8);
        std::uint32_t words[2] = {}, pairs[4];
        std::memcpy(words, packed, sizeof words);
        Code::decode(words, table.data() + pattern % Nf4Code::copies, pairs);
        for (int column = 0; column < 8; ++column) {
            const double expected = elementAt(element, row, column);
            const double rounded = element == ElementType::Nf4 ? half(encodeNarrow<NarrowFp16>(float(expected))) : expected;
            QCOMPARE(half(pairs[column / 2] >> (16 * (column % 2))), rounded);
        }
    }
}

/// What the skinny kernel computes, lane by lane, with the instruction emulated: 16 rows of W, 8 of x.
template <class Format>
void checkSkinny(const OperandStorage& storage, std::int64_t k, std::uint64_t seed)
{
    using Fragments = WeightFragments<Format>;
    constexpr std::int64_t rows = 16, batch = 16;
    const RandomStream stream(seed);
    std::vector<float> weights(std::size_t(rows * k)), inputs(std::size_t(batch * k));
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = float(stream.normal(i));
    for (std::size_t i = 0; i < inputs.size(); ++i)
        inputs[i] = float(stream.normal(1000000 + i));
    const auto w = storeMatrix(weights, rows, k, storage), x = storeMatrix(inputs, batch, k, {ElementType::Fp16});
    QVERIFY(w && x);
    const PackedOperand packedW = packWeights(storage, w->bytes.data(), w->scales.data(), rows, k);
    const PackedOperand packedX = packActivations(x->bytes.data(), batch, k);
    const auto table = nf4Table();

    std::vector<double> y(std::size_t(rows * batch));
    for (int tile = 0; tile < 2; ++tile) {
        WarpRegisters<double, 4> sums{};
        for (std::int64_t chunk = 0; chunk < chunksOf(k); ++chunk) {
            // The staged tile of x, as fetch() fills it.
            std::vector<std::uint32_t> staged(std::size_t(batch * 64));
            for (int row = 0; row < batch; ++row)
                for (int segment = 0; segment < 16; ++segment)
                    std::memcpy(staged.data() + 4 * (16 * row + swizzledSegment(row, segment)),
                                packedX.bytes.data() + row * packedX.rowBytes + 2 * chunk * chunkColumns + 16 * segment, 16);
            for (int i = 0; i < 4; ++i) {
                WarpRegisters<std::uint32_t, 4> a[2];
                WarpRegisters<std::uint32_t, 2> b[2];
                for (int lane = 0; lane < 32; ++lane) {
                    std::uint32_t words[2][4 * Fragments::packsARow];
                    for (int row = 0; row < 2; ++row)
                        for (int pack = 0; pack < Fragments::packsARow; ++pack)
                            std::memcpy(words[row] + 4 * pack,
                                        packedW.bytes.data() + placeInA(lane, row).row * packedW.rowBytes
                                            + chunk * (chunkColumns * Format::Code::bits / 8) + Fragments::placeOfPack(pack, lane % 4), 16);
                    std::uint32_t parts[2][4];
                    Fragments::makeA(words[0], words[1], i, table.data() + lane % Nf4Code::copies, parts);
                    const std::uint32_t* segment = staged.data() + 4 * Fragments::segmentOfB(lane, tile, i);
                    for (int step = 0; step < 2; ++step) {
                        std::copy_n(parts[step], 4, a[step][std::size_t(lane)].begin());
                        std::copy_n(segment + 2 * step, 2, b[step][std::size_t(lane)].begin());
                    }
                }
                WarpRegisters<double, 4> group{};
                for (int step = 0; step < 2; ++step)
                    emulateMma(a[step], b[step], group, half);
                for (int lane = 0; lane < 32; ++lane)
                    for (int value = 0; value < 4; ++value) {
                        double scale = 1;
                        if constexpr (Format::groupColumns > 0)
                            scale = Format::scaleAt(packedW.scales.data() + placeInC(lane, value).row * chunksOf(k) * Format::groupsAChunk * Format::Scale::bytes, chunk, i);
                        sums[std::size_t(lane)][std::size_t(value)] += scale * group[std::size_t(lane)][std::size_t(value)];
                    }
            }
        }
        for (int lane = 0; lane < 32; ++lane)
            for (int value = 0; value < 4; ++value) {
                const FragmentPlace place = placeInC(lane, value);
                y[std::size_t((8 * tile + place.column) * rows + place.row)] = sums[std::size_t(lane)][std::size_t(value)];
            }
    }
    std::vector<double> a(static_cast<std::size_t>(k)), b(a);
    for (std::int64_t row = 0; row < batch; ++row)
        for (std::int64_t j = 0; j < rows; ++j) {
            x->decodeRow(row, 0, a);
            w->decodeRow(j, 0, b);
            double sum = 0, magnitude = 0;
            for (std::size_t l = 0; l < a.size(); ++l) {
                sum += a[l] * b[l];
                magnitude += std::abs(a[l] * b[l]);
            }
            const double allowed = storage.element == ElementType::Nf4 ? 0x1p-11 : 1e-12;
            QVERIFY(std::abs(y[std::size_t(row * rows + j)] - sum) <= allowed * magnitude);
        }
}

template <class Format>
void checkSkinnyShapes(const char* id)
{
    const OperandStorage& storage = findKernelRow(id)->w;
    for (const std::int64_t k : {1, 7, 32, 127, 128, 129, 500, 1024})
        checkSkinny<Format>(storage, k, std::uint64_t(k));
}

}  // namespace

class TestWeightKernels : public QObject {
    Q_OBJECT

private slots:
    void everyCodeInEveryPlaceDecodesToItsValue()
    {
        checkEveryUnit<Int8Code>(ElementType::Int8);
        checkEveryUnit<Int4Code>(ElementType::Int4);
        checkEveryUnit<E2m1Code>(ElementType::E2m1);
        checkEveryUnit<Nf4Code>(ElementType::Nf4);
    }

    void scalesDecodeExactly()
    {
        for (std::uint32_t code = 0; code < 0x7C00; ++code)
            QCOMPARE(double(Fp16Scale::decode(code)), half(code));
        for (std::uint32_t code = 0; code < 255; ++code) {
            QCOMPARE(double(E8m0Scale::decode(code)), std::ldexp(1.0, int(code) - 127));
            QCOMPARE(unsigned(scaleCode(ScaleFormat::E8m0, float(std::ldexp(1.0, int(code) - 127)))), code);
        }
    }

    void unitsFillAChunkWithoutOverlap()
    {
        for (const int bits : {4, 8}) {
            std::set<int> places, columns;
            for (int i = 0; i < 4; ++i)
                for (int q = 0; q < 4; ++q) {
                    places.insert(placeOfUnit(bits, i, q));
                    columns.insert(firstColumnOfUnit(i, q));
                }
            QCOMPARE(places.size(), std::size_t(16));
            QCOMPARE(columns.size(), std::size_t(16));
            QVERIFY(*places.rbegin() == 15 && *columns.rbegin() == 120);
        }
    }

    void aLanesPackHoldsTheUnitsThatTheVectorKernelTakesItFor()
    {
        for (const int bits : {4, 8})
            for (int lane = 0; lane < lanesAChunk(bits); ++lane)
                for (int unit = 0; unit < 16 / bits; ++unit) {
                    const int firstByte = lane * 16 + unit * bits;   // A unit of 8 codes has as many bytes as a code has bits.
                    QCOMPARE(placeOfUnit(bits, unitOfPack(bits, lane, unit), lane % 4) * bits, firstByte);
                }
    }

    void lanesThatReadTogetherLieOnDifferentBanks()
    {
        for (int i = 0; i < 4; ++i)
            for (int first = 0; first < 32; first += 8) {   // 16 bytes a lane: eight lanes at a time
                std::set<int> banks;
                for (int lane = first; lane < first + 8; ++lane)
                    banks.insert(WeightFragments<Int4Groups>::segmentOfB(lane, 0, i) % 8);
                QCOMPARE(banks.size(), std::size_t(8));
            }
    }

    void theFragmentMapsAreThoseOfThePtxManual()
    {
        WarpRegisters<std::uint32_t, 4> a{};
        WarpRegisters<std::uint32_t, 2> b{};
        WarpRegisters<double, 4> c{};
        // A holds row + 1 in its even columns, B is 1 in its even rows: C is 8 · (row + 1).
        for (int lane = 0; lane < 32; ++lane) {
            for (int reg = 0; reg < 4; ++reg)
                a[std::size_t(lane)][std::size_t(reg)] = encodeNarrow<NarrowFp16>(float(placeInA(lane, reg).row + 1));
            for (int reg = 0; reg < 2; ++reg)
                b[std::size_t(lane)][std::size_t(reg)] = encodeNarrow<NarrowFp16>(float(placeInB(lane, reg).column + 1));
        }
        emulateMma(a, b, c, half);
        for (int lane = 0; lane < 32; ++lane)
            for (int value = 0; value < 4; ++value) {
                const FragmentPlace place = placeInC(lane, value);
                QCOMPARE(c[std::size_t(lane)][std::size_t(value)], 8.0 * (place.row + 1) * (place.column + 1));
            }
    }

    void theSkinnyKernelsMapsGiveTheProduct()
    {
        checkSkinnyShapes<Int8Rows>("w8a16_int8");   // Without the scale of the row, as decodeRow() leaves it out too.
        checkSkinnyShapes<Q8Blocks>("w8a16_q8_0");
        checkSkinnyShapes<Int4Groups>("w4a16_int4");
        checkSkinnyShapes<Q4Blocks>("w4a16_q4_0");
        checkSkinnyShapes<Nf4Groups>("w4a16_nf4");
        checkSkinnyShapes<Mxfp4Blocks>("w4a16_mxfp4");
    }
};

QUANTOSCOPE_TEST(tst_weight_kernels, TestWeightKernels)
#include "tst_weight_kernels.moc"
