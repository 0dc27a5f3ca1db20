// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bit_view.h"

#include "tests/test_case.h"

#include <QAccessible>
#include <QSignalSpy>

using namespace quantoscope;

class TestBitView : public QObject {
    Q_OBJECT

    /// A view whose owner does what the person asks for, as pages do.
    static std::unique_ptr<BitView> shown(const char* format, Code code)
    {
        auto view = std::make_unique<BitView>();
        view->resize(700, 40);
        view->setColumns(BitColumns{16, 4, 170, 190, 1, 28}, 24);
        view->setContent(*findNumberFormat(format), code);
        QObject::connect(view.get(), &BitView::codeEdited, view.get(), [v = view.get()](Code wanted) { v->setContent(v->format(), wanted); });
        view->show();
        return view;
    }
    static QPoint centre(const BitView& view, int bit) { return view.bitLayout().ofBit(bit)->rect.center().toPoint(); }

private slots:
    void fieldsOfEveryFormatCoverItsBitsOnce()
    {
        for (const NumberFormat& format : numberFormats()) {
            const BitLayout layout = layoutBits(format, 0, BitColumns{10, 0, 130, 150, 1, 70}, 0, 20);
            const auto stored = std::count_if(layout.cells.begin(), layout.cells.end(), [](const BitCell& cell) { return cell.bit >= 0; });
            QCOMPARE(std::size_t(stored), shownBits(format).size());
            for (std::size_t i = 1; i < layout.cells.size(); ++i)
                QVERIFY2(layout.cells[i].rect.left() > layout.cells[i - 1].rect.left(), std::string(format.id).c_str());
        }
    }

    void significandsStandUnderTheirPowersOfTwo()
    {
        // π: the hidden bit of BF16 and of E4M3 is worth 2, so both stand in one column.
        const BitColumns columns{10, 0, 100, 120, 2, 26};
        const BitLayout wide = layoutBits(*findNumberFormat("bf16"), 0x4049, columns, 0, 20);
        const BitLayout narrow = layoutBits(*findNumberFormat("e4m3"), 0x45, columns, 0, 20);
        QVERIFY(wide.aligned && narrow.aligned);
        QCOMPARE(wide.extent(BitField::Mantissa).left(), columns.columnX(1));
        QCOMPARE(narrow.extent(BitField::Mantissa).left(), columns.columnX(1));
        QCOMPARE(wide.lastWeight, -6);
        QVERIFY(wide.point && narrow.point && *wide.point == *narrow.point);
    }

    void aClickFlipsABit()
    {
        const auto view = shown("fp32", 0x40490FDB);
        const QSignalSpy edits(view.get(), &BitView::codeEdited);
        QTest::mouseClick(view.get(), Qt::LeftButton, {}, centre(*view, 31));
        QCOMPARE(edits.size(), 1);
        QCOMPARE(view->code(), Code{0xC0490FDB});
    }

    void keysMoveFlipWriteAndStep()
    {
        const auto view = shown("fp16", 0x4248);
        view->setFocus();
        view->focusBit(15);
        QTest::keyClick(view.get(), Qt::Key_Space);
        QCOMPARE(view->code(), Code{0xC248});
        QTest::keyClick(view.get(), Qt::Key_Space);
        QTest::keyClick(view.get(), Qt::Key_End);
        QCOMPARE(view->focusedBit(), 0);
        QTest::keyClick(view.get(), Qt::Key_Left);
        QCOMPARE(view->focusedBit(), 1);
        QTest::keyClick(view.get(), Qt::Key_1);
        QCOMPARE(view->code(), Code{0x424A});
        QTest::keyClick(view.get(), Qt::Key_BracketLeft);
        QCOMPARE(view->code(), Code{0x4249});
        QTest::keyClick(view.get(), Qt::Key_BraceRight);
        QCOMPARE(view->code(), Code{0x4649});
    }

    void aDragPaintsOneDigitAndIsOneStep()
    {
        const auto view = shown("int8", 0x00);
        QSignalSpy edits(view.get(), &BitView::codeEdited);
        QTest::mousePress(view.get(), Qt::LeftButton, {}, centre(*view, 7));
        for (const int bit : {6, 5, 4})
            QTest::mouseMove(view.get(), centre(*view, bit));
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, centre(*view, 4));
        QCOMPARE(view->code(), Code{0xF0});
        QCOMPARE(edits.size(), 4);
        for (const auto& edit : edits)
            QCOMPARE(edit[2].toString(), edits[0][2].toString());
        QVERIFY(!edits[0][2].toString().isEmpty());
        // The next drag is another step.
        QTest::mousePress(view.get(), Qt::LeftButton, {}, centre(*view, 0));
        QTest::mouseRelease(view.get(), Qt::LeftButton, {}, centre(*view, 0));
        QVERIFY(edits.last()[2].toString() != edits[0][2].toString());
    }

    void screenReadersFindOneCheckBoxABit()
    {
        const auto view = shown("fp32", 0x40490FDB);
        QAccessibleInterface* group = QAccessible::queryAccessibleInterface(view.get());
        QVERIFY(group);
        QCOMPARE(group->role(), QAccessible::Grouping);
        QCOMPARE(group->childCount(), 32);
        const QStringList names{QStringLiteral("Bit 31: sign"), QStringLiteral("Bit 30: exponent"), QStringLiteral("Bit 22: mantissa")};
        QCOMPARE(group->child(0)->text(QAccessible::Name), names[0]);
        QCOMPARE(group->child(1)->text(QAccessible::Name), names[1]);
        QCOMPARE(group->child(9)->text(QAccessible::Name), names[2]);
        for (int i = 0; i < 32; ++i) {
            QAccessibleInterface* bit = group->child(i);
            QCOMPARE(bit->role(), QAccessible::CheckBox);
            QVERIFY(bit->state().checkable && bit->state().focusable);
            QCOMPARE(bool(bit->state().checked), bool(view->code() >> (31 - i) & 1));
            QCOMPARE(group->indexOfChild(bit), i);
            QVERIFY(bit->rect().isValid());
        }
        QAccessibleActionInterface* action = group->child(0)->actionInterface();
        QVERIFY(action->actionNames().contains(QAccessibleActionInterface::toggleAction()));
        action->doAction(QAccessibleActionInterface::toggleAction());
        QCOMPARE(view->code(), Code{0xC0490FDB});
        QVERIFY(group->child(0)->state().checked);
    }

    void theBitsOfTf32EndWhereItsNumbersEnd()
    {
        const auto bits = shownBits(*findNumberFormat("tf32"));
        QCOMPARE(bits.size(), std::size_t(19));
        QCOMPARE(bits.back(), 13);
    }
};

QUANTOSCOPE_TEST(tst_bit_view, TestBitView)
#include "tst_bit_view.moc"
