// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/roofline.h"

#include "tests/test_case.h"

using namespace quantoscope;

class TestRoofline : public QObject {
    Q_OBJECT

private slots:
    void whatLiesAboveTheRoofHasAReason()
    {
        const Ceilings roof{20, 0.1, 32e6};
        const auto run = [](double teraflops, double gigabytes, double seconds) {
            GemmRun made;
            made.teraflops = teraflops;
            made.gigabytesPerSecond = gigabytes;
            made.medianSeconds = seconds;
            return made;
        };
        const GemmKernel fp32{}, int8{"int8", "INT8", "", GemmMark::Integer};
        QVERIFY(whyAboveRoof(fp32, run(0.09, 10, 1), roof) == AboveRoof::No);
        QVERIFY(whyAboveRoof(fp32, run(0.104, 10, 1), roof) == AboveRoof::No);   // As medians differ.
        QVERIFY(whyAboveRoof(int8, run(0.3, 10, 1), roof) == AboveRoof::OwnPeak);
        QVERIFY(whyAboveRoof(fp32, run(0.3, 10, 1), roof) == AboveRoof::BusyMachine);
        QVERIFY(whyAboveRoof(fp32, run(0.05, 40, 1e-4), roof) == AboveRoof::Cache);
        QVERIFY(whyAboveRoof(fp32, run(0.05, 40, 1), roof) == AboveRoof::BusyMachine);
        QVERIFY(whyAboveRoof(fp32, run(0.3, 40, 1), {}) == AboveRoof::No);
    }
};

QUANTOSCOPE_TEST(tst_roofline, TestRoofline)
#include "tst_roofline.moc"
