// SPDX-License-Identifier: Apache-2.0
// The sums of a tile of x by a panel of W, in registers: for each row of x two vectors, one sum a row of W.
// Included inside the namespace of a kernel, which says how its functions are marked, QUANTOSCOPE_INLINE, and what
// a step is: its types Codes and Sum, zero(), load() of one vector of the panel, broadcast() of the neighbours
// along K that one row of x has in 32 bits, and add(sum, codes of W, codes of x) or, where g++ 12 allots registers
// better so, addBoth(left, right, codes of W left, right, codes of x).

/// A member a vector: in an array, however well its loops are unrolled, g++ 12 keeps them in memory.
template <class Step, int rows>
struct TileSums {
    typename Step::Sum left, right;
    TileSums<Step, rows - 1> below;
};
template <class Step>
struct TileSums<Step, 0> {};

template <class Step, int rows>
QUANTOSCOPE_INLINE void clear(TileSums<Step, rows>& sums)
{
    if constexpr (rows > 0) {
        sums.left = sums.right = Step::zero();
        clear(sums.below);
    }
}

template <class Step, int rows>
QUANTOSCOPE_INLINE void addColumns(TileSums<Step, rows>& sums, const std::int32_t* x, const typename Step::Codes& left,
                                   const typename Step::Codes& right)
{
    if constexpr (rows > 0) {
        const auto a = Step::broadcast(x);
        if constexpr (requires { Step::addBoth(sums.left, sums.right, left, right, a); }) {
            Step::addBoth(sums.left, sums.right, left, right, a);
        } else {
            Step::add(sums.left, left, a);
            Step::add(sums.right, right, a);
        }
        addColumns(sums.below, x + 1, left, right);
    }
}

/// Several steps along K; panel and x, whose tiles have `tileRows` rows, move on.
template <int tileRows, class Step, int rows>
QUANTOSCOPE_INLINE void addSteps(TileSums<Step, rows>& sums, const std::int32_t*& x, const std::byte*& panel, std::int64_t steps)
{
    for (; steps > 0; --steps, panel += 2 * sizeof(typename Step::Codes), x += tileRows)
        addColumns(sums, x, Step::load(panel), Step::load(panel + sizeof(typename Step::Codes)));
}
