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

/// Q4_K: a unit is 32 or 64 bytes of a block, whose nibbles belong to one part in the low halves and to the next one
/// in the high halves. A weight is d·scale·q − dmin·min, rounded once.
struct Q4kUnits {
    static constexpr int vectors = 8;
    static constexpr bool hasOwnScales = true;
    static constexpr std::int64_t unitsABlock = 128 / unitBytes;
    static constexpr int place(int) { return 0; }   // d·scale is divided instead: it is needed for each place anyway.
    static constexpr std::int64_t columnOf(int v, std::int64_t lane) { return lane / 8 * 64 + v % 2 * 32 + lane % 8 * 4 + v / 2; }

    I low, high;
    alignas(32) float factors[8], lowest[8];   ///< d·scale and dmin·min of each part, exact.
    // For even places and odd ones. Not in arrays: g++ 12 would keep them in memory.
    V even, odd, evenAbove, oddAbove, lowestEven, lowestOdd;

    HWY_INLINE void takeScalesApart(const std::byte* block)
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

    /// Of the part that each lane belongs to: `part`, and in the upper half of 16 lanes the one after the next.
    static HWY_INLINE V ofParts(const float* parts, std::int64_t part)
    {
#if HWY_TARGET <= HWY_AVX3
        return V{_mm512_mask_broadcastss_ps(_mm512_set1_ps(parts[part]), __mmask16(0xFF00), _mm_load_ss(parts + part + 2))};
#else
        return hn::Set(D(), parts[part]);
#endif
    }

    HWY_INLINE void load(const std::byte* row, std::int64_t unit)
    {
        const std::int64_t inBlock = unit % unitsABlock, part = inBlock * unitBytes / 16;
        const std::byte* block = row + unit / unitsABlock * std::int64_t(q4kBytes);
        if (inBlock == 0)
            takeScalesApart(block);
        low = loadUnit(block + 16 + inBlock * unitBytes);
        high = hn::ShiftRight<16>(low);
        even = ofParts(factors, part);
        odd = hn::Mul(ofParts(factors, part + 1), hn::Set(D(), 0x1p-4f));
        evenAbove = hn::Mul(even, hn::Set(D(), 0x1p-8f));
        oddAbove = hn::Mul(odd, hn::Set(D(), 0x1p-8f));
        lowestEven = ofParts(lowest, part);
        lowestOdd = ofParts(lowest, part + 1);
    }
    template <int v>
    HWY_INLINE V value() const
    {
        const V code = widenInPlace(v < 4 ? low : high, 15 << 4 * (v % 4), exponentOf2p23, hn::Set(D(), 0x1p23f));
        const V& factor = v % 4 == 0 ? even : v % 4 == 1 ? odd : v % 4 == 2 ? evenAbove : oddAbove;
        return hn::MulSub(code, factor, v % 2 == 0 ? lowestEven : lowestOdd);
    }
};

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

/// sums = one unit of W · the same columns of each row of x.
template <class Units, int rows, int v = 0>
HWY_INLINE void addVectors(const Units& units, const float* x, std::int64_t xRow, V (&sums)[rows])
{
    if constexpr (v < Units::vectors) {
        const V value = units.template value<v>();
#pragma GCC unroll 8
        for (int r = 0; r < rows; ++r) {
            const V own = hn::Load(D(), x + r * xRow + v * lanes);
            sums[r] = v == 0 ? hn::Mul(value, own) : hn::MulAdd(value, own, sums[r]);
        }
        addVectors<Units, rows, v + 1>(units, x, xRow, sums);
    }
}

/// y[r] = x row r · one row of W.
template <class Units, int groups, int rows>
void dotUnits(const float* x, std::int64_t xRow, std::int64_t count, const std::byte* w, const UnitScales& scales, float* y, std::int64_t yRow)
{
    const D d;
    Units units;
    V totals[rows];
    // The last unit may reach beyond K, where there is no scale to be read.
    float last[4] = {};
    if constexpr (groups > 0) {
        const std::int64_t first = ((count - 1) >> scales.unitsAGroup) * groups;
        std::copy_n(scales.scales + first, std::min<std::int64_t>(groups, scales.groups - first), last);
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        totals[r] = hn::Zero(d);
    for (std::int64_t unit = 0; unit < count; ++unit, x += Units::vectors * lanes) {
        askForMore(w + unit * unitBytes);
        units.load(w, unit);
        V sums[rows];
        addVectors(units, x, xRow, sums);
        const V scale = scalesOfLanes<groups>(unit + 1 == count ? last : scales.scales + (unit >> scales.unitsAGroup) * groups);
#pragma GCC unroll 8
        for (int r = 0; r < rows; ++r)
            totals[r] = groups > 0 ? hn::MulAdd(sums[r], scale, totals[r]) : hn::Add(sums[r], totals[r]);
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r)
        y[r * yRow] = hn::GetLane(hn::SumOfLanes(d, totals[r]));
}

/// dotUnits() for each number of rows.
template <class Units, int groups>
auto dotOf()
{
    return forEachNumberOfRows<mostRows>([](auto rows) { return &dotUnits<Units, groups, rows>; });
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
    auto table = dotOf<Units, 0>();
    if constexpr (!Units::hasOwnScales)
        if (isGrouped)
            table = groupsAUnit == 1 ? dotOf<Units, 1>() : groupsAUnit == 2 ? dotOf<Units, 2>() : dotOf<Units, 4>();
    const auto dot = table[std::size_t(rows - 1)];
    return forEachRowOfW(w.rows, std::int64_t(w.rowBytes), pulse, [&](std::int64_t j) {
        UnitScales ownScales = scales;
        ownScales.scales = isGrouped ? w.scales.data() + j * groups : nullptr;
        dot(own.get(), ownRow, units, w.row(j), ownScales, y + j, w.rows);
    });
}
