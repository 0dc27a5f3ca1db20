// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QAccessible>
#include <QApplication>
#include <QMenu>
#include <QSignalSpy>
#include <QVBoxLayout>

using namespace quantoscope;

class TestControls : public QObject {
    Q_OBJECT

    static void show(QWidget& window)
    {
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
    }

private slots:
    void arrowsMoveTheChoiceOfASegmentedControl()
    {
        SegmentedControl control;
        control.addSegment(QStringLiteral("a"), QStringLiteral("Linear"));
        control.addSegment(QStringLiteral("b"), QStringLiteral("Log"));
        QSignalSpy chosen(&control, &SegmentedControl::chosen);
        show(control);
        QCOMPARE(control.current(), QStringLiteral("a"));
        control.findChild<QAbstractButton*>(QStringLiteral("a"))->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QCOMPARE(control.current(), QStringLiteral("b"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);   // There is no further one.
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].toString(), QStringLiteral("b"));
    }

    void settingAChoiceFromCodeSaysNothing()
    {
        SegmentedControl control;
        control.addSegment(QStringLiteral("a"), QStringLiteral("A"));
        control.addSegment(QStringLiteral("b"), QStringLiteral("B"));
        QSignalSpy chosen(&control, &SegmentedControl::chosen);
        control.setCurrent(QStringLiteral("b"));
        QCOMPARE(control.current(), QStringLiteral("b"));
        QCOMPARE(chosen.size(), 0);
    }

    void tabsAreReachedByTabAndArrows()
    {
        QWidget window;
        auto* column = new QVBoxLayout(&window);
        auto* tabs = new TabStrip(&window);
        tabs->addTab(QStringLiteral("line"), QStringLiteral("Number line"));
        tabs->addTab(QStringLiteral("all"), QStringLiteral("All values"));
        auto* button = new PushButton(QStringLiteral("Next"), PushButton::Role::Primary, &window);
        column->addWidget(tabs);
        column->addWidget(button);
        QSignalSpy chosen(tabs, &TabStrip::chosen);
        show(window);
        tabs->findChild<QAbstractButton*>(QStringLiteral("line"))->setFocus();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QCOMPARE(tabs->current(), QStringLiteral("all"));
        QCOMPARE(chosen.size(), 1);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), button);
    }

    void aButtonIsPressedBySpaceAndEnter()
    {
        PushButton button(QStringLiteral("Open"));
        QSignalSpy clicked(&button, &QAbstractButton::clicked);
        show(button);
        button.setFocus();
        QTest::keyClick(&button, Qt::Key_Space);
        QTest::keyClick(&button, Qt::Key_Return);
        QCOMPARE(clicked.size(), 2);
    }

    void aFocusedControlLooksDifferent()
    {
        QWidget window;
        auto* column = new QVBoxLayout(&window);
        auto* other = new PushButton(QStringLiteral("Other"), PushButton::Role::Quiet, &window);
        for (auto role : {PushButton::Role::Quiet, PushButton::Role::Primary, PushButton::Role::Chip})
            column->addWidget(new PushButton(QStringLiteral("Press"), role, &window));
        auto* choice = new ChoiceButton(&window);
        choice->addChoice(QStringLiteral("int4"), QStringLiteral("INT4"));
        choice->setCurrent(QStringLiteral("int4"));
        column->addWidget(choice);
        column->addWidget(other);
        show(window);
        for (QAbstractButton* button : window.findChildren<QAbstractButton*>()) {
            if (button == other)
                continue;
            other->setFocus();
            const QImage before = button->grab().toImage();
            button->setFocus();
            QVERIFY2(button->grab().toImage() != before, qPrintable(button->text()));
        }
    }

    void choosingFromTheMenuNamesTheChoice()
    {
        ChoiceButton button;
        button.addHeading(QStringLiteral("Integers"));
        button.addChoice(QStringLiteral("int8"), QStringLiteral("INT8"), QStringLiteral("−128 … 127"));
        button.addChoice(QStringLiteral("a&b"), QStringLiteral("A & B"));
        QSignalSpy chosen(&button, &ChoiceButton::chosen);
        button.menu()->actions()[1]->trigger();
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(button.current(), QStringLiteral("int8"));
        QCOMPARE(button.text(), QStringLiteral("INT8"));
        button.menu()->actions()[2]->trigger();
        QCOMPARE(button.text(), QStringLiteral("A & B"));
    }

    void noButtonIsNarrowerThanItsText()
    {
        for (const ThemeId id : {ThemeId::Light, ThemeId::Projector}) {
            setTheme(id);
            PushButton button(QStringLiteral("A rather long text for a button"));
            button.setKeyHint(QStringLiteral("PgDn"));
            const int text = QFontMetrics(uiFont(12, QFont::DemiBold)).horizontalAdvance(button.text());
            QVERIFY(button.minimumSizeHint().width() > text + QFontMetrics(uiFont(11)).horizontalAdvance(QStringLiteral("PgDn")));
        }
        setTheme(ThemeId::Light);
    }

    void namesFromFilesAreNeverRichText()
    {
        const TextLabel label(QStringLiteral("<b>blk.0</b>"));
        const TextLabel plain(QStringLiteral("blk.0"));
        QVERIFY(label.sizeHint().width() > plain.sizeHint().width() + 20);
    }

    void whatIsOverAtOnceShowsNoProgress()
    {
        QWidget window;
        auto* line = new ProgressLine(&window);
        show(window);
        line->begin(QStringLiteral("Counting"));
        line->setFraction(0.5);
        line->end();
        QTest::qWait(300);
        QVERIFY(!line->isVisible());
        line->begin(QStringLiteral("Counting"));
        QTRY_VERIFY(line->isVisible());
        QSignalSpy cancelled(line, &ProgressLine::cancelRequested);
        line->findChild<PushButton*>()->click();
        QCOMPARE(cancelled.size(), 1);
    }

    void screenReadersKnowTheControls()
    {
        SegmentedControl control;
        control.addSegment(QStringLiteral("a"), QStringLiteral("Linear"));
        QAccessibleInterface* segment =
            QAccessible::queryAccessibleInterface(control.findChild<QAbstractButton*>(QStringLiteral("a")));
        QVERIFY(segment);
        QCOMPARE(segment->role(), QAccessible::RadioButton);
        QCOMPARE(segment->text(QAccessible::Name), QStringLiteral("Linear"));
        PushButton button(QStringLiteral("Open"));
        QAccessibleInterface* push = QAccessible::queryAccessibleInterface(&button);
        QVERIFY(push);
        QCOMPARE(push->text(QAccessible::Name), QStringLiteral("Open"));
    }
};

QUANTOSCOPE_TEST(tst_controls, TestControls)
#include "tst_controls.moc"
