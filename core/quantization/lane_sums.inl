// SPDX-License-Identifier: Apache-2.0
// The running sums of the vector kernels, once for every instruction set: no include guard of its own.
#if defined(QUANTOSCOPE_LANE_SUMS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef QUANTOSCOPE_LANE_SUMS_INL
#undef QUANTOSCOPE_LANE_SUMS_INL
#else
#define QUANTOSCOPE_LANE_SUMS_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, LaneSums::lanes>;
constexpr std::size_t width = hn::MaxLanes(Doubles());
constexpr std::size_t parts = LaneSums::lanes / width;   ///< Vectors of doubles that make the eight lanes.

/// Values taken at a time in FP32: vectors of twice as many lanes as of doubles. One lane cannot be halved.
using Floats = hn::CappedTag<float, HWY_TARGET == HWY_SCALAR ? 1 : 2 * LaneSums::lanes>;
using FloatVector = hn::Vec<Floats>;
using Ints = hn::RebindToSigned<Floats>;
using IntVector = hn::Vec<Ints>;
constexpr std::size_t valuesAtOnce = hn::MaxLanes(Floats());
/// Where the lanes of sums and of values begin anew.
constexpr std::size_t valuesPerTurn = std::max(valuesAtOnce, LaneSums::lanes);

#if HWY_TARGET != HWY_SCALAR
/// The largest errors of many, one a lane, seen as whole numbers: FP32 magnitudes are in order so, with
/// infinity and NaN above them all.
struct LargestErrors {
    IntVector bits;   ///< Zero to begin with.

    HWY_INLINE void add(FloatVector error)
    {
        bits = hn::Max(bits, hn::BitCast(Ints(), hn::Abs(error)));
    }
    HWY_INLINE bool areBelow(float limit) const
    {
        return hn::AllTrue(Ints(), hn::Lt(bits, hn::BitCast(Ints(), hn::Set(Floats(), limit))));
    }
    HWY_INLINE float largest() const { return hn::GetLane(hn::BitCast(Floats(), hn::MaxOfLanes(Ints(), bits))); }
};
#endif

/// LaneSums in registers. x and y are FP32 values, so that their products are exact in double and fused or not
/// is the same; the square of a difference may not be.
struct Sums {
    using V = hn::Vec<Doubles>;
    V squaredError[parts], squares[parts], products[parts], storedSquares[parts];

    HWY_INLINE void load(const LaneSums& sums)
    {
        const Doubles d;
        for (std::size_t part = 0; part < parts; ++part) {
            squaredError[part] = hn::LoadU(d, sums.squaredError.data() + part * width);
            squares[part] = hn::LoadU(d, sums.squares.data() + part * width);
            products[part] = hn::LoadU(d, sums.products.data() + part * width);
            storedSquares[part] = hn::LoadU(d, sums.storedSquares.data() + part * width);
        }
    }

    HWY_INLINE void store(LaneSums& sums) const
    {
        const Doubles d;
        for (std::size_t part = 0; part < parts; ++part) {
            hn::StoreU(squaredError[part], d, sums.squaredError.data() + part * width);
            hn::StoreU(squares[part], d, sums.squares.data() + part * width);
            hn::StoreU(products[part], d, sums.products.data() + part * width);
            hn::StoreU(storedSquares[part], d, sums.storedSquares.data() + part * width);
        }
    }

    /// `isFloat`: the error is an FP32 number too.
    template <bool isFloat>
    HWY_INLINE void add(std::size_t part, V x, V y, V error)
    {
        squaredError[part] = isFloat ? hn::MulAdd(error, error, squaredError[part]) : hn::Add(squaredError[part], hn::Mul(error, error));
        squares[part] = hn::MulAdd(x, x, squares[part]);
        products[part] = hn::MulAdd(x, y, products[part]);
        storedSquares[part] = hn::MulAdd(y, y, storedSquares[part]);
    }

#if HWY_TARGET != HWY_SCALAR
    /// A vector of values, which begin in lane `firstPart` times the width. `isFloat`: `error` is exact.
    template <bool isFloat>
    HWY_INLINE void add(std::size_t firstPart, const float* values, FloatVector stored, FloatVector error)
    {
        addHalf<isFloat>(firstPart % parts, values, hn::LowerHalf(halfOf, stored), hn::LowerHalf(halfOf, error));
        addHalf<isFloat>((firstPart + 1) % parts, values + width, hn::UpperHalf(halfOf, stored), hn::UpperHalf(halfOf, error));
    }

private:
    static constexpr hn::Half<Floats> halfOf{};
    static_assert(2 * width == valuesAtOnce);

    template <bool isFloat>
    HWY_INLINE void addHalf(std::size_t part, const float* values, hn::Vec<hn::Half<Floats>> stored, hn::Vec<hn::Half<Floats>> error)
    {
        const Doubles d;
        const V x = hn::PromoteTo(d, hn::LoadU(halfOf, values));
        if constexpr (isFloat) {
            const V e = hn::PromoteTo(d, error);
            add<true>(part, x, hn::Sub(x, e), e);
        } else {
            const V y = hn::PromoteTo(d, stored);
            add<false>(part, x, y, hn::Sub(x, y));
        }
    }
#endif
};

struct Totals {
    using V = Sums::V;
    Sums sums;
    double largestError;
    float record;   ///< The same in FP32, never zero.

    HWY_INLINE void load(const LaneSums& from)
    {
        sums.load(from);
        setLargest(from.largestError);
    }

    HWY_INLINE void setLargest(double error)
    {
        largestError = error;
        record = std::max(float(error), std::numeric_limits<float>::denorm_min());
    }

    HWY_INLINE void store(LaneSums& to) const
    {
        sums.store(to);
        to.largestError = largestError;
    }

    HWY_INLINE void addWithLargest(std::size_t part, V x, V y)
    {
        const Doubles d;
        const V error = hn::Sub(x, y);
        sums.add<false>(part, x, y, error);
        const double largest = hn::GetLane(hn::MaxOfLanes(d, hn::Abs(error)));
        if (largest > largestError)
            setLargest(largest);
    }

#if HWY_TARGET != HWY_SCALAR
    /// `rounded`: the errors of some values, each rounded to FP32. Rounding keeps the order, so that only where
    /// one reaches the record so far can it be larger, and `find` has to tell the largest.
    template <class Find>
    HWY_INLINE void noteLargest(const LargestErrors& rounded, Find find)
    {
        if (HWY_UNLIKELY(!rounded.areBelow(record)))
            setLargest(std::max(largestError, find()));
    }
#endif
};

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
