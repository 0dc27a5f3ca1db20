// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quantization/power_of_two_scale.h"
#include "core/quantization/quantization_scheme.h"
#include "core/formats/number_format.h"

#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace quantoscope {

/// The element of a uniform scheme, taken apart once.
struct Element {
    enum class Kind { Integer, Float, Levels } kind = Kind::Integer;
    int bits = 8;
    bool isSigned = true;                     ///< False where every value is 0 or above: negative weights become the lowest.
    const NumberFormat* format = nullptr;     ///< Floats, posits, and level tables that are formats
    std::span<const double> table;            ///< Level tables that are none: ascending, code by index.
};

/// What can be quantized to: intN and uintN of 1 to 16 bits, every float, posit and level table of at most
/// 16 bits, those that people build and IEEE P3109 among them, and powers of two (log2_N, apot_N).
std::optional<Element> findElement(std::string_view id);
/// Why there is no such element, in a sentence; findElement() found none.
std::string elementObstacle(std::string_view id);
/// The element as a scheme uses it: symmetric INT1 is the two levels −Δ and +Δ, since two's complement
/// of one bit has no code above 0.
std::optional<Element> elementOf(const QuantizationScheme&);
bool isIntegerElement(std::string_view id);
/// What the end of a range is scaled to, for floats, posits and tables: their largest value, but 16 in posits,
/// which are finest there (2^(2^es), the useed), and 1 in formats that reach further than FP16, for which FP32 may
/// have no scale. Values beyond are no levels: a weight outside of its range is clipped in every element.
double largestMagnitude(const Element&);

/// One value of a float or a table at step 1, with the code that stands for it.
struct ElementLevel {
    double value;
    std::int64_t code;
};
/// Ascending and distinct: of two codes with one value (+0 and −0) the first.
std::vector<ElementLevel> levelsOf(const Element&);

/// The level tables that are no number formats, for pickers and help.
struct TableElement {
    std::string id;        ///< "log2_4"
    std::string name;      ///< "4-bit powers of two"
    int bits;
    std::vector<double> levels;
};
std::span<const TableElement> tableElements();

int elementBits(std::string_view id);          ///< 0 where there is no such element.
std::string elementName(std::string_view id);  ///< "INT4", "FP8 E4M3"

/// Scales are stored in any format of the table whose values FP32 holds.
bool isScaleFormat(std::string_view id);
/// Integers and level tables have too little range for a scale, and count in multiples of a tensor's.
bool needsTensorScale(std::string_view scaleId);
/// All values of such a scale are powers of two, and PowerOfTwoRule says which one a range gets.
bool isPowerOfTwoScale(std::string_view scaleId);
/// Floats and whole numbers have as many fraction bits as they have; those of posits and tables differ from level to level.
bool hasFractionBits(std::string_view elementId);
std::string scaleFormatList();                 ///< "fp32, fp16, …", in words
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
    /// nothing but zero gets step 1, and by a rule of powers of two the smallest there is, as in MX; a step
    /// too small for the format is stored as 0, and then every value becomes 0.
    AffineScale operator()(double low, double high) const;
    /// How the step is stored.
    Code storedCode(double step) const;
    int storedBits() const;

    /// The step before it is rounded to the scale format; 0 for a range of nothing but zero.
    double idealStep(double low, double high) const;
    /// For two-level scales: steps are stored as multiples of a scale of the whole tensor, which makes the
    /// largest step the largest value of the scale format.
    void setLargestStep(double largest);
    double tensorScale() const { return m_tensorScale; }
    /// Steps are the largest magnitude over largest(), in FP32, and nothing more.
    bool isPlain() const { return !m_asymmetric && !m_oneSided && !m_format && !m_tensorFormat; }
    double largest() const { return m_largest; }   ///< Of the element, at step 1.
    Code storedTensorScale() const;   ///< In its own format.

private:
    double stored(double step) const;
    /// What a symmetric range has at its end.
    double magnitude(double low, double high) const;

    CodeSpan m_codes;
    double m_largest;              ///< Of the element, at step 1.
    bool m_asymmetric;
    bool m_oneSided;               ///< Unsigned elements.
    bool m_hasZero;
    const NumberFormat* m_format;         ///< nullptr: FP32
    const NumberFormat* m_tensorFormat;   ///< nullptr: there is one level of scales only
    std::optional<PowerOfTwoRule> m_powerOfTwo;
    ElementEnd m_end{0, 1, 0};            ///< For m_powerOfTwo
    double m_tensorScale = 1;
};

}  // namespace quantoscope
