// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace quantoscope {

/// Codes of 1 to 16 bits one after another without gaps, lowest bits first.
class CodePacker {
public:
    /// `memory` is used again; what is in it is lost.
    explicit CodePacker(int bitsEach, std::vector<std::byte> memory = {})
        : m_bits(bitsEach)
        , m_bytes(std::move(memory))
    {
        m_bytes.clear();
    }

    void put(std::uint16_t code)
    {
        m_pending |= std::uint32_t(code & ((1u << m_bits) - 1)) << m_count;
        for (m_count += m_bits; m_count >= 8; m_count -= 8, m_pending >>= 8)
            m_bytes.push_back(std::byte(m_pending));
    }
    /// `codeOf[level]` of many levels.
    void put(std::span<const std::uint16_t> levels, std::span<const std::uint16_t> codeOf);
    /// The whole bytes so far; a started one stays for the next call.
    std::vector<std::byte> take() { return std::exchange(m_bytes, {}); }
    /// Fills the started byte up with zeros.
    void finish()
    {
        if (m_count > 0)
            m_bytes.push_back(std::byte(m_pending));
        m_count = 0;
        m_pending = 0;
    }

private:
    /// Four bits each; returns how many levels made whole bytes.
    std::size_t putPairs(std::span<const std::uint16_t> levels, std::span<const std::uint16_t> codeOf);

    int m_bits;
    int m_count = 0;
    std::uint32_t m_pending = 0;
    std::vector<std::byte> m_bytes;
};

}  // namespace quantoscope
