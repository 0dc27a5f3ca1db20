// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/number_line.h"

#include "tests/test_case.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

using namespace quantoscope;

class TestNumberLine : public QObject {
    Q_OBJECT

    static NumberLane lane(const char* id)
    {
        NumberLane lane;
        lane.name = QString::fromLatin1(id);
        lane.runs = uniformRuns(*findNumberFormat(id));
        lane.ulp = 1e-3;
        return lane;
    }

private slots:
    void runsHoldExactlyTheFiniteNumbers()
    {
        for (const NumberFormat& format : numberFormats()) {
            if (bitsOf(format) > 16)
                continue;
            std::vector<double> listed = finiteValues(format), fromRuns;
            for (const UniformRun& run : uniformRuns(format))
                for (double k = 0; k < run.count; ++k)
                    fromRuns.push_back(run.first + k * run.step);
            listed.erase(std::unique(listed.begin(), listed.end()), listed.end());
            fromRuns.erase(std::unique(fromRuns.begin(), fromRuns.end()), fromRuns.end());
            QVERIFY2(listed == fromRuns, std::string(format.id).c_str());
        }
    }

    void pixelsAndValuesAreInverse()
    {
        for (const bool logarithmic : {false, true}) {
            const NumberLineScale scale(NumberLine::viewAround(3.14, logarithmic), 100, 800);
            for (const double pixel : {100.0, 321.5, 500.0, 899.0})
                QVERIFY(std::abs(scale.toPixel(scale.toValue(pixel)) - pixel) < 1e-6);
        }
        QCOMPARE(NumberLineScale::octaves(1), 160.0);
        QCOMPARE(NumberLineScale::octaves(-4), -162.0);
    }

    void twoDoublesBesideEachOtherAreFarApartWhenZoomedIn()
    {
        const double one = 3.0, next = std::nextafter(3.0, 4.0);
        const NumberLineScale scale({3.0, 4 * (next - one), false}, 0, 1000);
        QVERIFY(std::abs(scale.toPixel(next) - scale.toPixel(one) - 250) < 1e-6);
    }

    void theWheelZoomsAroundThePointer()
    {
        NumberLine line;
        line.resize(900, 240);
        line.setLanes({lane("bf16"), lane("e4m3")});
        line.setView({10, 4, false});
        line.show();
        const QSignalSpy views(&line, &NumberLine::viewChanged);
        const NumberLineView before = line.view();
        QWheelEvent wheel(QPointF(300, 100), line.mapToGlobal(QPointF(300, 100)), {}, {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&line, &wheel);
        QCOMPARE(views.size(), 1);
        QVERIFY(line.view().span < before.span);
        QVERIFY(line.view().centre < before.centre);   // What was under the pointer, left of the centre, stays there.
    }

    void keysZoomPanAndReset()
    {
        NumberLine line;
        line.resize(900, 240);
        line.setLanes({lane("fp16")});
        line.setView({1, 2, false});
        line.show();
        const QSignalSpy resets(&line, &NumberLine::resetRequested);
        QTest::keyClick(&line, Qt::Key_Plus);
        QVERIFY(line.view().span < 2);
        QTest::keyClick(&line, Qt::Key_Minus);
        QVERIFY(std::abs(line.view().span - 2) < 1e-9);
        QTest::keyClick(&line, Qt::Key_Right);
        QVERIFY(line.view().centre > 1);
        QTest::keyClick(&line, Qt::Key_Home);
        QCOMPARE(resets.size(), 1);
    }

    void zoomingOutEndsAtTheWholeRange()
    {
        NumberLine line;
        line.resize(900, 240);
        line.setLanes({lane("e4m3")});
        line.setView({0, 1e30, false});
        QCOMPARE(line.view().span, 2.2 * 448);
    }

    void panningIsFasterThanAFrame()
    {
        NumberLine line;
        line.resize(1300, 260);
        std::vector<NumberLane> lanes;
        for (const char* id : {"fp64", "fp32", "tf32", "fp16", "bf16", "e4m3", "e5m2", "int8"})
            lanes.push_back(lane(id));
        line.setLanes(lanes);
        line.setMarker(3.14159, QStringLiteral("π"));
        line.show();
        for (const bool logarithmic : {false, true}) {
            line.setView(NumberLine::viewAround(3.14159, logarithmic));
            line.grab();
            QElapsedTimer timer;
            timer.start();
            for (int i = 0; i < 20; ++i) {
                QTest::keyClick(&line, Qt::Key_Right);
                line.grab();
            }
            // Enumerating FP32 would take seconds a frame. How fast it really is, a benchmark says.
            QVERIFY2(timer.elapsed() / 20 < 1000, qPrintable(QString::number(timer.elapsed() / 20)));
        }
    }
};

QUANTOSCOPE_TEST(tst_number_line, TestNumberLine)
#include "tst_number_line.moc"
