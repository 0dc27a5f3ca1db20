// SPDX-License-Identifier: Apache-2.0
// INT8: exact 32-bit sums of products of two INT8 codes (W8A8). Where the processor has VNNI, by
// int8_vnni.cpp; else both operands are widened to 16 bits and multiplied in pairs (vpmaddwd), which cannot
// overflow. The faster vpmaddubsw saturates and is wrong: int8_saturating shows it as such.
//
// W is packed a panel at a time, so that one vector holds a pair of neighbours along K from each of many
// rows of W. A pair of x, broadcast, then adds to as many sums as the vector is wide, and no lane has ever
// to be added to its neighbour.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/gemm/cpu_kernels/int8_exact.cpp"
#include <hwy/foreach_target.h>

#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/panel_tiles.h"

#include <hwy/aligned_allocator.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::cpu::HWY_NAMESPACE {
namespace {   // Other kernels have functions of the same names.

#if HWY_TARGET == HWY_SCALAR   // Processors older than SSSE3.
bool multiply(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
        for (std::int64_t i = 0; i < x.rows && pulse.goesOn(); ++i) {
            std::int32_t sum = 0;
            for (std::int64_t k = 0; k < x.columns; ++k)
                sum += x.rowAs<std::int8_t>(i)[k] * w.rowAs<std::int8_t>(j)[k];
            y.as<std::int32_t>()[i * w.rows + j] = sum;
        }
    });
}
#else

namespace hn = hwy::HWY_NAMESPACE;

using D16 = hn::ScalableTag<std::int16_t>;
using D32 = hn::RepartitionToWide<D16>;
using Sums = hn::Vec<D32>;

constexpr std::int64_t chunkColumns = 512;   // Of K: a panel of W stays in the first-level cache.
// 32 vector registers hold 24 sums and their operands, 16 hold 12.
constexpr int tileRows = HWY_TARGET <= HWY_AVX3 ? 12 : 6;
constexpr std::int64_t fewRows = 4;          // So few rows of x do not pay for packing.

std::int64_t panelColumns() { return 2 * std::int64_t(hn::Lanes(D32())); }

void widenToInt16(const std::int8_t* source, std::int64_t count, std::int16_t* target)
{
    const D16 d;
    const hn::Rebind<std::int8_t, D16> narrow;
    for (std::int64_t i = 0; i < count; i += std::int64_t(hn::Lanes(d)))
        hn::Store(hn::PromoteTo(d, hn::LoadU(narrow, source + i)), d, target + i);
}

/// Eight columns of four rows of W, as four times a pair from each row.
HWY_INLINE void packFour(const StoredMatrix& w, std::int64_t row, std::int64_t k, std::int16_t* target, std::int64_t stride)
{
    const hn::FixedTag<std::int16_t, 8> d16;
    const hn::FixedTag<std::int8_t, 8> d8;
    const hn::FixedTag<std::int32_t, 4> d32;
    const hn::FixedTag<std::int64_t, 2> d64;
    const auto load = [&](std::int64_t r) {
        return r < w.rows ? hn::BitCast(d32, hn::PromoteTo(d16, hn::LoadU(d8, w.rowAs<std::int8_t>(r) + k))) : hn::Zero(d32);
    };
    const auto a = load(row), b = load(row + 1), c = load(row + 2), e = load(row + 3);
    const auto ab = hn::BitCast(d64, hn::InterleaveLower(d32, a, b)), ce = hn::BitCast(d64, hn::InterleaveLower(d32, c, e));
    const auto abHigh = hn::BitCast(d64, hn::InterleaveUpper(d32, a, b)), ceHigh = hn::BitCast(d64, hn::InterleaveUpper(d32, c, e));
    const auto store = [&](int place, auto pairs) { hn::StoreU(hn::BitCast(d16, pairs), d16, target + place * stride); };
    store(0, hn::InterleaveLower(d64, ab, ce));
    store(1, hn::InterleaveUpper(d64, ab, ce));
    store(2, hn::InterleaveLower(d64, abHigh, ceHigh));
    store(3, hn::InterleaveUpper(d64, abHigh, ceHigh));
}

/// panel[pair of K][row of W]: rows beyond the last one are zero.
void packPanel(const StoredMatrix& w, const PanelPlace& place, std::int16_t* panel)
{
    for (std::int64_t r = 0; r < panelColumns(); r += 4)
        for (std::int64_t k = 0; k < place.columns; k += 8)
            packFour(w, place.row + r, place.first + k, panel + k * panelColumns() + 2 * r, 2 * panelColumns());
}

/// sum += a · b, two neighbours a lane.
HWY_INLINE void addProducts(Sums& sum, hn::Vec<D16> a, hn::Vec<D16> b)
{
#if HWY_TARGET <= HWY_AVX2
    // By name, because g++ 12 copies every sum around the intrinsics and fetches operands long before they
    // are used: there are as many registers as numbers, and one more goes through memory.
    Sums products;
    asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+v"(sum.raw), "=&v"(products.raw) : "v"(a.raw), "v"(b.raw));
#else
    // `rest` is for targets without pairwise multiplication, which accumulate on the side; x86 leaves it 0.
    static_assert(HWY_ARCH_X86);
    Sums rest = hn::Zero(D32());
    sum = hn::ReorderWidenMulAccumulate(D32(), a, b, sum, rest);
#endif
}

struct Step {
    using Codes = hn::Vec<D16>;
    using Sum = Sums;
    static HWY_INLINE Sum zero() { return hn::Zero(D32()); }
    static HWY_INLINE Codes load(const std::byte* panel) { return hn::Load(D16(), reinterpret_cast<const std::int16_t*>(panel)); }
    static HWY_INLINE Codes broadcast(const std::int32_t* x) { return hn::BitCast(D16(), hn::Set(D32(), *x)); }
    static HWY_INLINE void add(Sum& sum, Codes w, Codes x) { addProducts(sum, x, w); }
};

#undef QUANTOSCOPE_INLINE
#define QUANTOSCOPE_INLINE HWY_INLINE
#include "core/gemm/cpu_kernels/tile_sums.inl"

template <int rows>
HWY_INLINE void addToOutput(const TileSums<Step, rows>& sums, std::int32_t* y, std::int64_t yRow)
{
    const D32 d;
    if constexpr (rows > 0) {
        hn::StoreU(hn::Add(hn::LoadU(d, y), sums.left), d, y);
        hn::StoreU(hn::Add(hn::LoadU(d, y + hn::Lanes(d)), sums.right), d, y + hn::Lanes(d));
        addToOutput(sums.below, y + yRow, yRow);
    }
}

/// y[i][j] += x row i · row j of a panel, for `rows` rows of a tile of x, whose pairs are 32-bit numbers. Not
/// inlined: registers are for the sums alone.
template <int rows>
HWY_NOINLINE void addTile(const std::int32_t* x, const std::byte* panel, std::int64_t columns, std::int32_t* y, std::int64_t yRow)
{
    TileSums<Step, rows> sums;
    clear(sums);
    addSteps<tileRows>(sums, x, panel, columns / 2);
    addToOutput(sums, y, yRow);
}

void multiplyBlock(const OutputBlock& block, const std::int32_t* x, std::int64_t xRow, const StoredMatrix& w,
                   std::int32_t* y, std::int64_t yRow, const Pulse& pulse)
{
    static constexpr auto tiles = forEachNumberOfRows<tileRows>([](auto rows) { return &addTile<rows>; });
    constexpr std::int64_t widest = 2 * HWY_MAX_BYTES / 4;
    thread_local const auto panel = hwy::AllocateAligned<std::int16_t>(std::size_t(panelColumns() * chunkColumns));
    startBlock(block, y, yRow, [](std::int64_t) { return 0; });
    const auto pack = [&](const PanelPlace& place) { packPanel(w, place, panel.get()); };
    forEachPanel(block, xRow, {panelColumns(), chunkColumns, tileRows}, pulse, pack, [&](const PanelPlace& place, std::int64_t i, std::int64_t rows) {
        const auto addRows = [&](std::int32_t* target, std::int64_t targetRow) {
            tiles[std::size_t(rows - 1)](x + (i * xRow + place.first * tileRows) / 2, reinterpret_cast<const std::byte*>(panel.get()), place.columns,
                                         target, targetRow);
        };
        if (place.rows == panelColumns())
            return addRows(y + i * yRow + place.row, yRow);
        std::int32_t tile[tileRows * widest] = {};   // The last panel of a matrix has fewer rows of W than a tile is wide.
        addRows(tile, widest);
        addTileToOutput<widest>(tile, place, i, rows, y, yRow);
    });
}

/// A few rows of x against one row of W as it lies in memory, which is read once and in order.
template <int rows>
void dotRow(const std::int16_t* x, std::int64_t xRow, const std::int8_t* w, std::int32_t* y, std::int64_t yRow)
{
    const D16 d16;
    const D32 d32;
    const hn::Rebind<std::int8_t, D16> narrow;
    Sums sum[rows];
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
        sum[i] = hn::Zero(d32);
    for (std::int64_t k = 0; k < xRow; k += std::int64_t(hn::Lanes(d16))) {
        askForMore(w + k);
        const auto b = hn::PromoteTo(d16, hn::LoadU(narrow, w + k));
#pragma GCC unroll 8
        for (int i = 0; i < rows; ++i)
            addProducts(sum[i], hn::Load(d16, x + i * xRow + k), b);
    }
#pragma GCC unroll 8
    for (int i = 0; i < rows; ++i)
        y[i * yRow] = hn::GetLane(hn::SumOfLanes(d32, sum[i]));
}

bool multiplyFewRows(const StoredMatrix& x, const std::int16_t* widened, const StoredMatrix& w, std::int32_t* y, const Pulse& pulse)
{
    const auto dot = forEachNumberOfRows<fewRows>([](auto rows) { return &dotRow<rows>; })[std::size_t(x.rows - 1)];
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
        dot(widened, std::int64_t(x.rowBytes), w.rowAs<std::int8_t>(j), y + j, w.rows);
    });
}

bool multiply(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    const std::int64_t row = std::int64_t(x.rowBytes);   // One byte an element, filled up to 64.
    Scratch<std::int16_t> widened(std::size_t(x.rows * row));
    parallelFor(std::size_t(x.rows), [&](std::size_t i) {
        widenToInt16(x.rowAs<std::int8_t>(std::int64_t(i)), row, widened.data() + std::int64_t(i) * row);
    }, pulse.progress().stop);
    if (x.rows <= fewRows)
        return multiplyFewRows(x, widened.data(), w, y.as<std::int32_t>(), pulse);
    const Scratch<std::int32_t> tiles = packTiles<tileRows, std::int32_t>(x.rows, row / 2, [&](std::int64_t i) {
        return reinterpret_cast<const std::int32_t*>(widened.data() + i * row);
    });
    return forEachOutputBlock(x.rows, w.rows, pulse, [&](const OutputBlock& block) {
        multiplyBlock(block, tiles.data(), row, w, y.as<std::int32_t>(), w.rows, pulse);
    }, {.rows = 264, .columns = 64});
}
#endif

}  // namespace
}  // namespace quantoscope::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantoscope::cpu {
HWY_EXPORT(multiply);

bool multiplyInt8Widened(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return HWY_DYNAMIC_DISPATCH(multiply)(x, w, y, pulse);
}

bool multiplyInt8(const StoredMatrix& x, const StoredMatrix& w, GemmOutput& y, const Pulse& pulse)
{
    return hasVnni() ? multiplyInt8Vnni(x, w, y, pulse) : multiplyInt8Widened(x, w, y, pulse);
}

}  // namespace quantoscope::cpu
#endif
