// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

#include <vector>

namespace quantoscope {

/// Numbers as a person pastes them: separated by spaces, commas, semicolons, tabs, lines or brackets;
/// a real minus is a minus. The error names the first word that is no number, and its line.
Result<std::vector<float>> parsePastedNumbers(const QString& text);

}  // namespace quantoscope
