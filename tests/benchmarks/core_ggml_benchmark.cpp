// SPDX-License-Identifier: Apache-2.0
// Block types beside ggml's own functions and the limit of memory, in one run: a copy of the values for quantizing, filling
// them for dequantizing, which is also measured where its values stay in the cache. ggml has no Debian package: name a
// libggml-base.so built by yourself as the argument; without one there is only the limit.
//
// core_ggml_benchmark [LIBRARY]
#include "core/quantization/block_format.h"
#include "core/tensors/block_rows.h"
#include "core/tensors/synthetic_tensors.h"

#include "tests/benchmarks/side_by_side.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <dlfcn.h>

using namespace quantoscope;
using namespace quantoscope::benchmarks;

namespace {

constexpr std::int64_t count = std::int64_t{1} << 22;
constexpr std::int64_t cached = std::int64_t{1} << 15;   ///< Values that stay in a core's own cache.

struct Row {
    const char* format;        ///< Ours
    std::uint32_t ggmlId;
    const char* theirs;        ///< Their name for it.
    double decodeTarget, encodeTarget;   ///< Of performance.md: times their rate.
};

constexpr Row rows[] = {
    {"q8_0", 8, "q8_0", 0, 9}, {"q4_0", 2, "q4_0", 0, 2}, {"q4_k", 12, "q4_K", 0, 4}, {"q6_k", 14, "q6_K", 3, 4},
    {"mxfp4_ggml", 39, "mxfp4", 3, 7}, {"nvfp4_ggml", 40, "nvfp4", 3, 20},
};

std::vector<float> weights()
{
    const auto source = *makeSyntheticTensor({.count = count});
    std::vector<float> values(count);
    (void)source->read(source->tensors().front(), {0, count}, std::span(values));
    return values;
}

void compareRow(const Row& row, void* library, const std::vector<float>& values)
{
    const BlockFormat& format = *findBlockFormat(row.format);
    const BlockType& type = *findBlockType(row.ggmlId);
    std::vector<std::byte> blocks(format.codeBytesOf(count)), theirBlocks(blocks.size());
    std::vector<float> decoded(count), theirValues(count);
    format.encode(values, {}, blocks.data(), nullptr);

    using Decode = void (*)(const void*, float*, std::int64_t);
    using Encode = void (*)(const float*, void*, std::int64_t);
    const auto find = [&](const std::string& name) { return library ? dlsym(library, name.c_str()) : nullptr; };
    const auto theirDecode = reinterpret_cast<Decode>(find(std::string("dequantize_row_") + row.theirs));
    const auto theirEncode = reinterpret_cast<Encode>(find(std::string("quantize_row_") + row.theirs + "_ref"));
    for (const std::int64_t atOnce : {count, cached}) {
        const auto repeatedly = [=](auto decode) {
            return [=] {
                for (std::int64_t done = 0; done < count; done += atOnce)
                    decode(atOnce);
                benchmark::ClobberMemory();
            };
        };
        const std::string fill = "filling the values";
        std::vector<Contender> decoding{{fill, repeatedly([&](std::int64_t n) { std::memset(decoded.data(), 1, std::size_t(n) * sizeof(float)); benchmark::DoNotOptimize(decoded.data()); }), double(count)}};
        if (theirDecode)
            decoding.push_back({"ggml", repeatedly([&, theirDecode](std::int64_t n) { theirDecode(blocks.data(), theirValues.data(), n); }), double(count)});
        decoding.push_back({"Quantoscope", repeatedly([&](std::int64_t n) {
                                decodeBlocks(type, reinterpret_cast<const std::uint8_t*>(blocks.data()), std::size_t(n / type.elements), decoded.data());
                            }), double(count), fill, {}, {}, theirDecode ? "ggml" : "", row.decodeTarget});
        compare((std::string(row.format) + (atOnce == count ? ", dequantize" : ", dequantize in the cache")).c_str(), "Gelem/s", decoding, 15);
        if (theirDecode && atOnce == count)
            std::printf("the same values: %s\n", std::memcmp(decoded.data(), theirValues.data(), count * sizeof(float)) == 0 ? "yes" : "NO");
    }
    std::vector<Contender> encoding{{"memcpy of the values", [&] { std::memcpy(decoded.data(), values.data(), count * sizeof(float)); benchmark::ClobberMemory(); }, double(count)}};
    if (theirEncode)
        encoding.push_back({"ggml", [&] { theirEncode(values.data(), theirBlocks.data(), count); benchmark::ClobberMemory(); }, double(count)});
    encoding.push_back({"Quantoscope", [&] { format.encode(values, {}, blocks.data(), nullptr); benchmark::ClobberMemory(); }, double(count),
                        encoding.front().name, {}, {}, theirEncode ? "ggml" : "", row.encodeTarget});
    compare((std::string(row.format) + ", quantize").c_str(), "Gelem/s", encoding, 5);
    if (theirEncode)
        std::printf("the same bytes: %s\n", blocks == theirBlocks ? "yes" : "NO");
}

}  // namespace

int main(int argc, char** argv)
{
    void* const library = argc > 1 ? dlopen(argv[1], RTLD_LAZY | RTLD_LOCAL) : nullptr;
    if (argc > 1 && !library)
        std::printf("%s\n", dlerror());
    const std::vector<float> values = weights();
    for (const Row& row : rows)
        compareRow(row, library, values);
}
