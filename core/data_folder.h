// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace quantoscope {

/// Where lessons and assets lie: QUANTOSCOPE_DATA, else <executable>/../share/quantoscope.
std::filesystem::path dataFolder();

/// The folder of the running program.
std::filesystem::path executableFolder();

}  // namespace quantoscope
