// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quantization/block_format.h"
#include "core/quantization/element.h"
#include "core/quantization/level_map.h"
#include "widgets/controls.h"
#include "widgets/scheme_editor.h"

#include "tests/test_case.h"

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QSignalSpy>

#include <algorithm>
#include <tuple>

using namespace quantoscope;

class TestSchemeEditor : public QObject {
    Q_OBJECT

    static QList<QAction*> choicesOf(const QMenu* menu)
    {
        QList<QAction*> choices;
        for (QAction* action : menu->actions()) {
            if (action->menu())
                choices << choicesOf(action->menu());
            else if (!action->isSeparator() && action->isVisible() && !action->data().toString().isEmpty())
                choices << action;
        }
        return choices;
    }
    static QList<QAction*> choicesOf(ChoiceButton* button) { return choicesOf(button->menu()); }
    /// The same with the menus that are filled when they are opened.
    static QStringList allIdsOf(QMenu* menu)
    {
        emit menu->aboutToShow();
        QStringList ids;
        for (QAction* action : menu->actions()) {
            if (action->menu())
                ids << allIdsOf(action->menu());
            else
                ids << action->data().toString();
        }
        return ids;
    }

private slots:
    void everythingOfferedMakesASchemeThatReadsBack()
    {
        // From several schemes, because what is allowed depends on the other words.
        for (const char* start : {"int4", "int8,asymmetric,group=64,clip=mse", "e4m3,channel", "levels=16", "mxfp4", "nf4",
                                  "int4,clip=-0.1:0.1", "int3,rounding=down", "int4,channel,clip=kl", "levels=8,fit=lloyd",
                                  "int4,group=16,scale=e4m3,tensor-scale=fp32", "e2m1,group=32,scale=e8m0,scale-rule=even", "mxfp4,scale-rule=even",
                                  "int4,scale=e8m0,scale-rule=rceil"}) {
            SchemeEditor editor;
            for (ChoiceButton* button : editor.findChildren<ChoiceButton*>()) {
                for (QAction* choice : choicesOf(button)) {
                    editor.setScheme(*parseScheme(start));
                    editor.setPresentRange(-0.1, 0.1);
                    editor.setPresentLevels({-0.1, -0.02, 0.03, 0.1});
                    // What is offered follows from the other words.
                    if (button->isHidden() || !choice->isVisible())
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

    void everyFormatOfTheTableIsAnElementAndAScaleWhereItCanBe()
    {
        SchemeEditor editor;
        editor.setOwnFormats({QStringLiteral("float:1.4.2:7:finite")});
        const QStringList elements = allIdsOf(editor.word(QStringLiteral("element"))->menu());
        const QStringList scales = allIdsOf(editor.word(QStringLiteral("scale"))->menu());
        QVERIFY(elements.contains(QStringLiteral("float:1.4.2:7:finite")));
        int offered = 0;
        for (const FormatFamily& family : formatFamilies()) {
            for (const NumberFormat& format : formatsOf(family.id)) {
                const QString id = QString::fromUtf8(format.id.data(), qsizetype(format.id.size()));
                QCOMPARE(int(elements.count(id)), bitsOf(format) <= 16 ? 1 : 0);
                const bool multiplies = scales.contains(id + QStringLiteral("*fp32"));
                QVERIFY2(multiplies == (isScaleFormat(format.id) && id != u"fp32"), qPrintable(id));
                QVERIFY2(scales.contains(id) == (isScaleFormat(format.id) && !needsTensorScale(format.id)), qPrintable(id));
                ++offered;
            }
        }
        QVERIFY2(offered > 400, qPrintable(QString::number(offered)));
    }

    /// One of each family that is not among the usual ones, chosen as a person would.
    void unusualFormatsMakeSchemes()
    {
        const auto chosen = [](const char* start, const QString& word, const QString& id) {
            SchemeEditor editor;
            editor.setScheme(*parseScheme(start));
            allIdsOf(editor.word(word)->menu());
            for (QAction* action : editor.word(word)->menu()->findChildren<QAction*>())
                if (action->data().toString() == id)
                    action->trigger();
            return QString::fromStdString(schemeText(editor.scheme()));
        };
        const QString element = QStringLiteral("element"), scale = QStringLiteral("scale");
        for (const char* id : {"posit8", "posit16", "e8m0", "ue4m3", "uint4", "binary8p4se", "binary15p8uf", "e4m3b11fnuz"})
            QCOMPARE(chosen("int4,group=64,clip=mse", element, QLatin1String(id)), QLatin1String(id) + QStringLiteral(",group=64,clip=mse"));
        QCOMPARE(chosen("int4,group=16", scale, QStringLiteral("ue4m3")), QStringLiteral("int4,group=16,scale=ue4m3"));
        QCOMPARE(chosen("int4,group=16", scale, QStringLiteral("uint6*fp32")), QStringLiteral("int4,group=16,scale=uint6,tensor-scale=fp32"));
        QCOMPARE(chosen("int4", scale, QStringLiteral("uint6*fp32")), QStringLiteral("int4"));   // needs parts of the tensor
        QCOMPARE(chosen("levels=4", scale, QStringLiteral("posit16")), QStringLiteral("levels=4,scale=posit16"));
    }

    /// A power-of-two scale has a rule; what the rule does not go with takes it away.
    void aRuleComesAndGoesWithPowersOfTwo()
    {
        SchemeEditor editor;
        const auto choose = [&](const char* word, const QString& id) {
            bool isOffered = false;
            for (QAction* action : choicesOf(editor.word(QLatin1String(word))))
                if (action->data().toString() == id && action->isVisible() && !isOffered) {
                    isOffered = true;
                    action->trigger();
                }
            return isOffered ? QString::fromStdString(schemeText(editor.scheme())) : QStringLiteral("not offered");
        };
        const QString ruled = QStringLiteral("e2m1,group=32,scale=e8m0,scale-rule=even");
        const QString even = QString::number(int(PowerOfTwoRule::Even)), floor = QString::number(int(PowerOfTwoRule::Floor)),
                      nearest = QStringLiteral("nearest");
        editor.setScheme(*parseScheme("e2m1,group=32"));
        QVERIFY(editor.word(QStringLiteral("rule"))->isHidden());
        QCOMPARE(choose("scale", QStringLiteral("e8m0")), QStringLiteral("e2m1,group=32,scale=e8m0"));
        QCOMPARE(editor.word(QStringLiteral("rule"))->text(), QStringLiteral("to the nearest"));
        QCOMPARE(choose("rule", even), ruled);
        QCOMPARE(editor.word(QStringLiteral("rule"))->text(), QStringLiteral("as the element rounds"));
        QCOMPARE(choose("rule", floor), QString(ruled).replace(QStringLiteral("even"), QStringLiteral("floor")));
        QCOMPARE(choose("rule", nearest), QStringLiteral("e2m1,group=32,scale=e8m0"));
        for (const auto& [word, id, made] : {std::tuple{"scale", "fp16", "e2m1,group=32,scale=fp16"}, {"clip", "mse", "e2m1,group=32,clip=mse,scale=e8m0"},
                                             {"element", "posit8", "posit8,group=32,scale=e8m0"}, {"element", "levels=16", "levels=16"},
                                             {"element", "int4", "int4,group=32,scale=e8m0,scale-rule=even"}}) {
            editor.setScheme(*parseScheme(ruled.toStdString()));
            QCOMPARE(choose(word, QLatin1String(id)), QLatin1String(made));
        }
        QCOMPARE(choose("symmetry", QStringLiteral("asymmetric")), QStringLiteral("int4,asymmetric,group=32,scale=e8m0"));
        QVERIFY(editor.word(QStringLiteral("rule"))->isHidden());
        editor.setScheme(*parseScheme("posit8,group=32,scale=e8m0"));
        QCOMPARE(choose("rule", even), QStringLiteral("not offered"));
        editor.setScheme(*parseScheme("mxfp4"));
        QCOMPARE(choose("rule", nearest), QStringLiteral("not offered"));   // MX rounds down by itself
        QCOMPARE(choose("rule", even), QStringLiteral("mxfp4,scale-rule=even"));
        QCOMPARE(choose("rule", floor), QStringLiteral("mxfp4"));
    }

    void everyElementOfTheTablesIsOffered()
    {
        SchemeEditor editor;
        QStringList ids;
        for (QAction* action : choicesOf(editor.word(QStringLiteral("element"))))
            ids << action->data().toString();
        for (int bits = 1; bits <= 16; ++bits)
            QVERIFY(ids.contains(QStringLiteral("int%1").arg(bits)));
        for (const BlockFormat& format : blockFormats())
            QVERIFY2(ids.contains(QStringLiteral("name:") + QString::fromUtf8(format.id.data(), qsizetype(format.id.size()))),
                     std::string(format.id).c_str());
        for (const TableElement& table : tableElements())
            QVERIFY2(ids.contains(QString::fromStdString(table.id)), table.id.c_str());
    }

    void everyCalibrationMethodIsOffered()
    {
        SchemeEditor editor;
        QStringList ids;
        for (QAction* action : choicesOf(editor.word(QStringLiteral("clip"))))
            ids << action->data().toString();
        for (const CalibrationMethod& method : calibrationMethods())
            QVERIFY2(ids.contains(QString::fromStdString(clipText(method.clip))), clipText(method.clip).c_str());
    }

    void aBlockSchemeShowsOnlyWhatCanBeChosen_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("MX") << QStringLiteral("mxfp4") << QStringList{QStringLiteral("element"), QStringLiteral("rule")};
        QTest::newRow("powers of two") << QStringLiteral("e2m1,group=32,scale=e8m0")
                                       << QStringList{QStringLiteral("clip"), QStringLiteral("element"), QStringLiteral("granularity"),
                                                      QStringLiteral("rounding"), QStringLiteral("rule"), QStringLiteral("scale")};
        QTest::newRow("ggml") << QStringLiteral("q4_0") << QStringList{QStringLiteral("element")};
        QTest::newRow("codebook") << QStringLiteral("levels=16")
                                  << QStringList{QStringLiteral("element"), QStringLiteral("fit"), QStringLiteral("scale")};
        QTest::newRow("float") << QStringLiteral("e4m3")
                               << QStringList{QStringLiteral("clip"), QStringLiteral("element"), QStringLiteral("granularity"),
                                              QStringLiteral("rounding"), QStringLiteral("scale")};
    }
    void aBlockSchemeShowsOnlyWhatCanBeChosen()
    {
        QFETCH(QString, scheme);
        QFETCH(QStringList, words);
        SchemeEditor editor;
        editor.setScheme(*parseScheme(scheme.toStdString()));
        QStringList shown;
        for (ChoiceButton* button : editor.findChildren<ChoiceButton*>()) {
            if (!button->isHidden())
                shown << button->objectName();
        }
        shown.sort();
        words.sort();
        QCOMPARE(shown, words);
        QVERIFY(!editor.word(QStringLiteral("element"))->text().isEmpty());
    }

    /// INT8 → INT4 → group 64 → NF4 → k-means, each by two keys.
    void twoKeysMakeEachStepOfALecture()
    {
        SchemeEditor editor;
        editor.setScheme(*parseScheme("int8"));
        editor.show();
        struct Step { Qt::Key word, choice; const char* scheme; };
        for (const Step& step : {Step{Qt::Key_E, Qt::Key_4, "int4"}, Step{Qt::Key_P, Qt::Key_6, "int4,group=64"},
                                 Step{Qt::Key_E, Qt::Key_N, "nf4"}, Step{Qt::Key_E, Qt::Key_F, "levels=16"},
                                 Step{Qt::Key_E, Qt::Key_8, "int8"}, Step{Qt::Key_C, Qt::Key_L, "int8,clip=mse"},
                                 Step{Qt::Key_S, Qt::Key_A, "int8,asymmetric,clip=mse"}, Step{Qt::Key_E, Qt::Key_M, "mxfp4"}}) {
            QVERIFY(editor.openByKey(step.word));
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            QVERIFY(menu);
            QTest::keyClick(menu, step.choice);
            QVERIFY2(!menu->isVisible(), step.scheme);
            QCOMPARE(QString::fromStdString(schemeText(editor.scheme())), QLatin1String(step.scheme));
        }
        QVERIFY(!editor.openByKey(Qt::Key_S));   // no such word in a block scheme
    }

    void aNarrowSentenceShortensItsChoicesBeforeOneIsCut()
    {
        QWidget card;   // A window of its own would not become narrower than the sentence.
        card.resize(900, 60);
        SchemeEditor editor(&card);
        editor.setOffersMethods();
        editor.setCompact(true);
        editor.setScheme(*parseScheme("int4,group=64,clip=mse"));
        editor.resize(900, 40);
        card.show();
        const auto isCut = [&] {
            const auto buttons = editor.findChildren<ChoiceButton*>();
            return std::any_of(buttons.begin(), buttons.end(), [](const ChoiceButton* button) {
                return button->isVisible() && button->width() < static_cast<const QWidget*>(button)->sizeHint().width();
            });
        };
        const auto textOf = [&](const char* word) { return editor.word(QLatin1String(word))->text(); };
        QCOMPARE(textOf("clip"), QStringLiteral("least squared error"));
        QCOMPARE(textOf("rounding"), QStringLiteral("nearest even"));
        bool wasShort = false;
        for (int width = 900; width >= 300; width -= 5) {
            editor.resize(width, 40);
            QCoreApplication::processEvents();
            const bool isShort = textOf("clip") == u"least squares" && textOf("rounding") == u"to even";
            QVERIFY2(!isCut() || isShort, qPrintable(QString::number(width)));
            wasShort = wasShort || (isShort && !isCut());
        }
        QVERIFY(wasShort);
        editor.resize(900, 40);
        QCOMPARE(textOf("rounding"), QStringLiteral("nearest even"));
    }

    void levelsByHandBeginWithThoseInForce()
    {
        SchemeEditor editor;
        editor.setScheme(*parseScheme("levels=4"));
        editor.setPresentLevels({-0.1, -0.02, 0.03, 0.1});
        for (QAction* action : choicesOf(editor.word(QStringLiteral("fit")))) {
            if (action->data().toString() == QString::number(int(Fit::ByHand)))
                action->trigger();
        }
        QCOMPARE(schemeText(editor.scheme()), std::string("levels=-0.1:-0.02:0.03:0.1"));
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
