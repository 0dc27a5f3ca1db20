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

    HWY_INLINE void add(FloatVector x, FloatVector stored)
    {
        bits = hn::Max(bits, hn::BitCast(Ints(), hn::Abs(hn::Sub(x, stored))));
    }
    HWY_INLINE bool areBelow(float limit) const
    {
        return hn::AllTrue(Ints(), hn::Lt(bits, hn::BitCast(Ints(), hn::Set(Floats(), limit))));
    }
};
#endif

/// LaneSums in registers. x and y are FP32 values, so that their products are exact in double and fused or not
/// is the same; the square of a difference may not be.
struct Totals {
    using V = hn::Vec<Doubles>;
    V squaredError[parts], squares[parts], products[parts], storedSquares[parts];
    double largestError;

    HWY_INLINE void load(const LaneSums& sums)
    {
        const Doubles d;
        for (std::size_t part = 0; part < parts; ++part) {
            squaredError[part] = hn::LoadU(d, sums.squaredError.data() + part * width);
            squares[part] = hn::LoadU(d, sums.squares.data() + part * width);
            products[part] = hn::LoadU(d, sums.products.data() + part * width);
            storedSquares[part] = hn::LoadU(d, sums.storedSquares.data() + part * width);
        }
        largestError = sums.largestError;
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
        sums.largestError = largestError;
    }

    /// `areFloatDifferences`: x − y are FP32 numbers too.
    template <bool areFloatDifferences>
    HWY_INLINE void add(std::size_t part, V x, V y)
    {
        const V error = hn::Sub(x, y);
        squaredError[part] = areFloatDifferences ? hn::MulAdd(error, error, squaredError[part])
                                                 : hn::Add(squaredError[part], hn::Mul(error, error));
        squares[part] = hn::MulAdd(x, x, squares[part]);
        products[part] = hn::MulAdd(x, y, products[part]);
        storedSquares[part] = hn::MulAdd(y, y, storedSquares[part]);
    }

    HWY_INLINE void addWithLargest(std::size_t part, V x, V y)
    {
        add<false>(part, x, y);
        const Doubles d;
        const double largest = hn::GetLane(hn::MaxOfLanes(d, hn::Abs(hn::Sub(x, y))));
        largestError = largest > largestError ? largest : largestError;
    }

    /// Finite values from lane 0 on, a multiple of eight of them, and what is stored for each; the largest
    /// error is noted by noteLargest().
    template <bool areFloatDifferences>
    HWY_INLINE void add(const float* x, const float* y, std::size_t count)
    {
        const Doubles d;
        const hn::Rebind<float, Doubles> f;
        for (std::size_t at = 0; at < count; at += LaneSums::lanes)
            for (std::size_t part = 0; part < parts; ++part)
                add<areFloatDifferences>(part, hn::PromoteTo(d, hn::LoadU(f, x + at + part * width)),
                                         hn::PromoteTo(d, hn::LoadU(f, y + at + part * width)));
    }

#if HWY_TARGET != HWY_SCALAR
    /// `rounded`: the errors of these values, each rounded to FP32. Rounding keeps the order, so that only where
    /// one reaches the record so far can it be larger.
    HWY_INLINE void noteLargest(const LargestErrors& rounded, const float* x, const float* y, std::size_t count)
    {
        const float record = float(largestError);
        if (HWY_LIKELY(rounded.areBelow(record > 0 ? record : std::numeric_limits<float>::denorm_min())))
            return;
        for (std::size_t i = 0; i < count; ++i)
            largestError = std::max(largestError, std::abs(double(x[i]) - double(y[i])));
    }
#endif
};

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
