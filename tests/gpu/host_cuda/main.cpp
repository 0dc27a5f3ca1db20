// SPDX-License-Identifier: Apache-2.0
// kernels_on_processor: runs the GPU's kernels, the .cu files themselves, without a GPU and without CUDA.
// What it cannot see: speed, registers, the order in which memory becomes visible beyond barriers, and
// whether instructions do what the PTX ISA says.
#include "tests/gpu/host_cuda/check.h"

#include <cstdio>
#include <cstdlib>

int host_cuda::report(const std::string& what, const std::string& complaint)
{
    if (complaint.empty())
        return 0;
    std::printf("FAILED %s: %s\n", what.c_str(), complaint.c_str());
    return 1;
}

/// Everything; or the products of the kernels named; or, given a number, random shapes for so many seconds.
int main(int count, char** words)
{
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    int failures = 0;
    for (int i = 1; i < count; ++i)
        failures += std::atoi(words[i]) > 0 ? host_cuda::checkRandomProducts(std::atoi(words[i])) : host_cuda::checkProducts(words[i]);
    if (count == 1)
        failures = host_cuda::checkWrongKernels() + host_cuda::checkActivations() + host_cuda::checkProducts();
    std::printf(failures == 0 ? "All right.\n" : "%d wrong.\n", failures);
    return failures == 0 ? 0 : 1;
}
