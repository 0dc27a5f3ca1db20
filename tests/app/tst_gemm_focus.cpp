// SPDX-License-Identifier: GPL-3.0-or-later
// The GEMM page without a mouse, and its letters for presenters.
#include "app/pages/gemm/ladder_panel.h"
#include "widgets/theme.h"

#include "tests/app/gemm_page.h"
#include "tests/test_case.h"

#include <QApplication>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>

using namespace quantoscope;
using namespace quantoscope::test;

class TestGemmFocus : public QObject {
    Q_OBJECT

private slots:
    void theKeyOnTheRunButtonWorksWhereverTheFocusIs()
    {
        Workspace workspace;
        QWidget window;
        QLineEdit elsewhere(&window);
        GemmFigure page(workspace, &window);
        page.setState(smallProblem());
        page.setGeometry(0, 40, 1300, 850);
        window.resize(1300, 900);
        window.show();
        window.activateWindow();
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && QApplication::activeWindow() == &window, 60000);
        elsewhere.setFocus();
        QSignalSpy settled(&page, &Figure::settled);
        QTest::keyClick(&elsewhere, Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(settled.count() > 0, 60000);
    }

    void everyStopOfTheTabKeyIsSeen()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.setState(smallProblem());
        page.resize(1300, 850);
        page.show();
        page.activateWindow();
        QTRY_VERIFY_WITH_TIMEOUT(page.isSettled() && QApplication::activeWindow() == &page, 60000);
        int stops = 0;
        for (QWidget* stop : page.findChildren<QWidget*>()) {
            if (!(stop->focusPolicy() & Qt::TabFocus) || !stop->isVisible() || !stop->isEnabled())
                continue;
            if (QWidget* now = QApplication::focusWidget())
                now->clearFocus();
            QTest::qWait(1);
            const QImage before = page.grab().toImage();
            stop->setFocus(Qt::TabFocusReason);
            if (!stop->hasFocus())
                continue;   // Hands it on to the button that is checked.
            QTest::qWait(1);
            QVERIFY2(page.grab().toImage() != before, qPrintable(QLatin1String(stop->metaObject()->className()) + u' ' + stop->accessibleName()));
            ++stops;
        }
        QVERIFY2(stops >= 14, qPrintable(QString::number(stops)));
    }

    void thePresentersCodeIsAsLargeAsTheRest()
    {
        Workspace workspace;
        GemmFigure page(workspace, nullptr);
        page.resize(1024, 700);
        auto* source = page.findChild<LadderPanel*>()->findChild<QPlainTextEdit*>();
        QVERIFY(source->font().pixelSize() < 16);
        setSmallestText(19.2);
        const int size = source->font().pixelSize();
        setSmallestText(0);
        QVERIFY2(size >= 19, qPrintable(QString::number(size)));
        QVERIFY(source->font().pixelSize() < 16);
    }
};

QUANTOSCOPE_TEST(tst_gemm_focus, TestGemmFocus)
#include "tst_gemm_focus.moc"
