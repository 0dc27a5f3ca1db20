// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/kernel_list.h"

#include "tests/test_case.h"

#include <QSignalSpy>
#include <QTreeWidget>

using namespace quantoscope;

class TestKernelList : public QObject {
    Q_OBJECT

private slots:
    void spaceTicksAndArrowsUnfoldInTheListOfKernels()
    {
        KernelList list;
        list.setGroups({{QStringLiteral("weights"), QStringLiteral("Weights"),
                         {{QStringLiteral("a"), QStringLiteral("A"), {}, GemmMark::Float, true, 1, {}, {}, false},
                          {QStringLiteral("b"), QStringLiteral("B"), {}, GemmMark::Float, false, 0, {}, {}, false}}}});
        list.resize(300, 200);
        list.show();
        QTreeWidgetItem* top = list.tree().topLevelItem(0);
        QVERIFY(!top->child(0)->isHidden() && top->child(1)->isHidden());
        list.tree().setCurrentItem(top);
        QTest::keyClick(&list.tree(), Qt::Key_Right);
        QVERIFY(!top->child(1)->isHidden());
        QSignalSpy ticks(&list, &KernelList::ticked), choices(&list, &KernelList::chosen);
        QTest::keyClick(&list.tree(), Qt::Key_Space);   // On the group: those that are not ticked yet.
        QCOMPARE(ticks.takeFirst(), (QVariantList{QStringList{QStringLiteral("b")}, true}));
        QTest::keyClick(&list.tree(), Qt::Key_Down);
        QCOMPARE(choices.takeFirst().first().toString(), QStringLiteral("a"));
        QTest::keyClick(&list.tree(), Qt::Key_Space);
        QCOMPARE(ticks.takeFirst(), (QVariantList{QStringList{QStringLiteral("a")}, false}));
        QTest::keyClick(&list.tree(), Qt::Key_Left);
        QVERIFY(top->child(1)->isHidden());
        QVERIFY(top->text(0).contains(QStringLiteral("1 of 2")));   // What a screen reader says.
        QCOMPARE(top->checkState(0), Qt::PartiallyChecked);
    }
};

QUANTOSCOPE_TEST(tst_kernel_list, TestKernelList)
#include "tst_kernel_list.moc"
