// SPDX-License-Identifier: Apache-2.0
// Our own kernels' places, filled by loops of the processor. They read what the worker prepared, packed
// weights included, so what is tested is everything around the kernels. PRETENDED_FAULT names a kernel
// and what befalls it: "bf16_mma=crash", "hang", "sticky", "wrong".
#include "gpu/kernels/quantize_activations.h"
#include "gpu/kernels/weight_only.h"
#include "tests/gpu/pretended_cuda/pretended.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unistd.h>

namespace pretended {

double dot(const char* model, const Row& a, const Row& b, std::int64_t products)
{
    using quantoscope::TensorCoreModel;
    constexpr std::int64_t affordable = 1 << 21;
    const std::string name = model;
    if (name == "exact" || products > affordable) {
        double sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
            sum += double(a[i]) * b[i];
        return sum;
    }
    TensorCoreModel unit;
    if (name == "fp32")
        unit.unit = TensorCoreModel::Unit::Fp32Fma;
    if (name == "fp16_sums")
        unit.unit = TensorCoreModel::Unit::Fp16Sums;
    if (name.starts_with("fp8"))
        unit.fractionBits = unit.mantissaBits = 13;
    else
        unit.productsAStep = 16;
    if (name == "fp8_promoted")
        unit.promoteEvery = 128;
    return quantoscope::dotByModel(unit, a, b);
}

}  // namespace pretended

namespace quantoscope::gpu {
namespace {

using pretended::Row;

/// False where the product is wrong or was not computed.
bool sufferFault(const char* kernel, float* y)
{
    const char* text = std::getenv("PRETENDED_FAULT");
    const std::string fault = text ? text : "", name = std::string(kernel) + "=";
    if (!fault.starts_with(name))
        return true;
    const std::string what = fault.substr(name.size());
    if (what == "crash")
        std::raise(SIGSEGV);
    if (what == "hang")
        pause();
    if (what == "sticky")
        pretended::failNextCheck(cudaErrorIllegalAddress);
    *y = 12345;
    return false;
}

template <class RowOf>
void multiplyAll(const char* kernel, const char* model, const KernelArguments& a, const RowOf& rowOf)
{
    std::uint32_t poison = 0;
    std::memcpy(&poison, a.y, 4);
    if (!pretended::launch() || poison != 0xFFFFFFFFu)
        return;   // What is not poisoned is only timed.
    std::vector<Row> w;
    for (std::int64_t j = 0; j < a.n; ++j)
        w.push_back(rowOf(a.w, a.wRowBytes, j, false));
    for (std::int64_t i = 0; i < a.m; ++i) {
        const Row x = rowOf(a.x, a.xRowBytes, i, true);
        for (std::int64_t j = 0; j < a.n; ++j)
            a.y[i * a.n + j] = float(pretended::dot(model, w[std::size_t(j)], x, a.m * a.n * a.k));
    }
    sufferFault(kernel, a.y);
}

template <class Code, Code bitsOfFloat>
void multiplyPlain(const char* kernel, const char* model, const KernelArguments& a)
{
    pretended::requireDevice(a.x, std::size_t(a.m * a.xRowBytes), "x is smaller than said");
    pretended::requireDevice(a.w, std::size_t(a.n * a.wRowBytes), "W is smaller than said");
    pretended::requireDevice(a.y, std::size_t(4 * a.m * a.n), "y is smaller than said");
    multiplyAll(kernel, model, a, [&](const void* matrix, std::int64_t rowBytes, std::int64_t row, bool) {
        Row values(static_cast<std::size_t>(a.k));
        for (std::int64_t k = 0; k < a.k; ++k) {
            Code code;
            std::memcpy(&code, static_cast<const char*>(matrix) + row * rowBytes + k * std::int64_t(sizeof code), sizeof code);
            values[std::size_t(k)] = std::bit_cast<float>(std::uint32_t(code) << bitsOfFloat);
        }
        return values;
    });
}

/// From the packed layout, unit by unit.
template <class Format>
Row unpackRow(const KernelArguments& a, std::int64_t row)
{
    using Code = typename Format::Code;
    std::vector<std::uint32_t> table(Nf4Code::tableWords);
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = Nf4Code::tableEntry(unsigned(i / Nf4Code::copies));
    const std::int64_t chunks = chunksOf(a.k);
    const char* scales = static_cast<const char*>(a.wScales) + row * chunks * Format::groupsAChunk * Format::Scale::bytes;
    Row values(std::size_t(chunks * chunkColumns));
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk)
        for (int i = 0; i < 4; ++i)
            for (int q = 0; q < 4; ++q) {
                std::uint32_t words[2] = {}, pairs[4];
                std::memcpy(words, static_cast<const char*>(a.w) + row * a.wRowBytes + chunk * (chunkColumns * Code::bits / 8)
                                       + placeOfUnit(Code::bits, i, q) * Code::bits, Code::bits);
                Code::decode(words, table.data(), pairs);
                float scale;
                if constexpr (Format::groupColumns > 0)
                    scale = Format::scaleAt(scales, chunk, i);
                else
                    scale = static_cast<const float*>(a.wScales)[row];
                for (int column = 0; column < unitColumns; ++column)
                    values[std::size_t(chunk * chunkColumns + firstColumnOfUnit(i, q) + column)] =
                        scale * decodeNarrow<NarrowFp16>(pairs[column / 2] >> (16 * (column % 2)) & 0xFFFFu);
            }
    return values;
}

template <class Format>
void multiplyPacked(const KernelArguments& a)
{
    const std::int64_t chunks = chunksOf(a.k);
    pretended::require(a.xRowBytes == 2 * chunks * chunkColumns && a.wRowBytes == chunks * chunkColumns * Format::Code::bits / 8, "rows are not packed");
    pretended::requireDevice(a.x, std::size_t(a.m * a.xRowBytes), "x is smaller than said");
    pretended::requireDevice(a.w, std::size_t(a.n * a.wRowBytes), "W is smaller than said");
    pretended::requireDevice(a.wScales, std::size_t(a.n * (Format::groupColumns ? chunks * Format::groupsAChunk * Format::Scale::bytes : 4)), "scales are missing");
    pretended::requireDevice(a.workspace, std::size_t(4 * partsOfK(a.n, a.k, a.multiprocessors) * a.m * a.n), "the workspace is too small");
    multiplyAll("weights", "exact", a, [&](const void* matrix, std::int64_t rowBytes, std::int64_t row, bool isX) {
        if (!isX)
            return unpackRow<Format>(a, row);
        Row values(std::size_t(chunks * chunkColumns));
        for (std::size_t k = 0; k < values.size(); ++k) {
            std::uint16_t half;
            std::memcpy(&half, static_cast<const char*>(matrix) + row * rowBytes + 2 * std::int64_t(k), 2);
            values[k] = decodeNarrow<NarrowFp16>(half);
        }
        return values;
    });
}

}  // namespace

void launchNaive(const KernelArguments& a, cudaStream_t) { multiplyPlain<std::uint32_t, 0>("fp32_naive", "fp32", a); }
void launchCoalesced(const KernelArguments& a, cudaStream_t) { multiplyPlain<std::uint32_t, 0>("fp32_coalesced", "fp32", a); }
void launchSharedTiles(const KernelArguments& a, cudaStream_t) { multiplyPlain<std::uint32_t, 0>("fp32_shared", "fp32", a); }
void launchRegisterTiles(const KernelArguments& a, cudaStream_t) { multiplyPlain<std::uint32_t, 0>("fp32_registers", "fp32", a); }
void launchVectorLoads(const KernelArguments& a, cudaStream_t) { multiplyPlain<std::uint32_t, 0>("fp32_vector", "fp32", a); }
void launchTensorCores(const KernelArguments& a, cudaStream_t) { multiplyPlain<std::uint16_t, 16>("bf16_mma", "tensor_cores", a); }
void launchWarpgroups(const KernelArguments& a, cudaStream_t) { multiplyPlain<std::uint16_t, 16>("bf16_wgmma", "tensor_cores", a); }

template <class Format>
void launchVector(const KernelArguments& a, cudaStream_t)
{
    multiplyPacked<Format>(a);
}
template <class Format>
void launchSkinny(const KernelArguments& a, cudaStream_t)
{
    multiplyPacked<Format>(a);
}
#define QUANTOSCOPE_BOTH(Format)                                              \
    template void launchVector<Format>(const KernelArguments&, cudaStream_t); \
    template void launchSkinny<Format>(const KernelArguments&, cudaStream_t);
QUANTOSCOPE_BOTH(Int8Rows)
QUANTOSCOPE_BOTH(Q8Blocks)
QUANTOSCOPE_BOTH(Int4Groups)
QUANTOSCOPE_BOTH(Q4Blocks)
QUANTOSCOPE_BOTH(Nf4Groups)
QUANTOSCOPE_BOTH(Mxfp4Blocks)
#undef QUANTOSCOPE_BOTH

void launchQuantizeActivations(ActivationTarget target, const ActivationArguments& a, cudaStream_t)
{
    pretended::requireDevice(a.x, std::size_t(a.rows * a.rowBytes), "x is smaller than said");
    pretended::requireDevice(a.target, std::size_t(a.rows * a.targetRowBytes), "the codes have no room");
    if (!pretended::launch(2e-6))
        return;
    for (std::int64_t row = 0; row < a.rows; ++row) {
        std::vector<float> x(static_cast<std::size_t>(a.columns));
        float largest = 0;
        for (std::int64_t k = 0; k < a.columns; ++k) {
            std::uint16_t half;
            std::memcpy(&half, static_cast<const char*>(a.x) + row * a.rowBytes + 2 * k, 2);
            x[std::size_t(k)] = decodeNarrow<NarrowFp16>(half);
            largest = std::max(largest, std::abs(x[std::size_t(k)]));
        }
        float scale = a.givenScale ? *a.givenScale : float(largest / (target == ActivationTarget::Int8 ? 127.0 : 448.0));
        scale = scale != 0 ? scale : 1;
        if (!a.givenScale)
            a.rowScales[row] = scale;
        auto* codes = static_cast<std::uint8_t*>(a.target) + row * a.targetRowBytes;
        std::memset(codes, 0, std::size_t(a.targetRowBytes));
        for (std::size_t k = 0; k < x.size(); ++k)
            codes[k] = target == ActivationTarget::Int8 ? std::uint8_t(nearestInt8Code(x[k], scale)) : std::uint8_t(encodeNarrow<NarrowE4m3>(x[k] / scale, true));
    }
}

void launchScaleSums(void* y, const float* xScales, bool isOneForAll, const float* wScales, std::int64_t m, std::int64_t n, cudaStream_t)
{
    pretended::requireDevice(xScales, std::size_t(isOneForAll ? 4 : 4 * m), "scales of x are missing");
    pretended::requireDevice(wScales, std::size_t(4 * n), "scales of W are missing");
    if (!pretended::launch(1e-6))
        return;
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            std::int32_t sum;
            std::memcpy(&sum, static_cast<float*>(y) + i * n + j, 4);
            static_cast<float*>(y)[i * n + j] = float(sum) * (xScales[isOneForAll ? 0 : i] * wScales[j]);
        }
}

}  // namespace quantoscope::gpu
