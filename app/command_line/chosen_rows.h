// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace quantoscope {

/// The rows of a table with these ids, in this order; all of them where none is named, or "all". `what` is what
/// a row is called: "way to add".
template <class Row>
Result<std::vector<Row>> chosenRows(std::span<const Row> table, const std::vector<std::string>& ids, const std::string& what)
{
    if (ids.empty() || (ids.size() == 1 && ids[0] == "all"))
        return std::vector<Row>(table.begin(), table.end());
    std::vector<Row> chosen;
    for (const std::string& id : ids) {
        const auto row = std::find_if(table.begin(), table.end(), [&](const Row& one) { return one.id == id; });
        if (row == table.end()) {
            std::string known;
            for (const Row& one : table)
                known += " " + std::string(one.id);
            return failure(Error::Kind::Usage, "There is no " + what + " \"" + id + "\"; there are" + known + ".");
        }
        chosen.push_back(*row);
    }
    return chosen;
}

/// "id: sentence" a line, what the rows of a table mean.
template <class Row>
std::string legendOf(const std::vector<Row>& rows)
{
    std::string text;
    for (const Row& row : rows)
        text += "\n" + std::string(row.id) + ": " + std::string(row.sentence);
    return text + "\n";
}

}  // namespace quantoscope
