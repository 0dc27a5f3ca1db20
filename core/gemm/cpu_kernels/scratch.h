// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace quantoscope::cpu {

/// Memory for the time of one product, which its thread keeps for the next one: pages fresh from the system, a new
/// set for each call, cost a fifth of a product of 512 × 512 × 512. What it holds at first is left from before.
template <class Number>
class Scratch {
public:
    Scratch() = default;
    explicit Scratch(std::size_t count) : m_block(take(count * sizeof(Number))) {}
    Scratch(Scratch&& other) noexcept : m_block(std::exchange(other.m_block, {})) {}
    Scratch& operator=(Scratch&& other) noexcept
    {
        std::swap(m_block, other.m_block);
        return *this;
    }
    ~Scratch() { giveBack(std::move(m_block)); }

    Number* data() { return reinterpret_cast<Number*>(m_block.bytes.get()); }
    const Number* data() const { return reinterpret_cast<const Number*>(m_block.bytes.get()); }

private:
    struct Block {
        std::size_t size = 0;
        hwy::AlignedFreeUniquePtr<std::byte[]> bytes;
    };
    static constexpr std::size_t mostKept = 4, largestKept = std::size_t{1} << 26;

    static std::vector<Block>& spares()
    {
        thread_local std::vector<Block> blocks;
        return blocks;
    }
    /// A spare block of about that size, or a new one.
    static Block take(std::size_t bytes)
    {
        auto& blocks = spares();
        const auto fits = [&](const Block& block) { return block.size >= bytes && block.size / 4 <= bytes; };
        if (const auto found = std::find_if(blocks.begin(), blocks.end(), fits); found != blocks.end()) {
            Block block = std::move(*found);
            blocks.erase(found);
            return block;
        }
        return {bytes, hwy::AllocateAligned<std::byte>(std::max<std::size_t>(bytes, 1))};
    }
    static void giveBack(Block block)
    {
        if (!block.bytes || block.size > largestKept)
            return;
        auto& blocks = spares();
        if (blocks.size() == mostKept)
            blocks.erase(blocks.begin());   // The one that has waited longest.
        blocks.push_back(std::move(block));
    }

    Block m_block;
};

}  // namespace quantoscope::cpu
