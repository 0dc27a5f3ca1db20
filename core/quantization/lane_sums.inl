// SPDX-License-Identifier: Apache-2.0
// The running sums of the vector kernels, once for every instruction set: no include guard of its own.
#if defined(QUANTOSCOPE_LANE_SUMS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef QUANTOSCOPE_LANE_SUMS_INL
#undef QUANTOSCOPE_LANE_SUMS_INL
#else
#define QUANTOSCOPE_LANE_SUMS_INL
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Doubles = hn::CappedTag<double, LaneSums::lanes>;
constexpr std::size_t width = hn::MaxLanes(Doubles());
constexpr std::size_t parts = LaneSums::lanes / width;   ///< Vectors of doubles that make the eight lanes.

/// Values quantized at a time: FP32 vectors of twice as many lanes. One lane cannot be halved.
using Floats = hn::CappedTag<float, HWY_TARGET == HWY_SCALAR ? 1 : 2 * LaneSums::lanes>;
constexpr std::size_t valuesAtOnce = hn::MaxLanes(Floats());
constexpr std::size_t halves = valuesAtOnce / width;
/// A turn of the loops ends where the lanes begin anew.
constexpr std::size_t valuesPerTurn = valuesAtOnce > LaneSums::lanes ? valuesAtOnce : LaneSums::lanes;

/// LaneSums in registers.
struct Totals {
    using V = hn::Vec<Doubles>;
    V squaredError[parts], squares[parts], products[parts], storedSquares[parts], largestError[parts];
    hn::Vec<Floats> largestOfFloats;   ///< Largest error of the values seen as vectors.

    HWY_INLINE void load(const LaneSums& sums)
    {
        const Doubles d;
        largestOfFloats = hn::Zero(Floats());
        for (std::size_t part = 0; part < parts; ++part) {
            squaredError[part] = hn::LoadU(d, sums.squaredError.data() + part * width);
            squares[part] = hn::LoadU(d, sums.squares.data() + part * width);
            products[part] = hn::LoadU(d, sums.products.data() + part * width);
            storedSquares[part] = hn::LoadU(d, sums.storedSquares.data() + part * width);
            largestError[part] = hn::LoadU(d, sums.largestError.data() + part * width);
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
            hn::StoreU(largestError[part], d, sums.largestError.data() + part * width);
        }
        const double largest = double(hn::GetLane(hn::MaxOfLanes(Floats(), largestOfFloats)));
        if (largest > sums.largestError[0])
            sums.largestError[0] = largest;
    }

    /// x and y are FP32 values, so their products are exact in double and fused or not is the same.
    HWY_INLINE void add(std::size_t part, V x, V y)
    {
        const V error = hn::Sub(x, y);
        squaredError[part] = hn::Add(squaredError[part], hn::Mul(error, error));
        squares[part] = hn::MulAdd(x, x, squares[part]);
        products[part] = hn::MulAdd(x, y, products[part]);
        storedSquares[part] = hn::MulAdd(y, y, storedSquares[part]);
    }

    HWY_INLINE void addWithLargest(std::size_t part, V x, V y)
    {
        add(part, x, y);
        largestError[part] = hn::Max(largestError[part], hn::Abs(hn::Sub(x, y)));
    }

#if HWY_TARGET != HWY_SCALAR
    /// A vector of values whose first one belongs to `lane`, and what is stored for them; their
    /// differences must be FP32 numbers.
    HWY_INLINE void add(std::size_t lane, hn::Vec<Floats> x, hn::Vec<Floats> y)
    {
        const Doubles d;
        const hn::Half<Floats> half;
        largestOfFloats = hn::Max(largestOfFloats, hn::Abs(hn::Sub(x, y)));
        add(lane / width, hn::PromoteTo(d, hn::LowerHalf(half, x)), hn::PromoteTo(d, hn::LowerHalf(half, y)));
        add((lane / width + 1) % parts, hn::PromoteTo(d, hn::UpperHalf(half, x)), hn::PromoteTo(d, hn::UpperHalf(half, y)));
    }

    /// The same for any two FP32 numbers.
    HWY_INLINE void addWide(std::size_t lane, hn::Vec<Floats> x, hn::Vec<Floats> y)
    {
        const Doubles d;
        const hn::Half<Floats> half;
        addWithLargest(lane / width, hn::PromoteTo(d, hn::LowerHalf(half, x)), hn::PromoteTo(d, hn::LowerHalf(half, y)));
        addWithLargest((lane / width + 1) % parts, hn::PromoteTo(d, hn::UpperHalf(half, x)), hn::PromoteTo(d, hn::UpperHalf(half, y)));
    }
#endif
};

}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
