// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/gemm/tensor_core_model.h"

#include <cuda_runtime_api.h>

#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

/// What the pretended runtime and the pretended products share.
namespace pretended {

/// Takes its time; false while a graph is recorded, when nothing is to be computed.
bool launch(double seconds = 5e-6);
int capability();
/// Ends the process with a sentence: a real GPU would do worse.
void require(bool condition, const char* what);
void requireDevice(const void* place, std::size_t bytes, const char* what);
/// What the next cudaGetLastError() says.
void failNextCheck(cudaError_t);

/// A row of an operand without the scales that wait for the finished sum.
using Row = std::vector<float>;
/// Sums of products as the named model of core does them, or in FP64 where that would take too long.
double dot(const char* model, const Row& a, const Row& b, std::int64_t products);

}  // namespace pretended
