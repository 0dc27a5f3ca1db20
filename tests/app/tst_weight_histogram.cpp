// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/weight_histogram.h"

#include "core/statistics/summary.h"
#include "core/statistics/value_counts.h"
#include "tests/painted_texts.h"
#include "tests/test_case.h"

#include <algorithm>
#include <cmath>

using namespace quantoscope;

class TestWeightHistogram : public QObject {
    Q_OBJECT

private slots:
    void noShareOfTheAxisIsAboveAll_data()
    {
        QTest::addColumn<std::vector<float>>("values");
        QTest::newRow("one value") << std::vector<float>{0.25f};
        QTest::newRow("one zero") << std::vector<float>{0};
        QTest::newRow("a constant") << std::vector<float>(1000, -3.5f);
        QTest::newRow("all zero") << std::vector<float>(1000, 0);
        QTest::newRow("two values") << std::vector<float>{-1, 1};
        QTest::newRow("the largest of FP32") << std::vector<float>{3e38f};
    }

    void noShareOfTheAxisIsAboveAll()
    {
        QFETCH(std::vector<float>, values);
        const auto counts = countValues(values);
        WeightHistogram histogram;
        histogram.resize(420, 300);
        histogram.setContent(counts, summaryOf(*counts), {});
        int shares = 0;
        for (const PaintedText& painted : paintedTexts(histogram)) {
            QVERIFY2(painted.cutOff() < 1, qPrintable(painted.text));
            QVERIFY2(!painted.text.contains(QStringLiteral("10⁻³⁰")), qPrintable(painted.text));
            if (!painted.text.endsWith(u'%'))
                continue;
            ++shares;
            QString number = painted.text.chopped(2);
            number.remove(QChar(0x202F)).remove(QChar(0x2009)).remove(u' ');
            QVERIFY2(number.startsWith(QStringLiteral("10⁻")) || number.toDouble() <= 100, qPrintable(painted.text));
        }
        QVERIFY(shares >= 1);
    }
};

QUANTOSCOPE_TEST(tst_weight_histogram, TestWeightHistogram)
#include "tst_weight_histogram.moc"
