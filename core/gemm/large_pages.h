// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace quantoscope {

/// Allocates on lines of the cache and, for large matrices, on pages of 2 MiB where the system gives them to who
/// asks. On pages of 4 KiB a product that waits for memory waits as long for their addresses, and the
/// processor's own guess of what comes next ends with every page.
template <class Number>
struct LargePages {
    using value_type = Number;
    static constexpr std::size_t lineBytes = 64, pageBytes = std::size_t{1} << 21;

    LargePages() = default;
    template <class Other>
    LargePages(const LargePages<Other>&) {}

    Number* allocate(std::size_t count)
    {
        if (count > (std::size_t(-1) - pageBytes) / sizeof(Number))
            throw std::bad_array_new_length();
        const std::size_t bytes = count * sizeof(Number);
        const std::size_t unit = bytes < 2 * pageBytes ? lineBytes : pageBytes, whole = (bytes + unit - 1) / unit * unit;
        void* const memory = std::aligned_alloc(unit, whole < unit ? unit : whole);
        if (!memory)
            throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
        if (unit == pageBytes)
            madvise(memory, whole, MADV_HUGEPAGE);   // A wish: without it everything is right, only slower.
#endif
        return static_cast<Number*>(memory);
    }
    void deallocate(Number* memory, std::size_t) { std::free(memory); }

    template <class Other>
    friend bool operator==(const LargePages&, const LargePages<Other>&) { return true; }
};

}  // namespace quantoscope
