// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda.h>

/// What 7_wgmma_tma.cu needs of Hopper, on the processor, after the PTX ISA: barriers with phases, the copy
/// engine with its swizzle, products of a warpgroup from descriptors. Copies and products happen at a time
/// drawn by chance, products in order.
namespace host_cuda {

void initBarrier(std::uint64_t& barrier, int arrivals);
void publishBarriers();
void arrive(std::uint64_t& barrier);
void arriveExpecting(std::uint64_t& barrier, int bytes);
void waitForPhase(std::uint64_t& barrier, std::uint32_t parity);
void copyTile(void* target, const CUtensorMap& map, int column, int row, std::uint64_t& barrier);

void beginWarpgroupProducts();
void endWarpgroupProducts();
void waitForProducts(int pending);
template <int pending>
void waitForWarpgroupProducts()
{
    waitForProducts(pending);
}
void multiplyWarpgroup(float (&c)[64], std::uint64_t a, std::uint64_t b);
template <int count>
void holdInRegisters(float (&)[count])
{
}

}  // namespace host_cuda
