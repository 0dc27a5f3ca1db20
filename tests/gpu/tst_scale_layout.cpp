// SPDX-License-Identifier: Apache-2.0
#include "core/formats/number_format.h"
#include "core/gemm/element_codec.h"
#include "core/gemm/stored_matrix.h"
#include "core/random.h"
#include "gpu/kernel_table.h"
#include "gpu/kernels/quantize_activations_code.h"
#include "gpu/kernels/scale_layout.h"

#include "tests/test_case.h"

#include <set>

using namespace quantoscope;
using namespace quantoscope::gpu;

namespace {

std::vector<float> normalValues(std::int64_t count, std::uint64_t seed, double deviation = 1)
{
    const RandomStream stream(seed);
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = float(deviation * stream.normal(i));
    return values;
}

float floatAt(const std::vector<std::byte>& bytes, std::int64_t index)
{
    float value;
    std::memcpy(&value, bytes.data() + 4 * index, 4);
    return value;
}

}  // namespace

class TestScaleLayout : public QObject {
    Q_OBJECT

private slots:
    void tiledScalesLieWhereTheManualDrawsThem()
    {
        // cuBLAS: tiles of 128 × 4 in row-major order, in a tile (outer % 32) · 16 + (outer / 32) · 4 + inner.
        for (const std::int64_t groups : {1, 3, 4, 5, 8, 130})
            for (const std::int64_t rows : {1, 31, 32, 127, 128, 129, 300}) {
                std::set<std::int64_t> places;
                for (std::int64_t row = 0; row < rows; ++row)
                    for (std::int64_t group = 0; group < groups; ++group) {
                        const std::int64_t outer = row % 128, inner = group % 4, paddedGroups = (groups + 3) / 4 * 4;
                        const std::int64_t expected = (group / 4 * 4 + row / 128 * paddedGroups) * 128 + outer % 32 * 16 + outer / 32 * 4 + inner;
                        QCOMPARE(tiledScalePlace(row, group, groups), expected);
                        places.insert(expected);
                    }
                QCOMPARE(std::int64_t(places.size()), rows * groups);
                QVERIFY(*places.rbegin() < tiledScaleBytes(rows, groups));
            }
    }

    void scalesOfTheLibrarysRowsKeepTheirValues()
    {
        const std::int64_t rows = 200, columns = 520;
        const auto values = normalValues(rows * columns, 3);
        for (const char* id : {"mxfp8", "nvfp4", "e4m3_block", "e4m3_row", "e4m3"}) {
            for (const OperandStorage& storage : {findKernelRow(id)->x, findKernelRow(id)->w}) {
                const auto stored = storeMatrix(values, rows, columns, storage);
                QVERIFY(stored);
                const auto bytes = libraryScales(storage, stored->scales.data(), rows, columns);
                const std::int64_t groups = groupsARow(storage, columns);
                for (std::int64_t row = 0; row < rows; ++row)
                    for (std::int64_t group = 0; group < groups; ++group) {
                        const double scale = stored->scales[std::size_t(firstScaleOfRow(storage, row, columns) + group)];
                        if (storage.scaleFormat == ScaleFormat::E8m0)
                            QCOMPARE(std::ldexp(1.0, int(bytes[std::size_t(tiledScalePlace(row, group, groups))]) - 127), scale);
                        else if (storage.scaleFormat == ScaleFormat::Ue4m3)
                            QCOMPARE(valueOf(*findNumberFormat("e4m3"), Code(bytes[std::size_t(tiledScalePlace(row, group, groups))])), scale);
                        else if (storage.sharing == ScaleSharing::Group && storage.groupRows == 1)
                            QCOMPARE(double(floatAt(bytes, group * rows + row)), scale);
                        else if (storage.sharing == ScaleSharing::Group)
                            QCOMPARE(double(floatAt(bytes, row / 128 * ((groups + 3) / 4 * 4) + group)), scale);
                        else
                            QCOMPARE(double(floatAt(bytes, storage.sharing == ScaleSharing::Row ? row : 0)), scale);
                    }
            }
        }
    }

    void e2m1IsThatOfTheFormatTable()
    {
        const NumberFormat& format = *findNumberFormat("e2m1");
        for (unsigned code = 0; code < 16; ++code)
            QCOMPARE(double(e2m1Value(code)), valueOf(format, Code(code)));
        for (int i = -1100; i <= 1100; ++i) {
            const double value = i / 128.0;   // All halves of steps are among them.
            QCOMPARE(nearestE2m1Code(value), unsigned(encode(format, value, {.overflow = Overflow::Saturate})));
        }
    }

    void blockScalesAreSharedByRowsAndNothingIsClipped()
    {
        const std::int64_t rows = 130, columns = 300;
        const auto values = normalValues(rows * columns, 5);
        const auto stored = storeMatrix(values, rows, columns, findKernelRow("e4m3_block")->w);
        QVERIFY(stored);
        QCOMPARE(stored->scales.size(), std::size_t(2 * 3));
        std::vector<double> decoded(static_cast<std::size_t>(columns));
        for (std::int64_t row = 0; row < rows; ++row) {
            stored->decodeRow(row, 0, decoded);
            for (std::int64_t column = 0; column < columns; ++column) {
                const double scale = stored->scales[std::size_t(row / 128 * 3 + column / 128)], value = values[std::size_t(row * columns + column)];
                // Half a step: 2^-4 of the value, or of the smallest normal below it.
                QVERIFY(std::abs(decoded[std::size_t(column)] - value) <= std::max(std::abs(value), 0x1p-6 * scale) * 0x1p-4);
            }
        }
    }

    void nvfp4StoresSmallAndLargeMatricesEquallyWell()
    {
        const std::int64_t rows = 8, columns = 256;
        double errors[2];
        for (const bool isSmall : {false, true}) {
            const auto values = normalValues(rows * columns, 9, isSmall ? 1e-6 : 1);
            const auto stored = storeMatrix(values, rows, columns, findKernelRow("nvfp4")->w);
            QVERIFY(stored);
            double error = 0, norm = 0;
            std::vector<double> decoded(static_cast<std::size_t>(columns));
            for (std::int64_t row = 0; row < rows; ++row) {
                stored->decodeRow(row, 0, decoded);
                for (std::size_t column = 0; column < decoded.size(); ++column) {
                    const double value = values[std::size_t(row * columns) + column];
                    error += std::pow(decoded[column] * stored->rowScale(row) - value, 2);
                    norm += value * value;
                }
            }
            errors[isSmall] = std::sqrt(error / norm);
        }
        // design: 9.5 % on normal data.
        QVERIFY2(std::abs(errors[0] - 0.095) < 0.005, std::to_string(errors[0]).c_str());
        QVERIFY(std::abs(errors[0] - errors[1]) < 1e-4);
    }

    void int8CodesOfTheGpuAreThoseOfTheProcessor()
    {
        const RandomStream stream(11);
        for (int trial = 0; trial < 200; ++trial) {
            const float largest = float(std::exp(stream.normal(std::uint64_t(trial)) * 3)), scale = float(largest / 127.0);
            for (std::uint32_t code = 0; code < 0x7C00; code += trial < 20 ? 1 : 13)
                for (const float x : {decodeNarrow<NarrowFp16>(code), -decodeNarrow<NarrowFp16>(code)})
                    QCOMPARE(nearestInt8Code(x, scale), integerCode(double(x) / scale, -127, 127));
        }
        for (int q = -127; q < 127; ++q)   // Exact ties, and their neighbours.
            for (const float x : {std::nextafter(q + 0.5f, -1e9f), q + 0.5f, std::nextafter(q + 0.5f, 1e9f)})
                QCOMPARE(nearestInt8Code(x, 1), integerCode(x, -127, 127));
    }
};

QUANTOSCOPE_TEST(tst_scale_layout, TestScaleLayout)
#include "tst_scale_layout.moc"
