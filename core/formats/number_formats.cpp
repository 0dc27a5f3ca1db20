// SPDX-License-Identifier: Apache-2.0
// The format table: a new format is one row here. Bit layouts, biases and special codes are those of
// IEEE 754-2019, OCP OFP8 1.0, OCP MX 1.0, and of ml_dtypes for the FNUZ and IEEE-style 8-bit floats.
#include "core/formats/number_format.h"

#include "core/formats/built_format.h"
#include "core/formats/p3109_formats.h"

#include <algorithm>
#include <array>

namespace quantoscope {

namespace {

using enum SpecialCodes;

constexpr std::array families{
    FormatFamily{"wide", "16 to 64-bit floats", "What training and most inference compute with."},
    FormatFamily{"fp8", "8-bit floats", "Half the bytes of FP16; tensor cores since 2022 multiply them directly."},
    FormatFamily{"fp6", "6 and 4-bit floats", "The elements of the OCP microscaling formats."},
    FormatFamily{"scale", "Scales", "Formats that only ever hold the scale of a block."},
    FormatFamily{"int", "Signed integers", "Two's complement, with a scale and a zero point."},
    FormatFamily{"uint", "Unsigned integers", "Whole numbers from 0, with a scale and a zero point."},
    FormatFamily{"levels", "Level tables", "Values that follow no formula, looked up by their code."},
    FormatFamily{"posit", "Posits", "Floats whose exponent grows and shrinks with the number."},
    FormatFamily{"p3109", "IEEE P3109", "The draft family of small floats: any width, precision, signed or not.", false},
};

// Quantiles of a normal distribution, zero included: Dettmers et al., QLoRA, 2023, appendix E.
constexpr float nf4Levels[] = {
    -1.0f, -0.6961928f, -0.52507305f, -0.3949175f, -0.28444138f, -0.18477343f, -0.091050036f, 0.0f,
    0.0795803f, 0.1609302f, 0.2461123f, 0.33791524f, 0.44070983f, 0.562617f, 0.72295684f, 1.0f};
// bitsandbytes, functional.py, create_fp4_map: E2M1 with other subnormals, divided by its largest value.
constexpr float fp4Levels[] = {
    0.0f, 0.0052083335f, 0.6666667f, 1.0f, 0.33333334f, 0.5f, 0.16666667f, 0.25f,
    0.0f, -0.0052083335f, -0.6666667f, -1.0f, -0.33333334f, -0.5f, -0.16666667f, -0.25f};
// Yoshida, "NF4 isn't information theoretically optimal", 2023, for blocks of 64; order of bitsandbytes.
constexpr float af4Levels[] = {
    1.0f, 0.72424865f, 0.55496234f, 0.42563882f, 0.31675667f, 0.21961275f, 0.12934484f, 0.04273164f,
    0.0f, -0.04934812f, -0.14982478f, -0.25607553f, -0.3736951f, -0.5124374f, -0.6944101f, -1.0f};
// ggml-common.h, kvalues_iq4nl.
constexpr float iq4Levels[] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

constexpr IntegerFormat signedBits(int bits) { return {bits, true}; }
constexpr IntegerFormat unsignedBits(int bits) { return {bits, false}; }

// FloatFormat: exponent bits, mantissa bits, bias, special codes, signed, subnormals, unused low bits.
constexpr std::array rows{
    NumberFormat{"fp64", "FP64", "Double precision: the reference everything is compared with.",
                 FloatFormat{11, 52, 1023}, "wide"},
    NumberFormat{"fp32", "FP32", "Single precision: what models were trained in for decades.",
                 FloatFormat{8, 23, 127}, "wide"},
    NumberFormat{"tf32", "TF32", "FP32's range with FP16's precision: how NVIDIA tensor cores read FP32.",
                 FloatFormat{8, 10, 127, Ieee, true, true, 13}, "wide"},
    NumberFormat{"fp16", "FP16", "Half precision: precise for its 16 bits, but ends at 65504.",
                 FloatFormat{5, 10, 15}, "wide"},
    NumberFormat{"bf16", "BF16", "The upper half of FP32: its range, with 8 bits of precision; today's training format.",
                 FloatFormat{8, 7, 127}, "wide"},
    NumberFormat{"e4m3", "FP8 E4M3", "OCP 8-bit float for weights and activations: no infinity, up to 448.",
                 FloatFormat{4, 3, 7, NanAtAllOnes}, "fp8"},
    NumberFormat{"e5m2", "FP8 E5M2", "OCP 8-bit float for gradients: FP16 cut to 2 bits of fraction.",
                 FloatFormat{5, 2, 15}, "fp8"},
    NumberFormat{"e4m3_ieee", "E4M3 IEEE", "E4M3 with infinities as in IEEE 754, up to 240.",
                 FloatFormat{4, 3, 7}, "fp8"},
    NumberFormat{"e3m4", "E3M4 IEEE", "Eight bits with 4 bits of fraction, up to 15.5.",
                 FloatFormat{3, 4, 3}, "fp8"},
    NumberFormat{"e4m3fnuz", "E4M3 FNUZ", "AMD and Graphcore's E4M3: one NaN, no -0, bias 8.",
                 FloatFormat{4, 3, 8, NanAtNegativeZero}, "fp8"},
    NumberFormat{"e5m2fnuz", "E5M2 FNUZ", "AMD and Graphcore's E5M2: one NaN, no -0, bias 16.",
                 FloatFormat{5, 2, 16, NanAtNegativeZero}, "fp8"},
    NumberFormat{"e4m3b11fnuz", "E4M3 B11 FNUZ", "E4M3 shifted towards small numbers by a bias of 11, up to 30.",
                 FloatFormat{4, 3, 11, NanAtNegativeZero}, "fp8"},
    NumberFormat{"e3m2", "FP6 E3M2", "OCP MX 6-bit element with the wider range, up to 28.",
                 FloatFormat{3, 2, 3, None}, "fp6"},
    NumberFormat{"e2m3", "FP6 E2M3", "OCP MX 6-bit element with the finer steps, up to 7.5.",
                 FloatFormat{2, 3, 1, None}, "fp6"},
    NumberFormat{"e2m1", "FP4 E2M1", "OCP MX 4-bit element: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives.",
                 FloatFormat{2, 1, 1, None}, "fp6"},
    NumberFormat{"e8m0", "E8M0", "OCP MX scale: a power of two from 2^-127 to 2^127, no zero, no sign.",
                 FloatFormat{8, 0, 127, NanAtAllOnes, false, false}, "scale"},
    NumberFormat{"ue4m3", "UE4M3", "E4M3 without its sign: the block scale of NVFP4.",
                 FloatFormat{4, 3, 7, NanAtAllOnes, false}, "scale"},
    NumberFormat{"int2", "INT2", "Four whole numbers, -2 to 1.", signedBits(2), "int"},
    NumberFormat{"int3", "INT3", "Eight whole numbers, -4 to 3.", signedBits(3), "int"},
    NumberFormat{"int4", "INT4", "Sixteen whole numbers, -8 to 7: the common 4-bit weight.", signedBits(4), "int"},
    NumberFormat{"int5", "INT5", "Whole numbers from -16 to 15.", signedBits(5), "int"},
    NumberFormat{"int6", "INT6", "Whole numbers from -32 to 31.", signedBits(6), "int"},
    NumberFormat{"int7", "INT7", "Whole numbers from -64 to 63.", signedBits(7), "int"},
    NumberFormat{"int8", "INT8", "Whole numbers from -128 to 127: the classic quantized weight.", signedBits(8), "int"},
    NumberFormat{"int16", "INT16", "Whole numbers from -32768 to 32767.", signedBits(16), "int"},
    NumberFormat{"int32", "INT32", "What products of INT8 are summed in.", signedBits(32), "int"},
    NumberFormat{"uint2", "UINT2", "Four whole numbers, 0 to 3.", unsignedBits(2), "uint"},
    NumberFormat{"uint3", "UINT3", "Eight whole numbers, 0 to 7.", unsignedBits(3), "uint"},
    NumberFormat{"uint4", "UINT4", "Sixteen whole numbers, 0 to 15: GPTQ and AWQ with a zero point.", unsignedBits(4), "uint"},
    NumberFormat{"uint5", "UINT5", "Whole numbers from 0 to 31.", unsignedBits(5), "uint"},
    NumberFormat{"uint6", "UINT6", "Whole numbers from 0 to 63.", unsignedBits(6), "uint"},
    NumberFormat{"uint7", "UINT7", "Whole numbers from 0 to 127.", unsignedBits(7), "uint"},
    NumberFormat{"uint8", "UINT8", "Whole numbers from 0 to 255: activations with a zero point.", unsignedBits(8), "uint"},
    NumberFormat{"uint16", "UINT16", "Whole numbers from 0 to 65535.", unsignedBits(16), "uint"},
    NumberFormat{"uint32", "UINT32", "Whole numbers from 0 to 4294967295.", unsignedBits(32), "uint"},
    NumberFormat{"nf4", "NF4", "QLoRA's levels: equally many normally distributed weights at each.",
                 LevelTable{nf4Levels}, "levels"},
    NumberFormat{"fp4_bnb", "FP4 bitsandbytes", "The 4-bit float of bitsandbytes, scaled to reach 1.",
                 LevelTable{fp4Levels}, "levels"},
    NumberFormat{"af4", "AF4", "Levels of least absolute error for blocks of 64 normal weights.",
                 LevelTable{af4Levels}, "levels"},
    NumberFormat{"iq4_nl", "IQ4_NL levels", "The 16 levels of llama.cpp's IQ4_NL and IQ4_XS.",
                 LevelTable{iq4Levels}, "levels"},
    NumberFormat{"posit8", "Posit8", "8-bit posit: up to 5 bits of precision near 1, from 2^-24 to 2^24.",
                 PositFormat{8}, "posit"},
    NumberFormat{"posit16", "Posit16", "16-bit posit: up to 12 bits of precision near 1, from 2^-56 to 2^56.",
                 PositFormat{16}, "posit"},
};

}  // namespace

std::span<const FormatFamily> formatFamilies()
{
    return families;
}

std::span<const NumberFormat> numberFormats()
{
    return rows;
}

std::span<const NumberFormat> formatsOf(std::string_view family)
{
    if (family == "p3109")
        return p3109Formats();
    const auto isOfFamily = [&](const NumberFormat& row) { return row.family == family; };
    const auto first = std::find_if(rows.begin(), rows.end(), isOfFamily);
    const auto last = std::find_if_not(first, rows.end(), isOfFamily);
    return {first, last};
}

const NumberFormat* findNumberFormat(std::string_view id)
{
    if (id.starts_with("float:"))
        return findBuiltFormat(id);
    for (const std::span<const NumberFormat> table : {numberFormats(), id.starts_with("binary") ? p3109Formats() : std::span<const NumberFormat>{}})
        for (const NumberFormat& row : table)
            if (row.id == id)
                return &row;
    return nullptr;
}

}  // namespace quantoscope
