// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace quantoscope {

/// Items sorted by the hash of their names, then by the names: equal names lie together. Sorting keeps
/// its speed on names that were chosen to collide, which a hash table does not.
template <class NameOf>
class NameOrder {
public:
    NameOrder(std::size_t count, NameOf nameOf)
        : m_nameOf(std::move(nameOf))
    {
        m_keys.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            m_keys.push_back({std::hash<std::string_view>()(m_nameOf(i)), i});
        std::sort(m_keys.begin(), m_keys.end(), [&](const Key& a, const Key& b) {
            if (a.hash != b.hash)
                return a.hash < b.hash;
            const int order = std::string_view(m_nameOf(a.index)).compare(m_nameOf(b.index));
            return order != 0 ? order < 0 : a.index < b.index;
        });
    }

    /// The index of an item whose name an earlier item has already.
    std::optional<std::size_t> duplicate() const
    {
        for (std::size_t i = 1; i < m_keys.size(); ++i)
            if (m_keys[i].hash == m_keys[i - 1].hash && m_nameOf(m_keys[i].index) == m_nameOf(m_keys[i - 1].index))
                return m_keys[i].index;
        return {};
    }

    /// The index of the item of this name.
    std::optional<std::size_t> find(std::string_view name) const
    {
        const std::size_t hash = std::hash<std::string_view>()(name);
        const auto found = std::lower_bound(m_keys.begin(), m_keys.end(), name, [&](const Key& key, std::string_view wanted) {
            return key.hash != hash ? key.hash < hash : std::string_view(m_nameOf(key.index)) < wanted;
        });
        if (found == m_keys.end() || found->hash != hash || m_nameOf(found->index) != name)
            return {};
        return found->index;
    }

private:
    struct Key {
        std::size_t hash;
        std::size_t index;
    };
    NameOf m_nameOf;
    std::vector<Key> m_keys;
};

}  // namespace quantoscope
