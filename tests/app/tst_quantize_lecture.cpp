// SPDX-License-Identifier: GPL-3.0-or-later
// A lecturer's walk: the sample model, INT8, INT4, group 64, NF4, k-means.
#include "tests/app/quantize_page.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QApplication>
#include <QMenu>

using namespace quantoscope;
using namespace quantoscope::quantize_tests;

class TestQuantizeLecture : public QObject {
    Q_OBJECT

private slots:
    /// A lecturer's walk: the sample model, INT8, INT4, group 64, NF4, k-means, each by two keys.
    void twoKeysMakeEachStepOfALecture()
    {
        Workspace workspace;
        workspace.setScheme(*parseScheme("int8"));
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        page.setFocus();
        QTest::keyClick(&page, Qt::Key_Return);   // the second key after Ctrl+2
        QTRY_VERIFY_WITH_TIMEOUT(isShown(page, "int8"), 60000);
        QVERIFY(workspace.tensor());
        struct Step { Qt::Key word, choice; const char* scheme; };
        double sqnr = page.readings()[QStringLiteral("sqnrDb")].toDouble();
        for (const Step& step : {Step{Qt::Key_E, Qt::Key_4, "int4"}, Step{Qt::Key_P, Qt::Key_6, "int4,group=64"},
                                 Step{Qt::Key_E, Qt::Key_N, "nf4"}, Step{Qt::Key_E, Qt::Key_F, "levels=16"}}) {
            QTest::keyClick(&page, step.word);
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            QVERIFY2(menu, step.scheme);
            QTest::keyClick(menu, step.choice);
            QTRY_VERIFY2_WITH_TIMEOUT(isShown(page, step.scheme), step.scheme, 60000);
            const double now = page.readings()[QStringLiteral("sqnrDb")].toDouble();
            QVERIFY(now != sqnr);
            sqnr = now;
        }
    }

    void twoClicksMakeEachStepOfALecture()
    {
        Workspace workspace;
        workspace.setScheme(*parseScheme("int8"));
        QuantizePage page(workspace);
        page.resize(1280, 800);
        page.show();
        QTest::mouseClick(page.findChild<QAbstractButton*>(QStringLiteral("openSample")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(isShown(page, "int8"), 60000);
        struct Step { const char* word; const char* id; const char* scheme; };
        for (const Step& step : {Step{"element", "int4", "int4"}, Step{"granularity", "group=64", "int4,group=64"},
                                 Step{"element", "name:nf4", "nf4"}, Step{"element", "levels=16", "levels=16"}}) {
            clickTwice(page, step.word, QLatin1String(step.id));
            QTRY_VERIFY2_WITH_TIMEOUT(isShown(page, step.scheme), step.scheme, 60000);
        }
    }
};

QUANTOSCOPE_TEST(tst_quantize_lecture, TestQuantizeLecture)
#include "tst_quantize_lecture.moc"
