// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantization_scheme.h"

#include <optional>
#include <string>

namespace quantoscope {

struct BlockFormat;

/// What the parts of a scheme forbid each other, in a sentence with the way out; nothing where they agree. Every
/// element, scale and count by itself is taken to be known.
std::optional<std::string> contradictionIn(const QuantizationScheme&);

/// The scheme that a block format's name stands for.
QuantizationScheme schemeOfBlock(const BlockFormat&);
/// Blocks whose scale leaves a choice: MX.
bool takesScaleRule(const QuantizationScheme&);

}  // namespace quantoscope
