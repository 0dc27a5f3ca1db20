// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/quantization_scheme.h"
#include "core/formats/number_format.h"

#include <limits>
#include <optional>

namespace quantoscope {

/// The element of a uniform scheme, taken apart once.
struct Element {
    enum class Kind { Integer, Float, Levels } kind = Kind::Integer;
    int bits = 8;
    bool isSigned = true;                     ///< Integers
    const NumberFormat* format = nullptr;     ///< Floats and level tables
};

/// What can be quantized to: intN and uintN of 2 to 16 bits, signed floats of at most 16 bits, level tables.
std::optional<Element> findElement(std::string_view id);
bool isIntegerElement(std::string_view id);
double largestMagnitude(const NumberFormat&);  ///< Of the values at step 1.
int elementBits(std::string_view id);          ///< 0 where there is no such element.
std::string elementName(std::string_view id);  ///< "INT4", "FP8 E4M3"

bool isScaleFormat(std::string_view id);
std::string scaleFormatList();                 ///< "fp32, fp16, bf16, e8m0, e4m3"
int codeBits(const QuantizationScheme&);       ///< Of one weight, scales not counted.

/// The scale of one tensor, channel or group: a code q stands for (q − zero) · step.
struct AffineScale {
    double step = 1;
    std::int64_t zero = 0;
};

/// A dequantized value as FP32: the outermost level of a range that ends at FP32's own end may lie
/// beyond it, and then becomes the largest number there is.
inline float asFloat(double value)
{
    constexpr double largest = std::numeric_limits<float>::max();
    return float(value > largest ? largest : value < -largest ? -largest : value);
}

/// The codes an integer element uses, as shown: −127 … 127.
struct CodeSpan { std::int64_t lowest, highest; };
CodeSpan codesOf(const QuantizationScheme&, const Element&);

/// Turns ranges into scales as stored; made once a scheme, asked once a tensor, channel or group.
class ScaleRule {
public:
    ScaleRule(const QuantizationScheme&, const Element&);

    /// The scale of a range that ends at low and high, in the scheme's scale format. A range of
    /// nothing but zero gets step 1; a step too small for the format is stored as 0, and then every
    /// value becomes 0.
    AffineScale operator()(double low, double high) const;
    /// How the step is stored.
    Code storedCode(double step) const;
    int storedBits() const;

private:
    double stored(double step) const;

    CodeSpan m_codes;
    double m_largest;              ///< Of the element, at step 1.
    bool m_asymmetric;
    bool m_oneSided;               ///< Unsigned elements.
    const NumberFormat* m_format;  ///< nullptr: FP32
};

}  // namespace quantoscope
