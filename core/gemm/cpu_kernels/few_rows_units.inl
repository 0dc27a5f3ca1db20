// SPDX-License-Identifier: Apache-2.0
// How few_rows_fp32.cpp widens codes of four bits. Included inside its namespace.
//
// A unit is one vector of bytes of W as it lies in memory. It is shifted by nothing or by 16, and the codes of all
// 32-bit lanes at one place among their bits are widened where they stand: an exponent of 2^23 put
// in front of them makes a float whose last bits they are, and 2^23 subtracted again leaves code · 2^place, exact.
// Nothing is moved from lane to lane, and x, whose numbers lie in this order, is divided by 2^place beforehand.
// Sums of a group are scaled once, instead of each weight.

using I = hn::Vec<hn::Rebind<std::int32_t, D>>;
constexpr std::int64_t lanes = HWY_TARGET <= HWY_AVX3 ? 16 : 8, unitBytes = 4 * lanes;

HWY_INLINE I loadUnit(const std::byte* source)
{
    return hn::LoadU(hn::Rebind<std::int32_t, D>(), reinterpret_cast<const std::int32_t*>(source));
}

/// (codes & mask) ^ flip as a float, minus offset.
HWY_INLINE V widenInPlace(I codes, std::int32_t mask, std::int32_t flip, V offset)
{
    const hn::Rebind<std::int32_t, D> d32;
#if HWY_TARGET <= HWY_AVX3
    const I bits{_mm512_ternarylogic_epi32(codes.raw, hn::Set(d32, mask).raw, hn::Set(d32, flip).raw, 0x6A)};
#else
    const I bits = hn::Xor(hn::And(codes, hn::Set(d32, mask)), hn::Set(d32, flip));
#endif
    return hn::Sub(hn::BitCast(D(), bits), offset);
}

constexpr std::int32_t exponentOf2p23 = 0x4B000000;

/// Two's complement of four bits: four places, and as many again 16 bits higher.
struct Int4Units {
    static constexpr int vectors = 8;
    static constexpr std::int64_t bytes = unitBytes;   ///< From one unit to the next.
    static constexpr bool hasOwnScales = false;
    static constexpr int place(int v) { return 4 * (v % 4); }   ///< x is divided by 2^place.
    static constexpr std::int64_t columnOf(int v, std::int64_t lane) { return vectors * lane + v; }

    I low, high;
    HWY_INLINE void load(const std::byte* row, std::int64_t unit)
    {
        low = loadUnit(row + unit * unitBytes);
        high = hn::ShiftRight<16>(low);
    }
    template <int v>
    HWY_INLINE V value() const
    {
        constexpr std::int32_t lowest = 8 << place(v);   // Flipped, codes count from the lowest one.
        return widenInPlace(v < 4 ? low : high, 15 << place(v), exponentOf2p23 | lowest, hn::Set(D(), float(0x800000 + lowest)));
    }
};

/// Codes of four bits that stand for any sixteen levels: looked up, only the lowest four bits of a lane count.
template <const std::array<float, 16>& levels>
struct LevelUnits {
    static constexpr int vectors = 8;
    static constexpr std::int64_t bytes = unitBytes;
    static constexpr bool hasOwnScales = false;
    static constexpr int place(int) { return 0; }
    static constexpr std::int64_t columnOf(int v, std::int64_t lane) { return vectors * lane + v; }

    I codes;
    HWY_INLINE void load(const std::byte* row, std::int64_t unit) { codes = loadUnit(row + unit * unitBytes); }
    template <int v>
    HWY_INLINE V value() const
    {
        const I own = hn::ShiftRight<4 * v>(codes);
#if HWY_TARGET <= HWY_AVX3
        return V{_mm512_permutexvar_ps(own.raw, hn::LoadU(D(), levels.data()).raw)};
#else
        const V low = hn::LoadU(D(), levels.data()), high = hn::LoadU(D(), levels.data() + 8);
        const __m256 upper = _mm256_castsi256_ps(_mm256_slli_epi32(own.raw, 28));   // Bit 3 chooses, as the sign.
        return V{_mm256_blendv_ps(_mm256_permutevar8x32_ps(low.raw, own.raw), _mm256_permutevar8x32_ps(high.raw, own.raw), upper)};
#endif
    }
};

/// What Q4_K's parts of 32 columns have instead of one scale: d·scale and dmin·min of each, exact.
struct Q4kParts {
    alignas(32) float factors[8], lowest[8];

    HWY_INLINE void takeApart(const std::byte* block)
    {
        const hn::FixedTag<float, 8> d8;
        const hn::Rebind<std::int32_t, decltype(d8)> whole;
        const hn::Rebind<std::uint8_t, decltype(d8)> narrow;
        const hn::FixedTag<float, 4> d4;   // d and dmin, and two that nobody reads.
        const auto both = hn::PromoteTo(d4, hn::LoadU(hn::Rebind<hwy::float16_t, decltype(d4)>(), reinterpret_cast<const hwy::float16_t*>(block)));
        const std::array scales = bytesOfQ4kScales(block);
        alignas(16) float units[4];
        hn::Store(both, d4, units);
        const auto widen = [&](const std::uint64_t& eight, float unit, float* target) HWY_ATTR {
            const auto codes = hn::PromoteTo(whole, hn::LoadU(narrow, reinterpret_cast<const std::uint8_t*>(&eight)));
            hn::Store(hn::Mul(hn::ConvertTo(d8, codes), hn::Set(d8, unit)), d8, target);
        };
        widen(scales[0], units[0], factors);
        widen(scales[1], units[1], lowest);
    }
};

#if HWY_TARGET <= HWY_AVX3
/// Q4_K: a unit is 32 bytes of a block, a quarter, two of them a lane. Their low halves belong to one part and their high ones to the
/// next; sixteen codes of a part stand for sixteen weights d·scale·q − dmin·min, rounded once and then looked up.
struct Q4kUnits {
    static constexpr int vectors = 4;
    static constexpr std::int64_t bytes = q4kBytes / 4;
    static constexpr bool hasOwnScales = true;
    static constexpr int place(int) { return 0; }
    static constexpr std::int64_t columnOf(int v, std::int64_t lane) { return v % 2 * 32 + 2 * lane + v / 2; }

    Q4kParts parts;
    I codes;
    V even, odd;
    HWY_INLINE void load(const std::byte* row, std::int64_t unit)
    {
        const std::int64_t inBlock = unit % 4;
        const std::byte* block = row + unit / 4 * std::int64_t(q4kBytes);
        if (inBlock == 0)
            parts.takeApart(block);
        codes = I{_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 16 + 32 * inBlock)))};
        even = weights(2 * inBlock);
        odd = weights(2 * inBlock + 1);
    }
    HWY_INLINE V weights(std::int64_t part) const
    {
        return hn::MulSub(hn::Iota(D(), 0), hn::Set(D(), parts.factors[part]), hn::Set(D(), parts.lowest[part]));
    }
    template <int v>
    HWY_INLINE V value() const
    {
        return V{_mm512_permutexvar_ps(hn::ShiftRight<4 * v>(codes).raw, (v % 2 == 0 ? even : odd).raw)};
    }
};
#else
/// Q4_K: a unit is 32 or 64 bytes of a block, whose nibbles belong to one part in the low halves and to the next one
/// in the high halves. A weight is d·scale·q − dmin·min, rounded once.
struct Q4kUnits {
    static constexpr int vectors = 8;
    static constexpr std::int64_t unitsABlock = 128 / unitBytes, bytes = q4kBytes / unitsABlock;
    static constexpr bool hasOwnScales = true;
    static constexpr int place(int) { return 0; }   // d·scale is divided instead: it is needed for each place anyway.
    static constexpr std::int64_t columnOf(int v, std::int64_t lane) { return lane / 8 * 64 + v % 2 * 32 + lane % 8 * 4 + v / 2; }

    I low, high;
    Q4kParts parts;
    // For even places and odd ones. Not in arrays: g++ 12 would keep them in memory.
    V even, odd, evenAbove, oddAbove, lowestEven, lowestOdd;

    HWY_INLINE void load(const std::byte* row, std::int64_t unit)
    {
        const std::int64_t inBlock = unit % unitsABlock, part = inBlock * unitBytes / 16;
        const std::byte* block = row + unit / unitsABlock * std::int64_t(q4kBytes);
        if (inBlock == 0)
            parts.takeApart(block);
        low = loadUnit(block + 16 + inBlock * unitBytes);
        high = hn::ShiftRight<16>(low);
        even = hn::Set(D(), parts.factors[part]);
        odd = hn::Mul(hn::Set(D(), parts.factors[part + 1]), hn::Set(D(), 0x1p-4f));
        evenAbove = hn::Mul(even, hn::Set(D(), 0x1p-8f));
        oddAbove = hn::Mul(odd, hn::Set(D(), 0x1p-8f));
        lowestEven = hn::Set(D(), parts.lowest[part]);
        lowestOdd = hn::Set(D(), parts.lowest[part + 1]);
    }
    template <int v>
    HWY_INLINE V value() const
    {
        const V code = widenInPlace(v < 4 ? low : high, 15 << 4 * (v % 4), exponentOf2p23, hn::Set(D(), 0x1p23f));
        const V& factor = v % 4 == 0 ? even : v % 4 == 1 ? odd : v % 4 == 2 ? evenAbove : oddAbove;
        return hn::MulSub(code, factor, v % 2 == 0 ? lowestEven : lowestOdd);
    }
};
#endif

/// The scales of a unit's groups, each in the lanes that belong to it. `groups`: of a unit, 1, 2 or 4; 0 for none.
template <int groups>
HWY_INLINE V scalesOfLanes(const float* own)
{
    if constexpr (groups == 1)
        return hn::Set(D(), own[0]);
    if constexpr (groups == 2)
        return hn::ConcatUpperLower(D(), hn::Set(D(), own[1]), hn::Set(D(), own[0]));
#if HWY_TARGET <= HWY_AVX3
    if constexpr (groups == 4)
        return V{_mm512_permutexvar_ps(_mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3), _mm512_castps128_ps512(_mm_loadu_ps(own)))};
#endif
    return hn::Zero(D());
}

/// Where the scales of a row's units are: a unit has several groups, or a group 2^unitsAGroup units.
struct UnitScales {
    const float* scales = nullptr;
    int unitsAGroup = 0;
    std::int64_t groups = 0;
};

/// sums += one unit of each row of W · the same columns of each row of x.
template <class Units, int rowsOfX, int rowsOfW, int v = 0>
HWY_INLINE void addVectors(const Units (&units)[rowsOfW], const float* x, std::int64_t xRow, V (&sums)[rowsOfX][rowsOfW])
{
    if constexpr (v < Units::vectors) {
        V values[rowsOfW];
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j)
            values[j] = units[j].template value<v>();
#pragma GCC unroll 8
        for (int i = 0; i < rowsOfX; ++i) {
            const V own = hn::Load(D(), x + i * xRow + v * lanes);
#pragma GCC unroll 4
            for (int j = 0; j < rowsOfW; ++j)
                sums[i][j] = hn::MulAdd(values[j], own, sums[i][j]);
        }
        addVectors<Units, rowsOfX, rowsOfW, v + 1>(units, x, xRow, sums);
    }
}

/// y[i][0 … rowsOfW) = x row i · rows of W.
template <class Units, int groups, int rowsOfX, int rowsOfW>
void dotUnits(const float* x, std::int64_t xRow, std::int64_t count, const std::byte* w, std::int64_t rowBytes, const UnitScales& scales, float* y, std::int64_t yRow)
{
    const D d;
    Units units[rowsOfW];
    V totals[rowsOfX][rowsOfW];
    // The last unit may reach beyond K, where there is no scale to be read.
    float last[rowsOfW][4] = {};
    if constexpr (groups > 0) {
        const std::int64_t first = ((count - 1) >> scales.unitsAGroup) * groups;
        for (int j = 0; j < rowsOfW; ++j)
            std::copy_n(scales.scales + j * scales.groups + first, std::min<std::int64_t>(groups, scales.groups - first), last[j]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j)
            totals[i][j] = hn::Zero(d);
    for (std::int64_t unit = 0; unit < count; ++unit, x += Units::vectors * lanes) {
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j) {
            askForMore(w + j * rowBytes + unit * Units::bytes);
            units[j].load(w + j * rowBytes, unit);
        }
        if constexpr (groups == 0) {
            addVectors(units, x, xRow, totals);
            continue;
        }
        V sums[rowsOfX][rowsOfW];
#pragma GCC unroll 8
        for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 4
            for (int j = 0; j < rowsOfW; ++j)
                sums[i][j] = hn::Zero(d);
        addVectors(units, x, xRow, sums);
        const std::int64_t place = (unit >> scales.unitsAGroup) * groups;
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j) {
            const V scale = scalesOfLanes<groups>(unit + 1 == count ? last[j] : scales.scales + j * scales.groups + place);
#pragma GCC unroll 8
            for (int i = 0; i < rowsOfX; ++i)
                totals[i][j] = hn::MulAdd(sums[i][j], scale, totals[i][j]);
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < rowsOfX; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < rowsOfW; ++j)
            y[i * yRow + j] = hn::GetLane(hn::SumOfLanes(d, totals[i][j]));
}

using DotUnits = void(const float*, std::int64_t, std::int64_t, const std::byte*, std::int64_t, const UnitScales&, float*, std::int64_t);

/// dotUnits() for one row of x by several of W, where registers are left, and for one row of W.
struct Dots {
    std::int64_t rowsOfW;
    DotUnits *several, *one;
};

template <class Units, int groups>
Dots dotOf(std::int64_t rows)
{
    static constexpr auto all = forEachNumberOfRows<mostRows>([](auto number) {
        constexpr int rowsOfW = number == 1 && HWY_TARGET <= HWY_AVX3 ? 4 : 1;
        return Dots{rowsOfW, &dotUnits<Units, groups, number, rowsOfW>, &dotUnits<Units, groups, number, 1>};
    });
    return all[std::size_t(rows - 1)];
}

/// x in the order of the units' vectors, each number divided by 2^place; zero beyond K.
template <class Units>
void orderForUnits(const float* x, std::int64_t columns, std::int64_t units, float* target)
{
    for (std::int64_t unit = 0; unit < units; ++unit)
        for (int v = 0; v < Units::vectors; ++v)
            for (std::int64_t lane = 0; lane < lanes; ++lane) {
                const std::int64_t column = unit * Units::vectors * lanes + Units::columnOf(v, lane);
                *target++ = column < columns ? x[column] / float(1 << Units::place(v)) : 0.0f;
            }
}

template <class Units>
bool multiplyUnits(const float* x, std::int64_t rows, std::int64_t xRow, const StoredMatrix& w, float* y, const Pulse& pulse)
{
    constexpr std::int64_t unitColumns = Units::vectors * lanes;
    const std::int64_t units = (w.columns + unitColumns - 1) / unitColumns;
    // A line between rows: a power of two apart they would fall into the same few lines of the cache and drive
    // each other out.
    const std::int64_t ownRow = units * unitColumns + 16;
    const auto own = hwy::AllocateAligned<float>(std::size_t(rows * ownRow));
    for (std::int64_t i = 0; i < rows; ++i)
        orderForUnits<Units>(x + i * xRow, w.columns, units, own.get() + i * ownRow);

    const bool isGrouped = w.storage.sharing == ScaleSharing::Group;
    const std::int64_t group = isGrouped ? w.storage.groupColumns : unitColumns, groups = isGrouped ? w.groups() : 0;
    UnitScales scales{nullptr, 0, groups};
    while (unitColumns << scales.unitsAGroup < group)
        ++scales.unitsAGroup;
    const std::int64_t groupsAUnit = std::max<std::int64_t>(1, unitColumns / group);
    Dots dots = dotOf<Units, 0>(rows);
    if constexpr (!Units::hasOwnScales)
        if (isGrouped)
            dots = groupsAUnit == 1 ? dotOf<Units, 1>(rows) : groupsAUnit == 2 ? dotOf<Units, 2>(rows) : dotOf<Units, 4>(rows);
    const std::int64_t step = dots.rowsOfW;
    return forEachRowOfW((w.rows + step - 1) / step, step * std::int64_t(w.rowBytes), pulse, [&](std::int64_t tile) {
        const std::int64_t first = tile * step, end = std::min(w.rows, first + step);
        const bool isWhole = end - first == step;
        for (std::int64_t j = first; j < end; j += isWhole ? step : 1) {
            UnitScales ownScales = scales;
            ownScales.scales = isGrouped ? w.scales.data() + j * groups : nullptr;
            (isWhole ? dots.several : dots.one)(own.get(), ownRow, units, w.row(j), std::int64_t(w.rowBytes), ownScales, y + j, w.rows);
        }
    });
}
