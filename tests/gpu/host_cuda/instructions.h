// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/gpu/host_cuda/memory.h"

#include <cuda_runtime_api.h>

/// Instructions that CUDA C++ has no word for, on the processor, after the PTX ISA.
namespace host_cuda {

/// cp.async: arrives somewhen, at the latest when the thread waits for it.
void copyAsynchronously(void* target, const void* source, bool isThere);
void endStage();
void waitForStages(int pending);
template <int pending>
void waitForStage()
{
    waitForStages(pending);
}

/// ldmatrix.sync.aligned.m8n8.x4.
void loadMatrices(std::uint32_t (&registers)[4], const char* segment);
/// mma.sync.aligned.m16n8k16, sums in FP32.
void multiplyBf16(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1);
void multiplyFp16(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1);

}  // namespace host_cuda
