// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/error_speed_plot.h"
#include "widgets/error_split_plot.h"
#include "widgets/fitting_text.h"
#include "widgets/label_placer.h"
#include "widgets/line_chart.h"
#include "widgets/roofline_plot.h"
#include "widgets/theme.h"

#include "tests/painted_texts.h"
#include "tests/test_case.h"

using namespace quantoscope;

namespace {

/// Ten kernels as a processor has them: most within a factor of four, one far behind with a wide interval.
MeasuredKernels kernels()
{
    static constexpr struct { const char* name; double error, teraflops, bytes; GemmMark mark; } rows[] = {
        {"FP32", 2.9e-7, 0.0004, 5e5, GemmMark::Float}, {"BF16", 2.4e-3, 0.07, 2.6e5, GemmMark::Float},
        {"FP16", 2.9e-4, 0.069, 2.6e5, GemmMark::Float}, {"TF32", 2.9e-4, 0.067, 5e5, GemmMark::Float},
        {"FP8 E4M3", 3.7e-2, 0.06, 1.5e5, GemmMark::Float}, {"INT8", 9.7e-3, 0.23, 1.5e5, GemmMark::Integer},
        {"INT8, x quantized", 9.7e-3, 0.12, 3.3e5, GemmMark::Integer}, {"Q4_K, x in INT8", 7.2e-2, 0.1, 1.4e5, GemmMark::Integer},
        {"INT8 weights", 7e-3, 0.065, 1.6e5, GemmMark::WeightOnly}, {"INT4 weights", 0.12, 0.068, 1.5e5, GemmMark::WeightOnly}};
    MeasuredKernels all;
    for (const auto& row : rows) {
        MeasuredKernel each;
        each.kernel.id = row.name == std::string_view("BF16") ? "bf16" : row.name;
        each.kernel.name = row.name;
        each.kernel.mark = row.mark;
        each.kernel.sumsExactly = row.mark == GemmMark::Integer;
        each.number = int(all.size()) + 1;
        const double operations = 2.0 * 128 * 256 * 256;
        each.run.teraflops = row.teraflops;
        each.run.medianSeconds = operations / row.teraflops * 1e-12;
        each.run.confidenceLow = each.run.medianSeconds * 0.97;
        each.run.confidenceHigh = each.run.medianSeconds * 1.05;
        each.run.gigabytesPerSecond = row.bytes / each.run.medianSeconds * 1e-9;
        each.run.relativeError = row.error;
        each.run.quantizationError = row.error;
        each.run.accumulationError = each.kernel.sumsExactly ? 0 : 3e-8;
        each.run.bound = 1e-5;
        each.run.isFinal = true;
        all.push_back(each);
    }
    return all;
}

/// Whatever is cut off by the widget's edge or by a box too small for it.
QStringList cutTexts(QWidget& widget)
{
    QStringList cut;
    for (const PaintedText& each : paintedTexts(widget))
        if (!each.text.trimmed().isEmpty() && each.cutOff() > 1.5)
            cut << each.text + QStringLiteral(" by %1").arg(each.cutOff());
    return cut;
}

}  // namespace

class TestChartTexts : public QObject {
    Q_OBJECT

private slots:
    void cleanup()
    {
        setSmallestText(0);
        setTheme(ThemeId::Light);
    }

    void noTextOfAChartIsCutOff_data()
    {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<double>("smallest");
        QTest::newRow("beside the list at 1440 × 900") << QSize(505, 360) << 0.0;
        QTest::newRow("beside the list at 1024 × 640") << QSize(550, 380) << 0.0;
        QTest::newRow("presenter at 1024 × 768") << QSize(510, 540) << 19.2;
        QTest::newRow("a lesson's figure") << QSize(420, 300) << 0.0;
    }

    void noTextOfAChartIsCutOff()
    {
        QFETCH(QSize, size);
        QFETCH(double, smallest);
        setTheme(smallest > 0 ? ThemeId::Projector : ThemeId::Light);
        setSmallestText(smallest);
        ErrorSpeedPlot plot;
        plot.setMeasured(kernels());
        plot.setBaseline(QStringLiteral("bf16"));
        plot.resize(size);
        QCOMPARE(cutTexts(plot), QStringList());
        ErrorSplitPlot split;
        split.setMeasured(kernels());
        split.resize(size.width() + 400, size.height());
        QCOMPARE(cutTexts(split), QStringList());
    }

    void aRaisedLetterInTheTitleOfAnAxisIsWhole()
    {
        LineChart chart(QStringLiteral("Errors"));
        LineChart::Content content;
        content.across = LineChart::Across::Decades;
        content.yTitle = QStringLiteral("error of x·Wᵀ");
        content.xTitle = QStringLiteral("size");
        content.lines.push_back({QStringLiteral("a"), QStringLiteral("FP16"), {{1, 1e-3}, {1000, 1e-2}}});
        chart.setContent(content);
        chart.resize(800, 400);
        QCOMPARE(cutTexts(chart), QStringList());
    }

    void rowsFillThePresentersScreen()
    {
        setTheme(ThemeId::Projector);
        setSmallestText(19.2);
        ErrorSplitPlot split;
        split.setMeasured(kernels());
        split.resize(950, 620);
        double lowest = 0;
        for (const PaintedText& each : paintedTexts(split))
            lowest = std::max(lowest, each.bounds.bottom());
        QVERIFY2(lowest > 580, qPrintable(QString::number(lowest)));
    }

    void theWordsOfARoofLieWhereNoProductCan()
    {
        RooflinePlot plot;
        plot.setMeasured(kernels());
        Roofline roofline;
        roofline.gigabytesPerSecond = 5.3;
        roofline.slope = QStringLiteral("memory, measured: 5.3 GB/s");
        roofline.roofs = {{0.0888, QStringLiteral("FP32, measured: 88.8 GFLOP/s")}};
        plot.setRoofline(roofline);
        for (const QSize& size : {QSize(460, 190), QSize(850, 400)}) {
            plot.resize(size);
            const auto texts = paintedTexts(plot);
            const auto find = [&](const QString& words) {
                const auto found = std::ranges::find(texts, words, &PaintedText::text);
                return found == texts.end() ? QRectF() : found->bounds;
            };
            const QRectF roof = find(roofline.roofs.front().name), slope = find(roofline.slope);
            QVERIFY(!roof.isNull() && !slope.isNull());
            // The ridge lies at 16.8 operations a byte, every product right of it.
            QRectF sixteen;   // The one of the lower axis: the other has it too.
            for (const PaintedText& each : texts)
                if (each.text == QStringLiteral("16") && each.bounds.bottom() > sixteen.bottom())
                    sixteen = each.bounds;
            QVERIFY(!sixteen.isNull());
            QVERIFY2(roof.right() < sixteen.center().x() + 12, qPrintable(QString::number(roof.right())));
            QVERIFY2(slope.right() < sixteen.center().x() + 12, qPrintable(QString::number(slope.right())));
        }
    }

    void aLabelKeepsOffTheWhiskersOfOthers()
    {
        // Right of its mark there is room but for another mark's whisker; left of it there is all of it.
        LabelPlacer placer(QRectF(0, 0, 400, 300));
        const QPointF mark(200, 150);
        placer.block(QRectF(mark - QPointF(8, 8), QSizeF(16, 16)));
        const QRectF whisker(240, 60, 6, 200);
        placer.block(whisker, LabelPlacer::whisker);
        const LabelPlacer::Wish wish{mark, QSizeF(90, 16)};
        const auto place = placer.placeAll({&wish, 1}, 9).front();
        QVERIFY(place && place->intersected(whisker).isEmpty());
    }

    void theLongestWordsThatFitAreSaid()
    {
        const QFontMetricsF metrics(uiFont(12));
        const QStringList words{QStringLiteral("relative error (left is more exact)"), QStringLiteral("relative error")};
        QCOMPARE(longestThatFits(words, metrics, 1000), words[0]);
        QCOMPARE(longestThatFits(words, metrics, metrics.horizontalAdvance(words[1])), words[1]);
        QCOMPARE(longestThatFits(words, metrics, 1), words[1]);
    }
};

QUANTOSCOPE_TEST(tst_chart_texts, TestChartTexts)
#include "tst_chart_texts.moc"
