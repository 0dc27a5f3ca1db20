// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace quantoscope {

/// What a kernel has written: y[rows, columns], row-major, in the type of its accumulator. Integer
/// sums stay integers; the row scales of both operands belong in front of them.
struct GemmOutput {
    std::int64_t rows = 0, columns = 0;
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>> values;

    template <class Number>
    Number* as() { return std::get<std::vector<Number>>(values).data(); }

    void readRow(std::int64_t row, std::span<double> target) const
    {
        std::visit([&](const auto& all) {
            for (std::size_t column = 0; column < target.size(); ++column)
                target[column] = double(all[std::size_t(row * columns) + column]);
        }, values);
    }
};

}  // namespace quantoscope
