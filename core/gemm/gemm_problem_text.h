// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/gemm_operands.h"

#include <string_view>

namespace quantoscope {

/// One row for every kind of example data: its id in the command line and its name for people.
struct GemmDataRow {
    GemmData data;
    std::string_view id, name;
};
std::span<const GemmDataRow> gemmDataRows();
std::optional<GemmData> findGemmData(std::string_view id);

/// "512,512,512" as --shape takes it: M,N,K.
Result<GemmShape> parseGemmShape(std::string_view);

}  // namespace quantoscope
