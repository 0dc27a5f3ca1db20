// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/cpu_kernels/cpu_kernel.h"

namespace quantoscope {

std::span<const CpuKernel> cpuKernels()
{
    using enum ElementType;
    using enum ScaleSharing;
    constexpr double fp64Roundoff = 0x1p-53, fp32Roundoff = 0x1p-24;
    static const std::vector<CpuKernel> kernels{
        {{"fp64", "FP64", "Products and sums in FP64, by OpenBLAS: the reference.", GemmMark::Float, false, fp64Roundoff},
         {Fp64}, {Fp64}, SumType::Fp64, 0, cpu::multiplyFp64},
        {{"fp32", "FP32", "Products and sums in FP32, by OpenBLAS.", GemmMark::Float, false, fp32Roundoff},
         {Fp32}, {Fp32}, SumType::Fp32, 0, cpu::multiplyFp32},
    };
    return kernels;
}

}  // namespace quantoscope
