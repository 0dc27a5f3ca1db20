// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/result.h"

#include <CLI/App.hpp>

#include <memory>
#include <optional>
#include <string>

namespace quantoscope {

/// FORMAT, and for integers --scale and --zero.
struct FormatArguments {
    std::string id;
    std::optional<double> scale;
    std::optional<std::int64_t> zeroPoint;

    void addTo(CLI::App&);
    Result<NumberFormat> format() const;
};

/// --rounding, --overflow and --seed.
struct RoundingArguments {
    std::string rounding = "nearest-even";
    std::string overflow;
    std::uint64_t seed = 0;

    void addTo(CLI::App&);
    Result<RoundingRule> rule() const;
};

/// The row of that id, or a sentence that names what comes close.
Result<const NumberFormat*> findFormat(const std::string& id);

}  // namespace quantoscope
