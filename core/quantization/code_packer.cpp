// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/code_packer.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quantization/code_packer.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)   // lanes must be a constant
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace quantoscope::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Two codes a byte, for whole vectors of pairs. `table` has the codes of 16 levels. Returns how many levels
/// were dealt with.
std::size_t PackNibbles(const std::uint16_t* levels, std::size_t count, const std::uint8_t* table, std::uint8_t* to)
{
#if HWY_TARGET == HWY_SCALAR
    (void)levels, (void)count, (void)table, (void)to;
    return 0;
#else
    const hn::ScalableTag<std::uint8_t> bytes;
    const hn::ScalableTag<std::uint32_t> pairs;
    const hn::Rebind<std::uint8_t, decltype(pairs)> packed;
    const auto codes = hn::LoadDup128(bytes, table);
    const std::size_t each = 2 * hn::Lanes(pairs);
    std::size_t at = 0;
    for (; at + each <= count; at += each) {
        // A level's upper byte is 0 and finds the code of level 0, which is cut off.
        const auto index = hn::LoadU(bytes, reinterpret_cast<const std::uint8_t*>(levels + at));
        const auto both = hn::And(hn::BitCast(pairs, hn::TableLookupBytes(codes, index)), hn::Set(pairs, 0x000F000Fu));
        const auto joined = hn::And(hn::Or(both, hn::ShiftRight<12>(both)), hn::Set(pairs, 0xFFu));
        hn::StoreU(hn::DemoteTo(packed, hn::BitCast(hn::RebindToSigned<decltype(pairs)>(), joined)), packed, to + at / 2);
    }
    return at;
#endif
}

}  // namespace
}  // namespace quantoscope::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <array>

namespace quantoscope {

HWY_EXPORT(PackNibbles);

void CodePacker::put(std::span<const std::uint16_t> levels, std::span<const std::uint16_t> codeOf)
{
    if (m_bits == 4 && m_count == 0) {
        levels = levels.subspan(putPairs(levels, codeOf));
    } else if (m_bits == 8 && m_count == 0) {
        const std::size_t first = m_bytes.size();
        m_bytes.resize(first + levels.size());
        for (std::size_t i = 0; i < levels.size(); ++i)
            m_bytes[first + i] = std::byte(codeOf[levels[i]]);
        return;
    }
    for (const std::uint16_t level : levels)
        put(codeOf[level]);
}

std::size_t CodePacker::putPairs(std::span<const std::uint16_t> levels, std::span<const std::uint16_t> codeOf)
{
    alignas(16) std::array<std::uint8_t, 16> codes{};
    for (std::size_t level = 0; level < codeOf.size(); ++level)
        codes[level] = std::uint8_t(codeOf[level] & 15);
    const std::size_t first = m_bytes.size(), pairs = levels.size() / 2;
    m_bytes.resize(first + pairs);
    std::byte* const to = m_bytes.data() + first;
    const std::size_t done = HWY_DYNAMIC_DISPATCH(PackNibbles)(levels.data(), 2 * pairs, codes.data(), reinterpret_cast<std::uint8_t*>(to));
    for (std::size_t pair = done / 2; pair < pairs; ++pair)
        to[pair] = std::byte(codes[levels[2 * pair]] | codes[levels[2 * pair + 1]] << 4);
    return 2 * pairs;
}

}  // namespace quantoscope
#endif
