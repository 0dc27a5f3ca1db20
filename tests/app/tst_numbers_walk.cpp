// SPDX-License-Identifier: GPL-3.0-or-later
// The Numbers page without a mouse and without eyes: what Tab reaches, what a screen reader finds.
#include "app/pages/numbers/block_sheet.h"
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/number_row.h"
#include "app/pages/numbers/value_card.h"
#include "core/formats/stored_number.h"
#include "tests/app/numbers_page.h"
#include "tests/test_case.h"
#include "widgets/bit_view.h"
#include "widgets/code_grid.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QSet>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

/// Everything below an interface that is shown, in the order of the tree. `broken` tells of a child whose parent
/// does not know it.
void collect(QAccessibleInterface* node, QList<QAccessibleInterface*>& all, QStringList& broken)
{
    all << node;
    for (int i = 0; i < node->childCount(); ++i) {
        QAccessibleInterface* child = node->child(i);
        if (!child || child->state().invisible)
            continue;
        if (node->indexOfChild(child) != i)
            broken << QStringLiteral("%1 in %2").arg(child->text(QAccessible::Name), node->text(QAccessible::Name));
        collect(child, all, broken);
    }
}

}  // namespace

class TestNumbersWalk : public QObject {
    Q_OBJECT

    static std::unique_ptr<NumbersFigure> pageOn(const char* tab, QJsonObject state = {})
    {
        auto page = numbersPage(tab, state);
        page->activateWindow();
        return page;
    }
    static void tabRows()
    {
        QTest::addColumn<QString>("tab");
        for (const char* tab : numbersTabs)
            QTest::newRow(tab) << QString(QLatin1String(tab));
    }
    /// Presses Tab until a widget has the focus; nullptr where that never happens.
    template <class Found>
    static QWidget* tabTo(QWidget& page, Found found)
    {
        for (int i = 0; i < 400; ++i) {
            QWidget* focused = QApplication::focusWidget();
            if (focused && found(focused))
                return focused;
            QTest::keyClick(focused ? focused : &page, Qt::Key_Tab);
        }
        return nullptr;
    }
    static QWidget* tabToName(QWidget& page, const QString& name)
    {
        return tabTo(page, [&](QWidget* widget) { return widget->accessibleName() == name; });
    }

private slots:
    void everyBitIsInTheTreeWithNameRoleAndState_data()
    {
        QTest::addColumn<QString>("formats");
        QTest::newRow("floats and integers") << QStringLiteral("fp64,fp32,tf32,fp16,bf16,e4m3,e2m1,e8m0,int8,uint4");
        QTest::newRow("tables, posits, P3109") << QStringLiteral("nf4,iq4_nl,posit8,posit16,binary8p4se,binary10p3uf");
    }
    void everyBitIsInTheTreeWithNameRoleAndState()
    {
        QFETCH(QString, formats);
        const auto page = pageOn("line", {{QStringLiteral("formats"), formats}});
        QList<QAccessibleInterface*> all;
        QStringList broken;
        collect(QAccessible::queryAccessibleInterface(page.get()), all, broken);
        QVERIFY2(broken.isEmpty(), qPrintable(broken.join(QStringLiteral("; "))));
        for (const NumberRowContent& row : page->content().rows) {
            const std::vector<int> bits = shownBits(row.format);
            std::size_t found = 0;
            for (QAccessibleInterface* node : all) {
                QAccessibleInterface* parent = node->parent();
                if (!parent || parent->object() != page->row(row.id)->bits() || found >= bits.size())
                    continue;
                const int bit = bits[found++];
                QCOMPARE(node->role(), QAccessible::CheckBox);
                QCOMPARE(node->text(QAccessible::Name), bitName(row.format, bit, row.stored.code));
                QVERIFY(node->text(QAccessible::Name).contains(QString::number(bit)));
                QVERIFY(node->state().checkable && node->state().focusable && !node->state().disabled);
                QCOMPARE(bool(node->state().checked), bool(row.stored.code >> bit & 1));
                QCOMPARE(node->text(QAccessible::Value), node->state().checked ? QStringLiteral("1") : QStringLiteral("0"));
            }
            QVERIFY2(found == bits.size(), qPrintable(QStringLiteral("%1: %2 bits of %3").arg(row.id).arg(found).arg(bits.size())));
        }
    }

    void whatTheTreeHoldsHasNamesAndRoles_data() { tabRows(); }
    void whatTheTreeHoldsHasNamesAndRoles()
    {
        QFETCH(QString, tab);
        const auto page = pageOn(tab.toUtf8().constData());
        QList<QAccessibleInterface*> all;
        QStringList broken;
        collect(QAccessible::queryAccessibleInterface(page.get()), all, broken);
        int controls = 0, pictures = 0;
        for (QAccessibleInterface* node : all) {
            QVERIFY(node->role() != QAccessible::NoRole);
            const bool isControl = node->state().focusable && !node->state().disabled;
            controls += isControl;
            if (isControl)
                QVERIFY2(!node->text(QAccessible::Name).isEmpty(), node->object() ? node->object()->metaObject()->className() : "a painted part");
            if (node->role() == QAccessible::Chart || node->role() == QAccessible::Table) {
                ++pictures;
                const QString words = node->text(QAccessible::Description) + node->text(QAccessible::Value);
                QVERIFY2(words.size() > 20, qPrintable(node->text(QAccessible::Name)));
            }
        }
        QVERIFY(controls > 15);
        QVERIFY2(pictures > 0, "no picture that speaks");
    }

    void everyCellOfTheGridIsInTheTree_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("arrangement");
        QTest::addColumn<int>("rows");
        QTest::newRow("E4M3, 16 by 16") << QStringLiteral("e4m3") << QStringLiteral("table") << 16;
        QTest::newRow("E4M3 by binade") << QStringLiteral("e4m3") << QStringLiteral("binade") << 16;
        QTest::newRow("E5M2 by binade") << QStringLiteral("e5m2") << QStringLiteral("binade") << 8;
        QTest::newRow("UE4M3") << QStringLiteral("ue4m3") << QStringLiteral("table") << 8;
        QTest::newRow("posit8") << QStringLiteral("posit8") << QStringLiteral("table") << 16;
        QTest::newRow("INT4") << QStringLiteral("int4") << QStringLiteral("table") << 4;
        QTest::newRow("P3109, ten bits") << QStringLiteral("binary10p4se") << QStringLiteral("binade") << 16;
    }
    void everyCellOfTheGridIsInTheTree()
    {
        QFETCH(QString, format);
        QFETCH(QString, arrangement);
        QFETCH(int, rows);
        const auto page = pageOn("values", {{QStringLiteral("formats"), format}, {QStringLiteral("selected"), format}, {QStringLiteral("arrangement"), arrangement}});
        const NumberRowContent& row = page->content().rows.front();
        CodeGrid* grid = nullptr;   // not the one of the tab Build a format
        for (CodeGrid* one : page->findChildren<CodeGrid*>())
            if (one->isVisible())
                grid = one;
        QVERIFY(grid);
        QAccessibleInterface* table = QAccessible::queryAccessibleInterface(grid);
        QCOMPARE(table->role(), QAccessible::Table);
        const int count = 1 << bitsOf(row.format);
        QCOMPARE(table->childCount(), count);
        QCOMPARE(table->tableInterface()->rowCount(), rows);
        QSet<QString> codes;
        for (int i = 0; i < count; ++i) {
            QAccessibleInterface* cell = table->child(i);
            QCOMPARE(cell->role(), QAccessible::Cell);
            QCOMPARE(table->indexOfChild(cell), i);
            QVERIFY(cell->state().selectable && cell->state().focusable);
            const QStringList words = cell->text(QAccessible::Name).split(QStringLiteral(", "));
            QCOMPARE(words.size(), 3);   // value, code, class
            QVERIFY(words[1].startsWith(QStringLiteral("code 0x")));
            const Code code = words[1].mid(5).toULongLong(nullptr, 16);
            codes << words[1];
            QCOMPARE(words[0], cell->text(QAccessible::Value));
            QCOMPARE(words[2], QString::fromStdString(describeCode(row.format, code).className));
            QCOMPARE(bool(cell->state().selected), code == row.stored.code);
            if (i % 17 == 0)
                QCOMPARE(table->childAt(cell->rect().center().x(), cell->rect().center().y()), cell);
        }
        QCOMPARE(int(codes.size()), count);
        // Choosing a cell by what a screen reader does is choosing it.
        cellOf(table, "0x1")->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(page->content().rows.front().stored.code, Code{1});
        QVERIFY(cellOf(table, "0x1")->state().selected);
    }
    static QAccessibleInterface* cellOf(QAccessibleInterface* table, const char* code)
    {
        for (int i = 0; i < table->childCount(); ++i)
            if (table->child(i)->text(QAccessible::Name).split(QStringLiteral(", "))[1].mid(5).toULongLong(nullptr, 16) == QByteArray(code).toULongLong(nullptr, 16))
                return table->child(i);
        return nullptr;
    }

    void everyValueOfABlockIsInTheTree()
    {
        const auto page = pageOn("block", {{QStringLiteral("block"), QStringLiteral("mxfp4")}});
        BlockSheet* sheet = page->findChild<BlockSheet*>();
        QAccessibleInterface* table = QAccessible::queryAccessibleInterface(sheet);
        QCOMPARE(table->childCount(), 32);
        for (int i = 0; i < 32; ++i) {
            QCOMPARE(table->child(i)->role(), QAccessible::Cell);
            QVERIFY(table->child(i)->text(QAccessible::Name).contains(QStringLiteral("stored as")));
        }
        table->child(5)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QVERIFY(table->child(5)->state().selected);
        QCOMPARE(table->tableInterface()->selectedCells(), QList{table->child(5)});
    }

    void tabGoesThroughAllControlsAndComesBack_data() { tabRows(); }
    void tabGoesThroughAllControlsAndComesBack()
    {
        QFETCH(QString, tab);
        const auto page = pageOn(tab.toUtf8().constData());
        QVERIFY(QTest::qWaitForWindowActive(page.get()));
        page->valueCard()->field()->setFocus();
        QWidget* first = QApplication::focusWidget();
        QSet<QWidget*> visited;
        int steps = 0;
        do {
            QWidget* focused = QApplication::focusWidget();
            QVERIFY2(!visited.contains(focused), qPrintable(focused->accessibleName()));   // No trap.
            visited << focused;
            QTest::keyClick(focused, Qt::Key_Tab);
            QVERIFY(QApplication::focusWidget());
        } while (QApplication::focusWidget() != first && ++steps < 300);
        QCOMPARE(QApplication::focusWidget(), first);
        for (QWidget* widget : page->findChildren<QWidget*>()) {
            const auto* button = qobject_cast<QAbstractButton*>(widget);
            const bool isOneOfMany = button && button->group() && !button->isChecked();
            const bool takesTab = widget->focusPolicy() & Qt::TabFocus && widget->isVisible() && widget->isEnabled() && !isOneOfMany && !widget->focusProxy();
            if (takesTab)
                QVERIFY2(visited.contains(widget), qPrintable(QStringLiteral("%1 \"%2\"").arg(QLatin1String(widget->metaObject()->className()), widget->accessibleName())));
        }
    }

    /// A person's way through the page with keys alone: type, flip, step, choose a tab, a cell, a rounding.
    void aWholeVisitNeedsNoMouse()
    {
        const auto page = pageOn("line");
        QVERIFY(QTest::qWaitForWindowActive(page.get()));
        page->setFocus();
        QTest::keyClick(page.get(), Qt::Key_V);
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("0.1"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(page->readings()[QStringLiteral("fp16.code")].toString(), QStringLiteral("0x2E66"));

        QWidget* bits = tabToName(*page, QStringLiteral("Bits of FP16"));
        QVERIFY(bits);
        QTest::keyClick(bits, Qt::Key_End);
        QTest::keyClick(bits, Qt::Key_Space);
        QCOMPARE(page->readings()[QStringLiteral("fp16.code")].toString(), QStringLiteral("0x2E67"));
        QWidget* next = tabToName(*page, QStringLiteral("Next number"));
        QVERIFY(next);
        QTest::keyClick(next, Qt::Key_Space);
        QCOMPARE(page->readings()[QStringLiteral("fp16.code")].toString(), QStringLiteral("0x2E68"));
        QTest::keyClick(tabToName(*page, QStringLiteral("Twice of it")), Qt::Key_Space);
        QCOMPARE(page->readings()[QStringLiteral("fp16.code")].toString(), QStringLiteral("0x3268"));

        const auto isTab = [](QWidget* widget) { return widget->inherits("QAbstractButton") && static_cast<QAbstractButton*>(widget)->text() == u"Number line"; };
        QWidget* tab = tabTo(*page, isTab);
        QVERIFY(tab);
        QTest::keyClick(tab, Qt::Key_Right);
        QCOMPARE(page->state()[QStringLiteral("tab")].toString(), QStringLiteral("stairs"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QCOMPARE(page->state()[QStringLiteral("tab")].toString(), QStringLiteral("values"));
        QWidget* grid = tabTo(*page, [](QWidget* widget) { return qobject_cast<CodeGrid*>(widget) != nullptr; });
        QVERIFY(grid);
        // Walking over the rows' bits has selected the last of them, INT8, whose values the grid shows.
        const QString before = page->readings()[QStringLiteral("code")].toString();
        QTest::keyClick(grid, Qt::Key_Right);
        QVERIFY2(page->readings()[QStringLiteral("code")].toString() != before, qPrintable(before));

        QTest::keyClick(page.get(), Qt::Key_R);
        QCOMPARE(page->readings()[QStringLiteral("rounding")].toString(), QStringLiteral("nearest-away"));
    }
};

QUANTOSCOPE_TEST(tst_numbers_walk, TestNumbersWalk)
#include "tst_numbers_walk.moc"
