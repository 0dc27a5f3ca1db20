// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/aciq_clip.h"
#include "core/quantization/element.h"
#include "core/quantization/entropy_clip.h"
#include "core/quantization/moving_average.h"
#include "core/quantization/unit_ranges.h"

#include "tests/core/quantization_data.h"
#include "tests/test_case.h"

#include <cmath>
#include <numbers>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

template <class T>
std::vector<T> numbersIn(const std::string& file)
{
    const std::string bytes = quantizationBytes(file);
    std::vector<T> numbers(bytes.size() / sizeof(T));
    std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(T));
    return numbers;
}

QuantizationScheme schemeOf(const std::string& text) { return *parseScheme(text); }

double costOf(const QuantizationScheme& scheme, const ValueCounts& counts, double clip)
{
    return errorOf(counts, levelMapOf(scheme, -clip, clip)).meanSquaredError;
}

}  // namespace

class TestCalibration : public QObject {
    Q_OBJECT

private slots:
    void entropyClipsAreThoseOfModelOpt()
    {
        const auto rows = quantizationJson("calibrators.json")["calibrators"];
        int compared = 0;
        for (const auto& row : rows) {
            if (!row.contains("entropy_amax"))
                continue;   // ModelOpt stops there: its count of the merged histogram is off by rounding.
            const auto counted = numbersIn<std::int64_t>(row["counts"]);
            const auto edges = numbersIn<double>(row["edges"]);
            const std::vector<double> counts(counted.begin(), counted.end());
            EntropySearch search = entropySearchFor(row["bits"], true);
            const std::size_t bins = leastDivergentBins(counts, search);
            QVERIFY2(edges[bins] == numberOf(row["entropy_amax"]),
                     qPrintable(QString::fromStdString(row.dump()) + QStringLiteral(" gives bin %1").arg(bins)));
            ++compared;
        }
        QCOMPARE(compared, 9);
    }

    void noMethodOfModelOptBeatsTheLeastSquares()
    {
        const auto rows = quantizationJson("calibrators.json")["calibrators"];
        for (const auto& row : rows) {
            const auto counts = countValues(quantizationArray(row["array"]));
            const auto scheme = schemeOf("int" + std::to_string(row["bits"].get<int>()) + ",clip=mse");
            const ClipRange best = clipRangeOf(scheme, *counts);
            const double least = costOf(scheme, *counts, best.high);
            for (const char* method : {"mse_amax", "entropy_amax", "percentile_99_amax", "percentile_99.9_amax", "percentile_99.99_amax"})
                if (row.contains(method))
                    QVERIFY2(least <= costOf(scheme, *counts, numberOf(row[method])) * (1 + 1e-9), qPrintable(QString::fromStdString(row.dump())));
        }
    }

    void entropyFromBinsIsCloseToTheOneFromEveryValue()
    {
        for (const char* distribution : {"normal", "laplace", "student"}) {
            const SyntheticRecipe recipe{.distribution = distribution, .count = 300000, .seed = 5};
            const auto source = *makeSyntheticTensor(recipe);
            const auto counts = countValues(syntheticValues(recipe));
            QVERIFY(!counts->isExact());
            const auto scheme = schemeOf("int8,clip=kl");
            const EntropySearch search = entropySearchOf(scheme);
            const auto exact = magnitudesOf(*source, source->tensors().front(), counts->absoluteMaximum(), search.bins, {});
            QVERIFY(exact.has_value());
            const MagnitudeHistogram spread = magnitudesOf(*counts, search.bins);
            double total = 0, exactTotal = 0;
            for (std::size_t i = 0; i < spread.counts.size(); ++i) {
                total += spread.counts[i];
                exactTotal += exact->counts[i];
            }
            QCOMPARE(exactTotal, 300000.0);
            QVERIFY(std::abs(total - exactTotal) < 1e-6);
            // Whole tensors are calibrated from every value.
            const auto range = rangeOfTensor(*source, source->tensors().front(), scheme, *counts, {});
            QVERIFY(range.has_value());
            QCOMPARE(range->high, entropyClipOf(*exact, search));
        }
    }

    void entropyOfFewOrEqualValuesClipsNothing()
    {
        for (const std::vector<float>& values : {std::vector<float>(100, 0.25f), std::vector<float>{-3}, std::vector<float>(5, 0.0f), std::vector<float>{}}) {
            const auto counts = countValues(values);
            const ClipRange range = clipRangeOf(schemeOf("int8,clip=kl"), *counts);
            QCOMPARE(range.high, counts->absoluteMaximum());
            for (int bits = 1; bits <= 16; ++bits)
                QVERIFY(std::isfinite(clipRangeOf(schemeOf("int" + std::to_string(bits) + ",clip=kl"), *counts).high));
        }
    }

    void aciqRatiosAreThoseOfThePaper()
    {
        // cnn-quantization's tables as recomputed from the equation, 1 to 8 bits.
        constexpr std::array laplace{1.863, 2.831, 3.897, 5.029, 6.205, 7.413, 8.646, 9.897};
        constexpr std::array gauss{1.240, 1.711, 2.152, 2.559, 2.936, 3.287, 3.615, 3.924};
        for (int bits = 1; bits <= 8; ++bits) {
            QVERIFY(std::abs(aciqRatio(Clip::Model::Laplace, bits) - laplace[std::size_t(bits - 1)]) < 6e-4);
            QVERIFY(std::abs(aciqRatio(Clip::Model::Gauss, bits) - gauss[std::size_t(bits - 1)]) < 6e-4);
        }
        QVERIFY(aciqRatio(Clip::Model::Laplace, 16) > aciqRatio(Clip::Model::Laplace, 15));
    }

    void aciqTakesTheLikelierDistribution()
    {
        const auto modelOf = [](const char* name) {
            return aciqClipOf(*countValues(quantizationArray(name)), Clip::Model::Likelier, 4, false).model;
        };
        QCOMPARE(modelOf("gauss"), Clip::Model::Gauss);
        QCOMPARE(modelOf("laplace"), Clip::Model::Laplace);
        QCOMPARE(modelOf("outliers"), Clip::Model::Laplace);
        const auto counts = countValues(quantizationArray("gauss"));
        const AciqClip clip = aciqClipOf(*counts, Clip::Model::Gauss, 4, false);
        QVERIFY(std::abs(clip.spread - 1) < 0.03);
        QVERIFY(std::abs(clip.reach - 2.559 * clip.spread) < 1e-3);
        // Close to the least squares where its assumption holds, and never a better figure.
        const double least = costOf(schemeOf("int4"), *counts, clipRangeOf(schemeOf("int4,clip=mse"), *counts).high);
        const double cost = costOf(schemeOf("int4"), *counts, clip.reach);
        QVERIFY(cost >= least * (1 - 1e-9) && cost <= 1.02 * least);
    }

    void aciqOfAsymmetricAndOneSidedSchemes()
    {
        std::vector<float> shifted = syntheticValues({.distribution = "normal", .count = 100000, .seed = 9});
        double sum = 0, squares = 0;
        for (float& x : shifted) {
            x += 5;
            sum += x;
        }
        const double mean = sum / double(shifted.size());
        for (const float x : shifted)
            squares += (x - mean) * (x - mean);
        const double deviation = std::sqrt(squares / double(shifted.size()));
        const auto counts = countValues(shifted);
        const AciqClip clip = aciqClipOf(*counts, Clip::Model::Gauss, 4, true);
        QVERIFY(std::abs(clip.centre - mean) < 1e-6);
        QVERIFY(std::abs(clip.reach - aciqRatio(Clip::Model::Gauss, 4) * deviation) < 1e-4 * deviation);
        const ClipRange range = clipRangeOf(schemeOf("int4,asymmetric,clip=aciq:gauss"), *counts);
        QCOMPARE(range.low, 0.0);   // a range always holds 0
        QVERIFY(std::abs(range.high - (clip.centre + clip.reach)) < 1e-12);
        for (float& x : shifted)
            x = std::abs(x - 5);
        const auto oneSided = countValues(shifted);
        QCOMPARE(clipRangeOf(schemeOf("uint4,clip=aciq:gauss"), *oneSided).high,
                 std::min(oneSided->totals().max, aciqClipOf(*oneSided, Clip::Model::Gauss, 5, false).reach));
    }

    void movingAveragesAndScalesAreThoseOfPyTorch()
    {
        const auto golden = quantizationJson("observers.json");
        const auto values = numbersIn<float>("observer_batches.f32.bin");
        const auto source = makeTensor("batches", values, {6, 2048});
        for (const auto& row : golden["observers"]) {
            ClipRange range;
            if (row["observer"] == "MinMax") {
                const auto counts = countValues(values);
                range = {counts->totals().min, counts->totals().max};
            } else {
                const auto found = movingAverageRange(*source, source->tensors().front(), float(numberOf(row["averaging_constant"])), {});
                QVERIFY(found.has_value());
                range = *found;
            }
            QCOMPARE(range.low, numberOf(row["min_val"]));
            QCOMPARE(range.high, numberOf(row["max_val"]));
            if (row["qscheme"] == "per_tensor_affine")
                compareScale(row, range);
        }
        for (const auto& row : golden["qparams_from_min_max"])
            compareScale(row, {numberOf(row["min"]), numberOf(row["max"])});
    }

    void everyMethodIsMarkedAndLeastSquaresIsTheLowest()
    {
        const auto values = numbersIn<float>("observer_batches.f32.bin");
        const auto source = makeTensor("batches", values, {6, 2048});
        const auto counts = countValues(values);
        for (const char* text : {"int8", "int4", "int1", "int4,asymmetric", "uint6", "int12", "e4m3"}) {
            const auto marks = calibrationMarks(*source, source->tensors().front(), schemeOf(text), *counts, {});
            QVERIFY(marks.has_value());
            const bool isInteger = isIntegerElement(schemeOf(text).element);
            QCOMPARE(marks->size(), calibrationMethods().size() - (isInteger ? 0 : 4) + 1);
            QCOMPARE(marks->back().id, std::string_view("moving-average"));
            const auto least = std::ranges::find(*marks, std::string_view("mse"), &CalibrationMark::id);
            for (const CalibrationMark& mark : *marks) {
                QVERIFY(mark.low <= mark.high && std::isfinite(mark.meanSquaredError));
                QVERIFY2(least->meanSquaredError <= mark.meanSquaredError * (1 + 1e-9), qPrintable(QString::fromUtf8(mark.id.data(), qsizetype(mark.id.size())) + QLatin1String(text)));
                if (mark.id != "moving-average")
                    QVERIFY(parseClip(mark.id).has_value() && clipText(*parseClip(mark.id)) == mark.id);
            }
        }
    }

private:
    /// Ours are PyTorch's but for its least step of 2^-23, and for its FP32 arithmetic: the step may differ by
    /// an ulp, and the zero point where the quotient is a tie to within that.
    static void compareScale(const nlohmann::json& row, const ClipRange& range)
    {
        const double wanted = numberOf(row["scale"]);
        if (wanted == 0x1p-23)
            return;
        const int levels = row["qmax"].get<int>() + 1;
        const auto scheme = schemeOf("uint" + std::to_string(int(std::log2(levels))) + ",asymmetric");
        const AffineScale scale = ScaleRule(scheme, *findElement(scheme.element))(range.low, range.high);
        QVERIFY2(std::abs(scale.step - wanted) <= 0x1p-23 * wanted, row.dump().c_str());
        const double quotient = -std::min(0.0, range.low) / wanted;
        const bool isTie = std::abs(std::abs(quotient - std::floor(quotient)) - 0.5) < 1e-5;
        QVERIFY2(scale.zero == row["zero_point"].get<std::int64_t>() || isTie, row.dump().c_str());
    }
};

QUANTOSCOPE_TEST(tst_calibration, TestCalibration)
#include "tst_calibration.moc"
