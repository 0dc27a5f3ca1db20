// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot_axis.h"
#include "widgets/plot_text.h"

#include "tests/test_case.h"

#include <cmath>
#include <limits>

using namespace quantoscope;

class TestPlotText : public QObject {
    Q_OBJECT

private slots:
    void numeralsFollowTheHouse_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("thousands") << wholeNumber(65536) << QStringLiteral("65\u202F536");
        QTest::newRow("four digits stay together") << wholeNumber(1691) << QStringLiteral("1691");
        QTest::newRow("real minus") << wholeNumber(-123456) << QStringLiteral("−123\u202F456");
        QTest::newRow("plain fraction") << roundedNumber(0.0605, 3) << QStringLiteral("0.0605");
        QTest::newRow("scientific") << roundedNumber(-4.453e-5, 3) << QStringLiteral("−4.45\u202F×\u202F10⁻⁵");
        QTest::newRow("rounding up a digit") << roundedNumber(9.996, 3) << QStringLiteral("10.0");
        QTest::newRow("infinity") << roundedNumber(-INFINITY, 3) << QStringLiteral("−∞");
        QTest::newRow("no minus zero") << fixedNumber(-0.01, 1) << QStringLiteral("0.0");
        QTest::newRow("cut, never rounded") << cutNumber(4.00048828125, 5) << QStringLiteral("4.00048…");
        QTest::newRow("nothing cut, no dots") << cutNumber(4.5, 5) << QStringLiteral("4.5");
        QTest::newRow("percent") << percentText(0.02580) << QStringLiteral("2.58\u202F%");
        QTest::newRow("no percent") << percentText(0) << QStringLiteral("0\u202F%");
        QTest::newRow("all") << percentText(1) << QStringLiteral("100\u202F%");
    }
    void numeralsFollowTheHouse()
    {
        QFETCH(QString, text);
        QTEST(text, "expected");
    }

    void ticksAreRoundAndLabelledAlike()
    {
        const auto ticks = linearTicks(-0.2159, 0.2496, 10);
        QStringList labels;
        for (const AxisTick& tick : ticks)
            labels << tick.label;
        QCOMPARE(labels, QStringList({QStringLiteral("−0.20"), QStringLiteral("−0.15"), QStringLiteral("−0.10"),
                                      QStringLiteral("−0.05"), QStringLiteral("0"), QStringLiteral("0.05"),
                                      QStringLiteral("0.10"), QStringLiteral("0.15"), QStringLiteral("0.20")}));
    }

    void ticksOfAnImpossibleAxisAreNone()
    {
        QVERIFY(linearTicks(1, 1, 5).empty());
        QVERIFY(linearTicks(0, std::numeric_limits<double>::infinity(), 5).empty());
        QVERIFY(logarithmicTicks(0, 1, 5).empty());
    }

    void scalesTakeBackWhatTheyPlace()
    {
        for (const AxisScale& scale : {AxisScale{-2, 3, 10, 500, false}, AxisScale{1e-6, 1, 300, 20, true}}) {
            for (const double value : {1e-5, 0.01, 0.7})
                QVERIFY(std::abs(scale.toValue(scale.toPixel(value)) - value) < 1e-12 + value * 1e-9);
        }
    }
};

QUANTOSCOPE_TEST(tst_plot_text, TestPlotText)
#include "tst_plot_text.moc"
