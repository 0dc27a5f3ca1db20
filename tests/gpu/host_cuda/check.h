// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// The parts of `kernels_on_processor`: each prints what is wrong and counts it.
namespace host_cuda {

int checkProducts(std::string_view only = {});   ///< Every kernel of the table that is ours, against FP64.
int checkRandomProducts(int seconds);      ///< The same with other shapes in every run.
int checkActivations();    ///< What rounds x on the way, bit for bit.
int checkWrongKernels();   ///< Kernels that are wrong on purpose: each must be complained of.

int report(const std::string& what, const std::string& complaint);   ///< 1 where there is one.

}  // namespace host_cuda
