// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/card_deck.h"
#include "widgets/controls.h"

#include "tests/test_case.h"

using namespace quantoscope;

class TestCardDeck : public QObject {
    Q_OBJECT

private slots:
    void tabsThatDoNotFitBecomeAMenu()
    {
        CardDeck deck;
        for (const char* title : {"Error and speed", "Rounding or sums", "Error against K"})
            deck.addPanel(QLatin1String(title), QLatin1String(title), new QWidget);
        deck.setTabbed(true);
        deck.resize(700, 200);
        deck.show();
        auto* tabs = deck.findChild<TabStrip*>();
        auto* menu = deck.findChild<ChoiceButton*>();
        QVERIFY(tabs->isVisible() && !menu->isVisible());
        deck.setCurrent(QStringLiteral("Error against K"));
        deck.resize(220, 200);
        QVERIFY(!tabs->isVisible() && menu->isVisible());
        QCOMPARE(menu->current(), QStringLiteral("Error against K"));
        CardDeck other;
        other.setTabbed(true);
        deck.movePanel(QStringLiteral("Error against K"), other, {});
        QVERIFY(other.hasPanel(QStringLiteral("Error against K")) && !deck.hasPanel(QStringLiteral("Error against K")));
        QCOMPARE(deck.current(), QStringLiteral("Error and speed"));
    }
};

QUANTOSCOPE_TEST(tst_card_deck, TestCardDeck)
#include "tst_card_deck.moc"
