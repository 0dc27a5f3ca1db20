// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quantoscope::gpu {

/// Times and checks every kernel of the first usable GPU over square products and over batch sizes, and
/// writes one JSON document with device, driver, clocks, date and method. At most ten minutes: what does
/// not fit is left out and the document says so. 0; 1 with a sentence; 77 without a GPU.
int runSweep(const std::string& file);

}  // namespace quantoscope::gpu
