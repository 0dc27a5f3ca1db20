// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/element.h"

#include "core/formats/built_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

namespace quantoscope {

namespace {

/// "int4" and "uint12": whole numbers of 1 to 16 bits need no row in the format table.
std::optional<Element> findInteger(std::string_view id)
{
    const bool isSigned = !id.starts_with('u');
    if (!isSigned)
        id.remove_prefix(1);
    if (!id.starts_with("int"))
        return {};
    id.remove_prefix(3);
    int bits = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), bits);
    if (error != std::errc() || end != id.data() + id.size() || bits < 1 || bits > 16 || id.starts_with('0'))
        return {};
    return Element{Element::Kind::Integer, bits, isSigned, nullptr, {}};
}

constexpr std::array signLevels{-1.0, 1.0};

/// Of floats and posits; see largestMagnitude().
double endOfRange(const NumberFormat& format)
{
    if (const PositFormat* const posit = format.asPosit())
        return std::ldexp(1.0, 1 << posit->exponentBits);
    const double largest = largestValue(format);
    return largest > 0x1p16 && format.asFloat()->minExponent() <= 0 ? 1 : largest;
}

/// Whether FP32 has scales that take weights there and back.
bool isWithinReach(const NumberFormat& format)
{
    const double end = endOfRange(format);
    return end > 0x1p-40 && end <= 0x1p40;
}

bool hasZero(const Element& element)
{
    if (element.kind == Element::Kind::Levels)
        return std::ranges::any_of(levelsOf(element), [](const ElementLevel& level) { return level.value == 0; });
    return !element.format || !element.format->asFloat() || element.format->asFloat()->hasSubnormals;
}

}  // namespace

double largestMagnitude(const Element& element)
{
    if (element.format && !element.format->asLevels())
        return endOfRange(*element.format);
    double largest = 0;
    for (const ElementLevel& level : levelsOf(element))
        largest = std::max(largest, std::abs(level.value));
    return largest;
}

std::vector<ElementLevel> levelsOf(const Element& element)
{
    std::vector<ElementLevel> levels;
    for (std::size_t i = 0; i < element.table.size(); ++i)
        levels.push_back({element.table[i], std::int64_t(i)});
    if (!element.format)
        return levels;
    const double end = element.format->asLevels() ? HUGE_VAL : endOfRange(*element.format);
    for (Code code = 0; code < Code{1} << element.bits; ++code)
        if (const double value = valueOf(*element.format, code); std::isfinite(value) && std::abs(value) <= end)
            levels.push_back({value, std::int64_t(code)});
    const auto isBelow = [](const ElementLevel& a, const ElementLevel& b) { return a.value < b.value; };
    const auto isSame = [](const ElementLevel& a, const ElementLevel& b) { return a.value == b.value; };
    std::stable_sort(levels.begin(), levels.end(), isBelow);
    levels.erase(std::unique(levels.begin(), levels.end(), isSame), levels.end());
    return levels;
}

std::optional<Element> findElement(std::string_view id)
{
    if (const auto integer = findInteger(id))
        return integer;
    for (const TableElement& table : tableElements())
        if (table.id == id)
            return Element{Element::Kind::Levels, table.bits, true, nullptr, table.levels};
    const NumberFormat* const format = findNumberFormat(id);
    if (!format || bitsOf(*format) > 16)
        return {};
    if (format->asLevels())
        return Element{Element::Kind::Levels, bitsOf(*format), true, format, {}};
    if (format->asInteger() || !isWithinReach(*format))
        return {};
    const bool isSigned = !format->asFloat() || format->asFloat()->isSigned;
    return Element{Element::Kind::Float, bitsOf(*format), isSigned, format, {}};
}

std::string elementObstacle(std::string_view id)
{
    const NumberFormat* const format = findNumberFormat(id);
    if (id.starts_with("float:"))
        if (const auto built = parseBuiltFormat(id); !built)
            return built.error().message;
    if (!format)
        return fmt::format("\"{}\" is no element to quantize to; try int8, int4, e4m3, levels=16, or a name "
                           "that `qscope schemes` lists.", id);
    if (bitsOf(*format) > 16)
        return fmt::format("{} takes {} bits; a quantized weight takes at most 16, as in fp16, bf16, posit16 or int16.",
                           id, bitsOf(*format));
    return fmt::format("{} ends at {:.3g}, which no FP32 scale brings weights to; give it another bias.", format->name,
                       largestValue(*format));
}

std::optional<Element> elementOf(const QuantizationScheme& scheme)
{
    if (scheme.element == "int1" && scheme.symmetry == Symmetry::Symmetric)
        return Element{Element::Kind::Levels, 1, true, nullptr, signLevels};
    return findElement(scheme.element);
}

bool hasFractionBits(std::string_view elementId)
{
    const auto element = findElement(elementId);
    return element && (element->kind == Element::Kind::Integer || (element->format && element->format->asFloat()));
}

bool isIntegerElement(std::string_view id)
{
    return findInteger(id).has_value();
}

int elementBits(std::string_view id)
{
    const auto element = findElement(id);
    return element ? element->bits : 0;
}

std::string elementName(std::string_view id)
{
    if (const auto integer = findInteger(id))
        return fmt::format("{}INT{}", integer->isSigned ? "" : "U", integer->bits);
    for (const TableElement& table : tableElements())
        if (table.id == id)
            return table.name;
    const NumberFormat* const format = findNumberFormat(id);
    return std::string(format ? format->name : id);
}

CodeSpan codesOf(const QuantizationScheme& scheme, const Element& element)
{
    const std::int64_t half = std::int64_t{1} << (element.bits - 1);
    if (!element.isSigned)
        return {0, 2 * half - 1};
    const bool full = scheme.symmetry == Symmetry::Asymmetric || scheme.range == CodeRange::Full;
    return {full ? -half : -half + 1, half - 1};
}

ScaleRule::ScaleRule(const QuantizationScheme& scheme, const Element& element)
    : m_codes(element.kind == Element::Kind::Integer ? codesOf(scheme, element) : CodeSpan{0, 0})
    , m_largest(element.kind == Element::Kind::Integer ? double(m_codes.highest) : largestMagnitude(element))
    , m_asymmetric(element.kind == Element::Kind::Integer && scheme.symmetry == Symmetry::Asymmetric)
    , m_oneSided(!element.isSigned)
    , m_hasZero(hasZero(element))
    , m_format(scheme.scale == "fp32" ? nullptr : findNumberFormat(scheme.scale))
    , m_tensorFormat(scheme.tensorScale.empty() ? nullptr : findNumberFormat(scheme.tensorScale))
{
    if (!scheme.scaleRule || m_asymmetric || !isPowerOfTwoScale(scheme.scale))
        return;
    m_powerOfTwo = scheme.scaleRule;
    const int exponent = std::ilogb(m_largest);
    const FloatFormat* const floating = element.format ? element.format->asFloat() : nullptr;
    m_end = {exponent, m_largest, element.kind == Element::Kind::Integer ? exponent : floating ? floating->mantissaBits : 0};
}

double ScaleRule::stored(double step) const
{
    return m_format ? valueOf(*m_format, storedCode(step)) * m_tensorScale : double(asFloat(step));
}

Code ScaleRule::storedCode(double step) const
{
    if (!m_format)
        return std::bit_cast<std::uint32_t>(asFloat(step));
    return encode(*m_format, m_tensorScale > 0 ? step / m_tensorScale : 0, {.overflow = Overflow::Saturate});
}

int ScaleRule::storedBits() const
{
    return m_format ? bitsOf(*m_format) : 32;
}

void ScaleRule::setLargestStep(double largest)
{
    if (!m_tensorFormat)
        return;
    m_tensorScale = largest / largestValue(*m_format);
    m_tensorScale = valueOf(*m_tensorFormat, storedTensorScale());
}

Code ScaleRule::storedTensorScale() const
{
    return m_tensorFormat ? encode(*m_tensorFormat, m_tensorScale, {.overflow = Overflow::Saturate}) : 0;
}

double ScaleRule::magnitude(double low, double high) const
{
    return m_oneSided ? std::max(0.0, high) : std::max(std::abs(low), std::abs(high));
}

double ScaleRule::idealStep(double low, double high) const
{
    if (m_asymmetric)
        return (std::max(0.0, high) - std::min(0.0, low)) / double(m_codes.highest - m_codes.lowest);
    return magnitude(low, high) / m_largest;
}

AffineScale ScaleRule::operator()(double low, double high) const
{
    if (m_powerOfTwo)
        return {stored(double(powerOfTwo(storedExponent(asFloat(magnitude(low, high)), m_end, *m_powerOfTwo)))), 0};
    const double ideal = idealStep(low, high);
    if (!(ideal > 0))
        return {m_hasZero ? 1.0 : stored(0), 0};   // E8M0 has no 0: its smallest value is stored.
    const double step = stored(ideal);
    if (!m_asymmetric || step == 0)
        return {step, 0};
    const double zero = std::nearbyint(-std::min(0.0, low) / step) + double(m_codes.lowest);
    return {step, std::int64_t(std::clamp(zero, double(m_codes.lowest), double(m_codes.highest)))};
}

}  // namespace quantoscope
