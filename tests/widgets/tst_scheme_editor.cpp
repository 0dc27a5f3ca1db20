// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/scheme_editor.h"
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QAction>
#include <QMenu>
#include <QSignalSpy>

using namespace quantoscope;

class TestSchemeEditor : public QObject {
    Q_OBJECT

    static QList<QAction*> choicesOf(ChoiceButton* button)
    {
        QList<QAction*> choices;
        for (QAction* action : button->menu()->actions()) {
            if (!action->isSeparator() && !action->data().toString().isEmpty())
                choices << action;
        }
        return choices;
    }

private slots:
    void initTestCase()
    {
        loadFonts();
        setTheme(ThemeId::Light);
    }

    void everythingOfferedMakesASchemeThatReadsBack()
    {
        // From several schemes, because what is allowed depends on the other words.
        for (const char* start : {"int4", "int8,asymmetric,group=64,clip=mse", "e4m3,channel", "levels=16",
                                  "int4,clip=-0.1:0.1", "int3,rounding=down"}) {
            SchemeEditor editor;
            for (ChoiceButton* button : editor.findChildren<ChoiceButton*>()) {
                for (QAction* choice : choicesOf(button)) {
                    editor.setScheme(*parseScheme(start));
                    editor.setPresentRange(-0.1, 0.1);
                    if (button->isHidden())
                        continue;
                    QSignalSpy chosen(&editor, &SchemeEditor::schemeChosen);
                    choice->trigger();
                    QCOMPARE(chosen.size(), 1);
                    const std::string text = schemeText(editor.scheme());
                    const auto read = parseScheme(text);
                    QVERIFY2(read.has_value(), text.c_str());
                    QVERIFY2(*read == editor.scheme(), text.c_str());
                }
            }
        }
    }

    void allIntegersFromTwoToEightBitsAreOffered()
    {
        SchemeEditor editor;
        QStringList ids;
        for (QAction* action : choicesOf(editor.findChild<ChoiceButton*>(QStringLiteral("element"))))
            ids << action->data().toString();
        for (int bits = 2; bits <= 8; ++bits)
            QVERIFY(ids.contains(QStringLiteral("int%1").arg(bits)));
        for (const char* id : {"e4m3", "e5m2", "e2m1", "levels=16"})
            QVERIFY2(ids.contains(QLatin1String(id)), id);
    }

    void onlyIntegersHaveAZeroPoint()
    {
        SchemeEditor editor;
        editor.setScheme(*parseScheme("int8,asymmetric"));
        for (QAction* action : choicesOf(editor.findChild<ChoiceButton*>(QStringLiteral("element")))) {
            if (action->data().toString() == u"e4m3")
                action->trigger();
        }
        QCOMPARE(editor.scheme().element, std::string("e4m3"));
        QCOMPARE(editor.scheme().symmetry, Symmetry::Symmetric);
        QVERIFY(editor.findChild<ChoiceButton*>(QStringLiteral("symmetry"))->isHidden());
    }

    void settingASchemeSaysNothing()
    {
        SchemeEditor editor;
        QSignalSpy chosen(&editor, &SchemeEditor::schemeChosen);
        editor.setScheme(*parseScheme("int4,group=32,clip=mse"));
        QCOMPARE(chosen.size(), 0);
        QCOMPARE(schemeText(editor.scheme()), schemeText(*parseScheme("int4,group=32,clip=mse")));
    }

    void byHandBeginsAtTheRangeInForce()
    {
        SchemeEditor editor;
        editor.setScheme(*parseScheme("int4,clip=mse"));
        editor.setPresentRange(-0.06, 0.06);
        for (QAction* action : choicesOf(editor.findChild<ChoiceButton*>(QStringLiteral("clip")))) {
            if (action->data().toString() == u"hand")
                action->trigger();
        }
        QCOMPARE(editor.scheme().clip.kind, Clip::Kind::ByHand);
        QCOMPARE(editor.scheme().clip.high, 0.06);
    }

    void aLessonShowsOnlyItsWords()
    {
        SchemeEditor editor;
        editor.showOnly({QStringLiteral("element")});
        QVERIFY(!editor.findChild<ChoiceButton*>(QStringLiteral("element"))->isHidden());
        QVERIFY(editor.findChild<ChoiceButton*>(QStringLiteral("clip"))->isHidden());
    }
};

QUANTOSCOPE_TEST(tst_scheme_editor, TestSchemeEditor)
#include "tst_scheme_editor.moc"
