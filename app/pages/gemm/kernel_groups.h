// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <span>
#include <string_view>

namespace quantoscope {

/// A regime of the list of kernels.
struct KernelGroup {
    const char* id;
    const char* name;   ///< Translated where it is shown.
    bool (*contains)(const GemmKernel&);
};
/// A kernel belongs to the first that contains it; the last one contains every one.
std::span<const KernelGroup> kernelGroups();
const KernelGroup& groupOf(const GemmKernel&);

/// True for those that are measured before anybody chooses: from each regime the ones that teach something of their
/// own. The rest is a press away.
bool isMeasuredAtFirst(std::string_view kernelId);

}  // namespace quantoscope
