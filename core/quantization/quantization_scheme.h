// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quantoscope {

enum class Symmetry { Symmetric, Asymmetric };
enum class CodeRange { Restricted, Full };   ///< −127 … 127 or −128 … 127.

/// The values that share one scale.
struct Granularity {
    enum class Kind { Tensor, Channel, Group, Tile } kind = Kind::Tensor;
    int axis = 0;              ///< For Channel: the dimension whose every index has a scale of its own.
    std::int64_t group = 64;   ///< For Group: values along the last dimension; the last group may be short.
    /// For Tile, `block=RxC`: rows by columns of the last two dimensions; those at the edges may be smaller.
    std::int64_t tileRows = 128, tileColumns = 128;

    friend bool operator==(const Granularity&, const Granularity&) = default;
};

/// Where the range of a scale ends.
struct Clip {
    enum class Kind {
        MinMax,
        Percentile,
        LeastSquares,   ///< `mse`: the least Σ(x − x̂)² there is.
        Entropy,        ///< `kl`: least divergence of histograms, as TensorRT and ModelOpt search for it.
        Aciq,           ///< `aciq`: the closed form for a Laplace or normal distribution (Banner et al., 2019).
        ByHand,
    } kind = Kind::MinMax;
    /// For Aciq: which distribution the values are taken to have; Likelier is the one that fits them better.
    enum class Model { Likelier, Laplace, Gauss };

    double percentile = 99.9;   ///< Of |x|, for Percentile.
    double low = 0, high = 0;   ///< For ByHand.
    Model model = Model::Likelier;

    friend bool operator==(const Clip&, const Clip&) = default;
};

/// A clip as `clip=` has it: "minmax", "percentile:99.9", "mse", "kl", "aciq:laplace", "-0.1:0.1"; and back.
std::string clipText(const Clip&);
Result<Clip> parseClip(std::string_view text);

/// How the levels of a codebook are chosen.
enum class Fit {
    Optimal,    ///< k-means, the global optimum.
    Lloyd,      ///< Lloyd's alternation, which may end in a local one.
    Quantile,   ///< The same number of weights to each: the median of each equal share.
    ByHand,     ///< As written: `levels=-1:0:0.5:1`.
};

/// How a power-of-two scale follows from the largest magnitude under it: `scale-rule=floor|ceil|even|rceil`.
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
    int levels = 16;                ///< For Codebook: how many.
    Fit fit = Fit::Optimal;         ///< For Codebook
    std::vector<double> levelValues;   ///< For Fit::ByHand: ascending, distinct, `levels` of them; else empty.
    Symmetry symmetry = Symmetry::Symmetric;
    CodeRange range = CodeRange::Restricted;
    Granularity granularity;
    Clip clip;
    /// For scales that are powers of two, those of MX blocks and `scale=e8m0`; none: MX rounds down (OCP's own
    /// rule), and a step of a uniform scheme becomes the nearest power of two.
    std::optional<PowerOfTwoRule> scaleRule;
    std::string scale = "fp32";     ///< Format id in which scales are stored.
    /// Format id of one more scale, for the whole tensor, that the others are multiples of; empty: there is
    /// none. It maps the largest scale to the largest value of `scale`, as NVFP4 does.
    std::string tensorScale;
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
/// The same in whole bytes: codes, scales, zero points, the tensor's scale and the codebook, each part filled
/// up to a byte.
std::uint64_t storedBytes(const QuantizationScheme&, const std::vector<std::int64_t>& shape);

}  // namespace quantoscope
