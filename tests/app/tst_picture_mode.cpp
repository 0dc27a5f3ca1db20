// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/picture_mode.h"
#include "tests/test_case.h"

#include <QThread>

using namespace quantoscope;

class TestPictureMode : public QObject {
    Q_OBJECT

private slots:
    void aMomentOfRestBetweenTwoComputationsIsNotSettled()
    {
        // Every look takes longer than the while that is asked for, as on a busy machine; the third is a moment of
        // rest, after which the page computes again.
        int looks = 0;
        const bool settled = waitUntilSettled(
            [&] {
                QThread::msleep(200);
                ++looks;
                return looks == 3 || looks > 5;
            },
            60);
        QVERIFY(settled);
        QVERIFY2(looks > 6, qPrintable(QString::number(looks)));
    }

    void whatNeverSettlesIsGivenUp()
    {
        QVERIFY(!waitUntilSettled([] { return false; }, 1));
    }
};

QUANTOSCOPE_TEST(tst_picture_mode, TestPictureMode)
#include "tst_picture_mode.moc"
