// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batch_plot.h"

#include "tests/test_case.h"

using namespace quantoscope;

class TestBatchPlot : public QObject {
    Q_OBJECT

private slots:
    void theCrossoverLiesBetweenTheMeasuredBatches()
    {
        const BatchLine line{QStringLiteral("W4"), GemmMark::WeightOnly, {{1, 4}, {16, 2}, {64, 0.5}, {256, 0.4}}};
        // Halfway between 16 and 64 on the logarithmic axes: 2 × and 1/2 × are symmetric about 1 ×.
        QCOMPARE(crossoverOf(line).value(), 32.0);
        QVERIFY(!crossoverOf({QStringLiteral("W8"), GemmMark::WeightOnly, {{1, 2}, {64, 1.5}}}));
    }
};

QUANTOSCOPE_TEST(tst_batch_plot, TestBatchPlot)
#include "tst_batch_plot.moc"
