// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/random.h"
#include "widgets/clip_handle.h"
#include "widgets/histogram_view.h"
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QAccessible>
#include <QSignalSpy>
#include <QWheelEvent>

#include <cmath>

using namespace quantoscope;

namespace {

std::shared_ptr<const ValueCounts> normalWeights(int count)
{
    std::vector<float> weights;
    const RandomStream stream(7);
    for (int i = 0; i < count; ++i)
        weights.push_back(float(0.02 * stream.normal(std::uint64_t(i))));
    return countValues(weights);
}

HistogramContent quantized(const std::shared_ptr<const ValueCounts>& counts, double clip)
{
    HistogramContent content;
    content.counts = counts;
    content.map = levelMapOf(*parseScheme("int4"), -clip, clip);
    content.error = errorOf(*counts, *content.map);
    return content;
}

/// Large, with a range twice as wide as the weights' deviation to each side.
void showNormalWeights(HistogramView& view)
{
    view.resize(900, 600);
    view.show();
    view.setContent(quantized(normalWeights(10000), 0.04));
}

}  // namespace

class TestHistogramView : public QObject {
    Q_OBJECT

private slots:
    void theSquaredErrorIsSharedOutWhole()
    {
        const auto counts = normalWeights(10000);
        const LevelMap map = levelMapOf(*parseScheme("int3"), -0.02, 0.02);
        const BinnedShares shares = errorShares(*counts, map, -0.03, 0.05, 100);
        double sum = shares.below + shares.above;
        for (const double share : shares.shares)
            sum += share;
        QVERIFY(std::abs(sum - 1) < 1e-9);
        // Beyond −0.03 everything is clipped by more than 0.01, within ±0.02 nothing errs by more than Δ/2.
        QVERIFY(shares.below > 0);
    }

    void sharesOfAllBinsAndWhatLiesBeyondAddUpToOne()
    {
        const auto counts = normalWeights(10000);
        const BinnedShares shares = binnedShares(*counts, -0.03, 0.05, 100);
        double sum = (shares.below + shares.above) / 10000;
        for (const double share : shares.shares)
            sum += share;
        QVERIFY(std::abs(sum - 1) < 1e-9);
        QVERIFY(shares.below > 0);
    }

    void binningOfStoredValuesKeepsEveryWeight()
    {
        DequantizedPicture picture{.low = -1, .high = 1, .stored = std::vector<double>(2048, 0.0), .lowestError = {}, .highestError = {}, .squaredError = {}, .count = 30};
        picture.stored[3] = 10;
        picture.stored[1024] = 20;
        const BinnedShares shares = binnedShares(picture, -0.5, 1, 7);
        double sum = 0;
        for (const double share : shares.shares)
            sum += share * 30;
        QVERIFY(std::abs(sum - 20) < 1e-9);
        QVERIFY(std::abs(shares.below - 10) < 1e-9);
    }

    void handlesStandAtTheEndsOfTheRange()
    {
        HistogramView view;
        showNormalWeights(view);
        QVERIFY(view.lowHandle()->isVisible() && view.highHandle()->isVisible());
        QCOMPARE(view.highHandle()->value(), view.content().map->clipHigh);
        const double distance = view.highHandle()->x() - view.lowHandle()->x();
        const auto range = view.visibleRange();
        const double perPixel = (range.high - range.low) / (view.width() - 12.0);   // wider than the plot
        QVERIFY(distance * perPixel < 0.08 && distance * perPixel > 0.06);
    }

    void aHandleIsHitWithinNinePixelsAndMovesByAsMuchAsTheMouse()
    {
        HistogramView view;
        view.resize(900, 600);
        view.show();
        const auto counts = normalWeights(10000);
        view.setContent(quantized(counts, 0.04));
        QSignalSpy moved(&view, &HistogramView::clipMoved);
        const QPoint line = view.highHandle()->geometry().center();
        QVERIFY(view.childAt(line + QPoint(9, 100)) == view.highHandle());
        QVERIFY(view.childAt(line + QPoint(10, 100)) != view.highHandle());

        QTest::mousePress(view.highHandle(), Qt::LeftButton, {}, QPoint(2, 100));
        QTest::mouseMove(view.highHandle(), QPoint(2, 100));
        QVERIFY(moved.size() <= 1);
        if (moved.size() == 1)   // at the same place the range stays, but for the rounding to a pixel
            QVERIFY(std::abs(moved.takeFirst().at(1).toDouble() - 0.04) < 2e-4);
        QTest::mouseMove(view.highHandle(), QPoint(2 - 50, 100));
        QTest::mouseRelease(view.highHandle(), Qt::LeftButton, {}, QPoint(2 - 50, 100));
        QVERIFY(moved.size() >= 2);
        const QList<QVariant> last = moved.last();
        QCOMPARE(last.at(0).toDouble(), -last.at(1).toDouble());   // symmetric schemes move both ends
        QVERIFY(last.at(1).toDouble() < 0.038);
        QVERIFY(last.at(2).toBool());
    }

    void aClickAloneMovesNothingAndADoubleClickAsksForTheBest()
    {
        HistogramView view;
        showNormalWeights(view);
        QSignalSpy moved(&view, &HistogramView::clipMoved), best(&view, &HistogramView::bestRequested);
        QTest::mouseClick(view.highHandle(), Qt::LeftButton, {}, QPoint(9, 100));
        QCOMPARE(moved.size(), 0);
        QTest::mouseDClick(view.highHandle(), Qt::LeftButton, {}, QPoint(9, 100));
        QCOMPARE(best.size(), 1);
    }

    void arrowsMoveTheFocusedHandle()
    {
        HistogramView view;
        showNormalWeights(view);
        QSignalSpy moved(&view, &HistogramView::clipMoved), best(&view, &HistogramView::bestRequested);
        QTest::keyClick(view.lowHandle(), Qt::Key_Right);
        QCOMPARE(moved.size(), 1);
        QVERIFY(moved.last().at(0).toDouble() > -0.04);
        QTest::keyClick(view.lowHandle(), Qt::Key_Home);
        QCOMPARE(best.size(), 1);
    }

    void theWheelZoomsAboutTheMouse()
    {
        HistogramView view;
        showNormalWeights(view);
        const auto before = view.visibleRange();
        const QPointF at(450, 200);
        QWheelEvent wheel(at, view.mapToGlobal(at), {}, {0, 240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&view, &wheel);
        const auto after = view.visibleRange();
        QVERIFY(std::abs((after.high - after.low) / (before.high - before.low) - 0.64) < 1e-9);
        QVERIFY(after.low > before.low && after.high < before.high);
        view.showEverything();
        QCOMPARE(view.visibleRange(), before);
    }

    void everyThemeAndScaleHatchesWhatIsClipped_data()
    {
        QTest::addColumn<int>("themeIndex");
        for (const Theme& row : themes())
            QTest::newRow(row.name) << int(row.id);
    }
    void everyThemeAndScaleHatchesWhatIsClipped()
    {
        QFETCH(int, themeIndex);
        setTheme(ThemeId(themeIndex));
        HistogramView view;
        view.resize(900, 600);
        view.setContent(quantized(normalWeights(10000), 0.03));
        const QImage image = view.grab().toImage();
        // In the outermost tenth of the plot, between two grid lines, colours alternate along a row.
        QSet<QRgb> outside, inside;
        for (int x = 840; x < 880; ++x)
            outside.insert(image.pixel(x, 120));
        for (int x = 430; x < 440; ++x)
            inside.insert(image.pixel(x, 45));
        QVERIFY(outside.size() > 2);
        QVERIFY(inside.size() <= 3);
        setTheme(ThemeId::Light);
    }

    void handlesSpeakAsSlidersAndThePictureAsAChart()
    {
        HistogramView view;
        showNormalWeights(view);
        QAccessibleInterface* handle = QAccessible::queryAccessibleInterface(view.highHandle());
        QVERIFY(handle && handle->valueInterface());
        QCOMPARE(handle->role(), QAccessible::Slider);
        QCOMPARE(handle->valueInterface()->currentValue().toDouble(), view.content().map->clipHigh);
        QVERIFY(handle->text(QAccessible::Value).contains(QStringLiteral("clipped")));
        QAccessibleInterface* chart = QAccessible::queryAccessibleInterface(&view);
        QVERIFY(chart);
        QCOMPARE(chart->role(), QAccessible::Chart);
        QVERIFY(chart->text(QAccessible::Value).contains(QStringLiteral("10\u202F000")));
    }

    void oddTensorsAreDrawnToo_data()
    {
        QTest::addColumn<std::vector<float>>("weights");
        QTest::newRow("one zero") << std::vector<float>{0};
        QTest::newRow("one value") << std::vector<float>(100, 3.5f);
        QTest::newRow("huge") << std::vector<float>{-3e38f, 0, 3e38f};
        QTest::newRow("tiny") << std::vector<float>{1e-44f, 2e-42f, -1e-43f};
        QTest::newRow("one sided") << std::vector<float>{0, 1, 2, 3, 4, 5};
    }
    void oddTensorsAreDrawnToo()
    {
        QFETCH(std::vector<float>, weights);
        const auto counts = countValues(weights);
        HistogramView view;
        view.resize(900, 600);
        for (const HistogramScale scale : {HistogramScale::Linear, HistogramScale::Logarithmic, HistogramScale::BarPerCode,
                                           HistogramScale::Staircase}) {
            view.setScale(scale);
            HistogramContent content;
            content.counts = counts;
            content.map = levelMapOf(*parseScheme("int4"), *counts);
            content.error = errorOf(*counts, *content.map);
            view.setContent(content);
            const QImage image = view.grab().toImage();
            QVERIFY(!image.isNull());
        }
    }
};

QUANTOSCOPE_TEST(tst_histogram_view, TestHistogramView)
#include "tst_histogram_view.moc"
