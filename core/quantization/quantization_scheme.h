// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace quantoscope {

enum class Symmetry { Symmetric, Asymmetric };
enum class CodeRange { Restricted, Full };   ///< −127 … 127 or −128 … 127.

/// The values that share one scale.
struct Granularity {
    enum class Kind { Tensor, Channel, Group } kind = Kind::Tensor;
    int axis = 0;              ///< For Channel: the dimension whose every index has a scale of its own.
    std::int64_t group = 64;   ///< For Group: values along the last dimension; the last group may be short.

    friend bool operator==(const Granularity&, const Granularity&) = default;
};

/// Where the range of a scale ends.
struct Clip {
    enum class Kind { MinMax, Percentile, LeastSquares, ByHand } kind = Kind::MinMax;
    double percentile = 99.9;   ///< Of |x|, for Percentile.
    double low = 0, high = 0;   ///< For ByHand.

    friend bool operator==(const Clip&, const Clip&) = default;
};

/// How a block's power-of-two scale follows from its largest magnitude: `scale-rule=floor|ceil|even|rceil`.
enum class PowerOfTwoRule {
    Floor,          ///< floor(log2 |x|) − emax: OCP MX 1.0; clips what lies between the largest element and 2^(emax+1).
    Ceil,           ///< ceil(log2 |x|) − emax
    Even,           ///< Floor after rounding |x| to the element's precision.
    RoundUpRatio,   ///< ceil(log2(|x| / largest element)): the smallest scale that clips nothing.
};

/// A quantizer, written down. quantize() does what it says; nothing else is needed to reproduce it.
struct QuantizationScheme {
    /// Block: a format of block_format.h, named by `element`; granularity then says how long its blocks are.
    enum class Kind { Uniform, Codebook, Block } kind = Kind::Uniform;
    std::string element = "int8";   ///< Id of a format: integers quantize uniformly, floats and levels to their own values.
    int levels = 16;                ///< For Codebook: fitted to the tensor (k-means).
    bool lloyd = false;             ///< For Codebook: fit=lloyd, else the optimum.
    Symmetry symmetry = Symmetry::Symmetric;
    CodeRange range = CodeRange::Restricted;
    Granularity granularity;
    Clip clip;
    PowerOfTwoRule scaleRule = PowerOfTwoRule::Floor;   ///< For MX blocks.
    std::string scale = "fp32";     ///< Format id in which scales are stored.
    RoundingRule rounding;

    friend bool operator==(const QuantizationScheme&, const QuantizationScheme&) = default;
};

/// Reads "int4,asymmetric,group=64,clip=mse" or a named scheme with options after it. The error names
/// the option and what would be accepted.
Result<QuantizationScheme> parseScheme(std::string_view text);
/// The shortest text that parses back to the same scheme.
std::string schemeText(const QuantizationScheme&);
/// "INT4, symmetric, one scale per 64 along rows, clipped at least squared error, nearest even"
std::string schemeSentence(const QuantizationScheme&);

/// The schemes with names of their own.
struct NamedScheme {
    std::string_view id;
    std::string_view text;       ///< In the grammar above.
    std::string_view sentence;
};
std::span<const NamedScheme> namedSchemes();

/// True bits per weight, scales and zero points and codebook counted, for a tensor of this shape.
double bitsPerWeight(const QuantizationScheme&, const std::vector<std::int64_t>& shape);

}  // namespace quantoscope
