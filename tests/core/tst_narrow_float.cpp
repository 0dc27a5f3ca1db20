// SPDX-License-Identifier: Apache-2.0
#include "core/formats/narrow_float.h"
#include "core/formats/number_format.h"
#include "core/random.h"

#include "tests/test_case.h"

#include <cmath>

using namespace quantoscope;

namespace {

template <class Narrow>
void compareWith(const char* id)
{
    const FloatFormat& format = *findNumberFormat(id)->asFloat();
    for (std::uint32_t code = 0; code < 2 * Narrow::signBit; ++code) {
        const double expected = decode(format, code).value;
        const float value = decodeNarrow<Narrow>(code);
        QVERIFY(std::isnan(expected) ? std::isnan(value) : value == expected && std::signbit(value) == std::signbit(expected));
        if (!std::isnan(value))
            QCOMPARE(encodeNarrow<Narrow>(value), code);
        // The midpoint to the next code, and a step to either side of it: where rounding goes wrong.
        if (!std::isfinite(expected) || !std::isfinite(decode(format, code + 1).value))
            continue;
        const float middle = float((expected + decode(format, code + 1).value) / 2);
        for (const float near : {std::nextafter(middle, -INFINITY), middle, std::nextafter(middle, INFINITY)}) {
            QCOMPARE(Code(encodeNarrow<Narrow>(near)), encode(format, near));
            QCOMPARE(Code(encodeNarrow<Narrow>(near, true)), encode(format, near, {Rounding::NearestEven, Overflow::Saturate}));
        }
    }
    const RandomStream stream(17);
    for (std::uint64_t i = 0; i < 200000; ++i) {
        const auto value = std::bit_cast<float>(std::uint32_t(stream.bits(i)));
        if (!std::isnan(value))
            QCOMPARE(Code(encodeNarrow<Narrow>(value, true)), encode(format, value, {Rounding::NearestEven, Overflow::Saturate}));
    }
}

}  // namespace

class TestNarrowFloat : public QObject {
    Q_OBJECT

private slots:
    void fp16AgreesWithTheFormatTable() { compareWith<NarrowFp16>("fp16"); }
    void bf16AgreesWithTheFormatTable() { compareWith<NarrowBf16>("bf16"); }
    void e5m2AgreesWithTheFormatTable() { compareWith<NarrowE5m2>("e5m2"); }
    void e4m3AgreesWithTheFormatTable() { compareWith<NarrowE4m3>("e4m3"); }

    void tf32AgreesWithTheFormatTable()
    {
        const NumberFormat& format = *findNumberFormat("tf32");
        const RandomStream stream(18);
        for (std::uint64_t i = 0; i < 200000; ++i) {
            const auto value = std::bit_cast<float>(std::uint32_t(stream.bits(i)));
            if (!std::isnan(value))
                QCOMPARE(double(roundToTf32(value)), valueOf(format, encode(format, value)));
        }
    }
};

QUANTOSCOPE_TEST(tst_narrow_float, TestNarrowFloat)
#include "tst_narrow_float.moc"
