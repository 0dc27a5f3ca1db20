// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/gemm_problem_text.h"

#include <array>
#include <charconv>

namespace quantoscope {

std::span<const GemmDataRow> gemmDataRows()
{
    static constexpr std::array rows{
        GemmDataRow{GemmData::Normal, "normal", "Normal"},
        GemmDataRow{GemmData::Uniform, "uniform", "Uniform"},
        GemmDataRow{GemmData::Outliers, "outliers", "Outlier channels"},
    };
    return rows;
}

std::optional<GemmData> findGemmData(std::string_view id)
{
    for (const GemmDataRow& row : gemmDataRows())
        if (row.id == id)
            return row.data;
    return {};
}

Result<GemmShape> parseGemmShape(std::string_view text)
{
    GemmShape shape;
    const char* place = text.data();
    const char* end = place + text.size();
    for (std::int64_t* size : {&shape.m, &shape.n, &shape.k}) {
        const auto [rest, error] = std::from_chars(place, end, *size);
        const bool isLast = size == &shape.k;
        if (error != std::errc() || *size < 1 || (isLast ? rest != end : rest == end || *rest != ','))
            return failure(Error::Kind::Usage, "A shape is three whole numbers from 1, M,N,K, such as 512,512,512, not \"" + std::string(text) + "\".");
        place = rest + 1;
    }
    return shape;
}

}  // namespace quantoscope
