// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/cpu_kernels/cpu_kernel.h"
#include "core/gemm/cpu_kernels/few_rows_bf16.h"
#include "core/gemm/cpu_kernels/few_rows_fp32.h"
#include "core/gemm/cpu_kernels/grouped_int8.h"
#include "core/gemm/cpu_kernels/int8_vnni.h"
#include "core/gemm/cpu_kernels/q4_k.h"
#include "core/gemm/gemm_error.h"
#include "core/quantization/block_format.h"
#include "core/random.h"

#include "tests/test_case.h"

#include <hwy/targets.h>

#include <cmath>
#include <set>
#include <thread>

using namespace quantoscope;

namespace {

/// 1, primes, not multiples of any vector or block, K = 1, and a K with many chunks.
const std::vector<GemmShape> hostileShapes{{1, 1, 1},   {1, 1, 31},   {1, 97, 1},    {3, 5, 7},     {13, 47, 61},
                                           {2, 49, 33}, {5, 6, 1025}, {61, 53, 257}, {259, 50, 65}, {1, 3, 20011}};

const GemmKernel& kernel(const GemmBackend& backend, const std::string& id)
{
    for (const GemmKernel& one : backend.kernels())
        if (one.id == id)
            return one;
    qFatal("no such kernel");
}

GemmRun runOnce(GemmBackend& backend, const GemmKernel& kernel, const GemmProblem& problem)
{
    const auto run = backend.run(kernel, problem, {1e-6});
    if (!run)
        qFatal("%s", run.error().message.c_str());
    return *run;
}

/// The codes −127 and 127 in any mixture: the largest sums there are.
StoredMatrix extremeCodes(std::int64_t rows, std::int64_t columns, int sameSign)
{
    StoredMatrix matrix = *storeMatrix(std::vector<float>(std::size_t(rows * columns)), rows, columns,
                                       {ElementType::Int8, ScaleSharing::Row});
    const RandomStream stream(std::uint64_t(rows * 31 + columns));
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
            matrix.bytes[std::size_t(i) * matrix.rowBytes + std::size_t(j)] =
                std::byte(sameSign ? 127 * sameSign : stream.bits(std::uint64_t(i * columns + j)) % 2 ? 127 : -127);
    return matrix;
}

}  // namespace

class TestCpuKernels : public QObject {
    Q_OBJECT

private slots:
    void everyKernelIsWithinItsBoundOnHostileShapes_data()
    {
        QTest::addColumn<int>("data");
        QTest::newRow("normal") << int(GemmData::Normal);
        QTest::newRow("uniform") << int(GemmData::Uniform);
        QTest::newRow("outliers") << int(GemmData::Outliers);
    }
    void everyKernelIsWithinItsBoundOnHostileShapes()
    {
        QFETCH(int, data);
        const auto backend = makeCpuBackend();
        for (const CpuKernel& row : cpuKernels()) {
            if (!row.about.sumsExactly && row.about.accumulatorUnitRoundoff == 0)
                continue;   // Deliberately wrong kernels promise nothing.
            for (const GemmShape& shape : hostileShapes) {
                const GemmRun run = runOnce(*backend, row.about, {shape, GemmData(data), 11, {}});
                const QString where = QStringLiteral("%1 %2x%3x%4: %5 > %6").arg(QString::fromStdString(row.about.id))
                                          .arg(shape.m).arg(shape.n).arg(shape.k).arg(run.accumulationError).arg(run.bound);
                QVERIFY2(run.accumulationError <= run.bound, qPrintable(where));
                QVERIFY(std::isfinite(run.relativeError));
                QVERIFY(!run.samples.empty() && run.isFinal);
            }
        }
    }

    void everyInstructionSetIsWithinTheBound()
    {
        // What this processor has, and as if it had less. Kernels with intrinsics of their own are tested apart.
        const auto backend = makeCpuBackend();
        for (const std::int64_t targets : {std::int64_t(HWY_AVX2), std::int64_t(HWY_SSE4)}) {
            if ((hwy::SupportedTargets() & targets) == 0)
                continue;
            hwy::SetSupportedTargetsForTest(targets);
            for (const CpuKernel& row : cpuKernels()) {
                if (row.about.isExtra && row.about.id != "fp32_parallel")
                    continue;
                for (const GemmShape& shape : {GemmShape{1, 97, 1}, {4, 33, 1025}, {9, 50, 65}, {13, 47, 300}}) {
                    const GemmRun run = runOnce(*backend, row.about, {shape, GemmData::Outliers, 11, {}});
                    QVERIFY2(run.accumulationError <= run.bound, row.about.id.c_str());
                }
            }
            hwy::SetSupportedTargetsForTest(0);
        }
    }

    void aWrongElementIsSeenByTheBound()
    {
        // The check above can fail: one element off by one part in a thousand of its sum is outside.
        const GemmProblem problem{{7, 9, 100}, GemmData::Uniform, 3, {}};
        const auto reference = makeGemmReference(*makeGemmOperands(problem), 3, Pulse({}));
        const auto x = storeMatrix(reference->operands.x, 7, 100, {ElementType::Fp32});
        const auto w = storeMatrix(*reference->operands.w, 9, 100, {ElementType::Fp32});
        const auto error = measureGemmError(*reference, *x, *w, [&](std::size_t row, std::span<double> y) {
            std::copy_n(reference->product.begin() + std::int64_t(row) * 9, 9, y.begin());
            if (row == 4)
                y[8] *= 1.001;
        }, Pulse({}));
        QVERIFY(error->accumulation > accumulationBound(100, 0x1p-24));
    }

    void int8SumsAreExactForTheLargestCodes_data()
    {
        QTest::addColumn<int>("sign");
        QTest::newRow("all 127") << 1;
        QTest::newRow("all -127") << -1;
        QTest::newRow("mixed") << 0;
    }
    void int8SumsAreExactForTheLargestCodes()
    {
        QFETCH(int, sign);
        struct Way { const char* name; cpu::Multiply* multiply; };
        std::vector<Way> ways{{"widened", cpu::multiplyInt8Widened}};
        if (cpu::hasVnni())
            ways.push_back({"vnni", cpu::multiplyInt8Vnni});
        else
            qWarning("VNNI not run: this processor has none.");
        for (const GemmShape shape : {GemmShape{1, 1, 1}, {7, 55, 4099}, {3, 2, 133144}}) {
            const StoredMatrix x = extremeCodes(shape.m, shape.k, sign), w = extremeCodes(shape.n, shape.k, sign ? 1 : 0);
            for (const Way& way : ways) {
                GemmOutput y{shape.m, shape.n, std::vector<std::int32_t>(std::size_t(shape.m * shape.n))};
                QVERIFY(way.multiply(x, w, y, Pulse({})));
                for (std::int64_t i = 0; i < shape.m; ++i)
                    for (std::int64_t j = 0; j < shape.n; ++j) {
                        std::int64_t sum = 0;
                        for (std::int64_t k = 0; k < shape.k; ++k)
                            sum += x.rowAs<std::int8_t>(i)[k] * w.rowAs<std::int8_t>(j)[k];
                        QCOMPARE(std::int64_t(y.as<std::int32_t>()[i * shape.n + j]), sum);
                    }
            }
        }
    }

    void groupedProductsAreTheSameOnEveryProcessor()
    {
        // With and without VNNI: exact inside a group, so only the order of the FP32 sums may differ.
        for (const CpuKernel& row : cpuKernels()) {
            std::vector<cpu::Multiply*> ways;
            if (row.multiply == cpu::multiplyGrouped)
                ways = {cpu::multiplyGroupedPairs, cpu::multiplyGroupedVnni};
            else if (row.multiply == cpu::multiplyQ4k)
                ways = {cpu::multiplyQ4kPairs, cpu::multiplyQ4kVnni};
            if (!cpu::hasVnni())
                ways.resize(std::min<std::size_t>(ways.size(), 1));
            for (const GemmShape& shape : hostileShapes) {
                const GemmReference reference = *makeGemmReference(*makeGemmOperands({shape, GemmData::Outliers, 5, {}}), 5, Pulse({}));
                const StoredMatrix x = *storeMatrix(reference.operands.x, shape.m, shape.k, row.x);
                const StoredMatrix w = *storeMatrix(*reference.operands.w, shape.n, shape.k, row.w);
                for (cpu::Multiply* multiply : ways) {
                    GemmOutput y{shape.m, shape.n, std::vector<float>(std::size_t(shape.m * shape.n))};
                    QVERIFY(multiply(x, w, y, Pulse({})));
                    const auto error = measureGemmError(reference, x, w, [&](std::size_t i, std::span<double> target) {
                        y.readRow(reference.rows[i], target);
                    }, Pulse({}));
                    QVERIFY(error->accumulation <= accumulationBound(shape.k, 0x1p-24, row.extraRoundings));
                }
            }
        }
    }

    void fourBitWeightsAreWithinTheBoundByBf16AndByFp32()
    {
        // A processor that multiplies BF16 never takes the other way by itself.
        struct Way { const char* name; bool (*multiply)(const float*, std::int64_t, std::int64_t, const StoredMatrix&, float*, const Pulse&); };
        for (const CpuKernel& row : cpuKernels())
            for (const GemmShape& shape : {GemmShape{1, 97, 1}, {1, 5, 4099}, {2, 33, 130}, {4, 9, 31}, {8, 6, 300}}) {
                if (row.about.mark != GemmMark::WeightOnly || row.w.sharing != ScaleSharing::Group || row.w.element == ElementType::Int8)
                    continue;
                const GemmReference reference = *makeGemmReference(*makeGemmOperands({shape, GemmData::Outliers, 5, {}}), 5, Pulse({}));
                const StoredMatrix x = *storeMatrix(reference.operands.x, shape.m, shape.k, row.x);
                const StoredMatrix w = *storeMatrix(*reference.operands.w, shape.n, shape.k, row.w);
                const std::int64_t xRow = (shape.k + 31) / 32 * 32;
                std::vector<float> widened(std::size_t(shape.m * xRow));
                for (std::int64_t i = 0; i < shape.m; ++i) {
                    std::vector<double> values(std::size_t(shape.k));
                    x.decodeRow(i, 0, values);
                    std::copy(values.begin(), values.end(), widened.begin() + i * xRow);
                }
                std::vector<Way> ways;
                if (cpu::takesFewRows(w, shape.m))
                    ways.push_back({"FP32", cpu::multiplyFewRows});
                if (cpu::takesFewRowsBf16(x, w))
                    ways.push_back({"BF16", cpu::multiplyFewRowsBf16});
                for (const Way& way : ways) {
                    GemmOutput y{shape.m, shape.n, std::vector<float>(std::size_t(shape.m * shape.n))};
                    QVERIFY(way.multiply(widened.data(), shape.m, xRow, w, y.as<float>(), Pulse({})));
                    const auto error = measureGemmError(reference, x, w, [&](std::size_t i, std::span<double> target) {
                        y.readRow(reference.rows[i], target);
                    }, Pulse({}));
                    QVERIFY2(error->accumulation <= accumulationBound(shape.k, 0x1p-24, row.extraRoundings), way.name);
                }
            }
    }

    void quantizingOnTheWayIsTimedAndRight()
    {
        const auto backend = makeCpuBackend();
        const GemmProblem problem{{32, 48, 640}, GemmData::Outliers, 3, {}};
        const GemmRun plain = runOnce(*backend, kernel(*backend, "int8"), problem);
        QCOMPARE(plain.quantizingSeconds, 0.0);
        for (const char* id : {"int8_dynamic", "int8_static"}) {
            const auto run = backend->run(kernel(*backend, id), problem, {0.02});
            QVERIFY(run->quantizingSeconds > 0 && run->quantizingSeconds < run->medianSeconds * 2);
            QVERIFY(run->accumulationError <= run->bound && run->bound > 0);
            // The same codes but for ties, so the same error; one scale for all rows costs more.
            QVERIFY(std::abs(run->quantizationError / plain.quantizationError - 1) < 0.01 || std::string(id) == "int8_static");
            QVERIFY(run->quantizationError >= plain.quantizationError * 0.99);
        }
    }

    void q4kRowsAreGgmlsOwnBytes()
    {
        // Stored and read through this laboratory, and by the decoder that reads model files.
        const std::vector<float> values = makeGemmOperands({{1, 1, 768}, GemmData::Normal, 9, {}})->x;
        const StoredMatrix matrix = *storeMatrix(values, 1, 768, {ElementType::Q4k});
        const BlockFormat& format = *findBlockFormat("q4_k");
        std::vector<std::byte> encoded(3 * 144);
        format.encode(values, {}, encoded.data(), nullptr);
        QVERIFY(std::equal(encoded.begin(), encoded.end(), matrix.bytes.begin()));
        std::vector<float> expected(768);
        std::vector<std::uint16_t> levels(768);
        format.decode(encoded.data(), nullptr, {}, expected, levels.data());
        std::vector<double> decoded(768);
        matrix.decodeRow(0, 0, decoded);
        for (std::size_t i = 0; i < 768; ++i)
            QVERIFY(std::abs(decoded[i] - double(expected[i])) <= 1e-6 * std::abs(double(expected[i])) + 1e-7);
        std::vector<double> part(5);
        matrix.decodeRow(0, 300, part);
        QVERIFY(std::equal(part.begin(), part.end(), decoded.begin() + 300));
    }

    void everyE4m3CodeIsWidenedExactly()
    {
        // Each code by 1, a few rows and many, on every instruction set; NaN's two codes are never stored.
        for (const std::int64_t targets : {std::int64_t(0), std::int64_t(HWY_AVX2), std::int64_t(HWY_SSE4)}) {
            if (targets != 0 && (hwy::SupportedTargets() & targets) == 0)
                continue;
            hwy::SetSupportedTargetsForTest(targets);
            for (const std::int64_t rows : {1, 13}) {
                const StoredMatrix x = *storeMatrix(std::vector<float>(std::size_t(rows), 1.0f), rows, 1, {ElementType::Fp32});
                StoredMatrix w = *storeMatrix(std::vector<float>(256, 1.0f), 256, 1, {ElementType::E4m3});
                for (std::int64_t code = 0; code < 256; ++code)
                    w.bytes[std::size_t(code) * w.rowBytes] = std::byte(code % 128 == 127 ? 0 : code);
                GemmOutput y{rows, 256, std::vector<float>(std::size_t(rows * 256))};
                QVERIFY(cpu::multiplyDecoded(x, w, y, Pulse({})));
                for (std::int64_t i = 0; i < rows; ++i)
                    for (std::int64_t code = 0; code < 256; ++code) {
                        std::vector<double> expected(1);
                        w.decodeRow(code, 0, expected);
                        QCOMPARE(double(y.as<float>()[i * 256 + code]), expected[0]);
                    }
            }
        }
        hwy::SetSupportedTargetsForTest(0);
    }

    void theSaturatingPathIsWrongAsTheLibrariesAre()
    {
        // 64 products of 127 · 127: seen from a fast library on a processor without VNNI.
        const StoredMatrix x = extremeCodes(1, 64, 1), w = extremeCodes(1, 64, 1);
        GemmOutput y{1, 1, std::vector<std::int32_t>(1)};
        QVERIFY(cpu::multiplyInt8Saturating(x, w, y, Pulse({})));
        QCOMPARE(y.as<std::int32_t>()[0], 8160);
        const auto backend = makeCpuBackend();
        const GemmRun run = runOnce(*backend, kernel(*backend, "int8_saturating"), {{32, 32, 512}, GemmData::Uniform, 3, {}});
        QVERIFY(run.accumulationError > 1e-3 && std::isinf(run.bound));
    }

    void int8RefusesSumsThatCouldOverflow()
    {
        const auto backend = makeCpuBackend();
        const GemmKernel& int8 = kernel(*backend, "int8");
        QVERIFY(!backend->obstacle(int8, {1, 1, 133144}));
        QVERIFY(backend->obstacle(int8, {1, 1, 133145}));
        QVERIFY(backend->obstacle(int8, {0, 1, 1}));
        QVERIFY(backend->obstacle(int8, {1 << 24, 1 << 24, 16}));
    }

    void kernelIdsAreDifferentAndSpokenOf()
    {
        std::set<std::string> ids;
        for (const CpuKernel& row : cpuKernels()) {
            QVERIFY(ids.insert(row.about.id).second);
            QVERIFY(row.about.sentence.ends_with(".") && !row.about.name.empty());
        }
    }

    void cancellingEndsALongProductEarly()
    {
        const auto backend = makeCpuBackend();
        for (const char* id : {"fp64", "fp32", "fp16", "int8"}) {
            std::stop_source source;
            std::chrono::steady_clock::time_point stopped;
            std::jthread stopper([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(400));
                stopped = std::chrono::steady_clock::now();
                source.request_stop();
            });
            const auto run = backend->run(kernel(*backend, id), {{4096, 4096, 8192}, GemmData::Normal, 5, {}}, {60}, {},
                                          Progress{source.get_token(), [](double) {}});
            const auto waited = std::chrono::steady_clock::now() - stopped;
            QVERIFY(!run && run.error().kind == Error::Kind::Cancelled);
            // The budget is a minute. How soon it really ends is for a benchmark to say: the machine that
            // tests does other work as well.
            QVERIFY2(waited < std::chrono::seconds(10), qPrintable(QString::number(std::chrono::duration<double>(waited).count())));
        }
    }

    void partialResultsKeepComing()
    {
        const auto backend = makeCpuBackend();
        std::mutex mutex;
        std::vector<std::chrono::steady_clock::time_point> times;
        std::size_t samples = 0;
        const auto run = backend->run(kernel(*backend, "fp32"), {{256, 256, 256}, GemmData::Normal, 5, {}}, {0.3},
                                      [&](const GemmRun& partial) {
            const std::lock_guard lock(mutex);
            times.push_back(std::chrono::steady_clock::now());
            samples = std::max(samples, partial.samples.size());
        });
        QVERIFY(run && run->samples.size() == samples);
        QVERIFY(times.size() >= 4);
        QVERIFY(run->confidenceLow <= run->medianSeconds && run->medianSeconds <= run->confidenceHigh);
    }
};

QUANTOSCOPE_TEST(tst_cpu_kernels, TestCpuKernels)
#include "tst_cpu_kernels.moc"
