// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/kernel_groups.h"

#include <QtGlobal>

#include <algorithm>
#include <array>

namespace quantoscope {

namespace {

bool isNarrow(const GemmKernel& kernel)
{
    return kernel.id.starts_with("e4m3") || kernel.id.starts_with("mxfp") || kernel.id.starts_with("nvfp");
}

}  // namespace

std::span<const KernelGroup> kernelGroups()
{
    static constexpr std::array groups{
        KernelGroup{"wide", QT_TRANSLATE_NOOP("KernelGroup", "Floats of 16 bits and more"),
                    [](const GemmKernel& kernel) { return !kernel.isExtra && kernel.mark == GemmMark::Float && !isNarrow(kernel); }},
        KernelGroup{"narrow", QT_TRANSLATE_NOOP("KernelGroup", "Floats of 8 and 4 bits"),
                    [](const GemmKernel& kernel) { return !kernel.isExtra && isNarrow(kernel); }},
        KernelGroup{"integers", QT_TRANSLATE_NOOP("KernelGroup", "Integers on both sides"),
                    [](const GemmKernel& kernel) { return !kernel.isExtra && kernel.mark == GemmMark::Integer; }},
        KernelGroup{"weights", QT_TRANSLATE_NOOP("KernelGroup", "Weights only"),
                    [](const GemmKernel& kernel) { return !kernel.isExtra && kernel.mark == GemmMark::WeightOnly; }},
        KernelGroup{"extras", QT_TRANSLATE_NOOP("KernelGroup", "Reference and ladder"), [](const GemmKernel&) { return true; }},
    };
    return groups;
}

const KernelGroup& groupOf(const GemmKernel& kernel)
{
    return *std::ranges::find_if(kernelGroups(), [&](const KernelGroup& group) { return group.contains(kernel); });
}

bool isMeasuredAtFirst(std::string_view kernelId)
{
    static constexpr std::array<std::string_view, 14> first{
        "fp32", "tf32", "fp16", "fp16_acc16", "bf16",   // What a format of x and W, and what one of the sums costs.
        "e4m3", "e4m3_fast", "mxfp8", "nvfp4",          // One scale, sums cut short, a scale for every 32, for every 16.
        "int8", "int8_dynamic",                         // Stored as integers, and brought to them in the time of the product.
        "w8a16_int8", "w4a16_int4",                     // Weights only: half, and a quarter of the bytes.
        "w4a8_q4_k"};                                   // As llama.cpp multiplies on a processor.
    return std::ranges::find(first, kernelId) != first.end();
}

}  // namespace quantoscope
