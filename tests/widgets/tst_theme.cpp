// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QApplication>
#include <QFontInfo>

#include <cmath>

using namespace quantoscope;

namespace {

/// Relative luminance and contrast ratio of WCAG 2.1, definitions "relative luminance", "contrast ratio".
double luminance(const QColor& colour)
{
    const auto linear = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double light = std::max(luminance(a), luminance(b)), dark = std::min(luminance(a), luminance(b));
    return (light + 0.05) / (dark + 0.05);
}

struct Tone {
    const char* name;
    QColor Theme::*colour;
};
const Tone texts[] = {{"text", &Theme::text},     {"muted", &Theme::muted}, {"faint", &Theme::faint},
                      {"accent", &Theme::accent}, {"error", &Theme::error}, {"good", &Theme::good}};
const Tone grounds[] = {{"window", &Theme::window}, {"rail", &Theme::rail},         {"card", &Theme::card},
                        {"control", &Theme::control}, {"selectedRow", &Theme::selectedRow}};

QColor mixed(const QColor& over, const QColor& ground, double share)
{
    const auto part = [share](double a, double b) { return float(a * share + b * (1 - share)); };
    return QColor::fromRgbF(part(over.redF(), ground.redF()), part(over.greenF(), ground.greenF()),
                            part(over.blueF(), ground.blueF()));
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT

private slots:
    void textIsReadableOnEveryGround_data()
    {
        QTest::addColumn<QColor>("ink");
        QTest::addColumn<QColor>("ground");
        // Every tone of text on every ground it may stand on.
        for (const Theme& t : themes()) {
            for (const Tone& ink : texts) {
                for (const Tone& ground : grounds)
                    QTest::addRow("%s: %s on %s", t.name, ink.name, ground.name) << t.*ink.colour << t.*ground.colour;
            }
            for (const QColor Theme::*ground : {&Theme::card, &Theme::window, &Theme::predictionSoft})
                QTest::addRow("%s: a prediction on %s", t.name, qPrintable((t.*ground).name())) << t.prediction << t.*ground;
            QTest::addRow("%s: text on an accent button", t.name) << t.onAccent << t.accent;
            QTest::addRow("%s: accent on its tint", t.name) << t.accent << t.accentSoft;
            const Tone inks[] = {{"sign", &Theme::signInk}, {"exponent", &Theme::exponentInk},
                                 {"mantissa", &Theme::mantissaInk}, {"integer", &Theme::integerInk}};
            QColor Theme::*hues[] = {&Theme::sign, &Theme::exponent, &Theme::mantissa, &Theme::integer};
            for (int i = 0; i < 4; ++i)
                QTest::addRow("%s: a 0 bit of the %s", t.name, inks[i].name)
                    << t.*inks[i].colour << mixed(t.*hues[i], t.card, t.zeroBitTint);
        }
    }
    void textIsReadableOnEveryGround()
    {
        QFETCH(QColor, ink);
        QFETCH(QColor, ground);
        const double ratio = contrast(ink, ground);
        // WCAG 2.1, criterion 1.4.3, level AA.
        QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("%1 on %2: %3").arg(ink.name(), ground.name()).arg(ratio)));
    }

    void themesAreFoundByName()
    {
        for (const Theme& t : themes())
            QCOMPARE(findTheme(QString::fromLatin1(t.name)), &t);
        QVERIFY(!findTheme(u"sepia"));
    }

    void fontsComeFromTheProgramItself()
    {
        setTheme(ThemeId::Light);
        QCOMPARE(QFontInfo(uiFont(13)).family(), QStringLiteral("Inter"));
        QCOMPARE(QFontInfo(titleFont(30)).family(), QStringLiteral("Inter Display"));
        QCOMPARE(QFontInfo(monoFont(13)).family(), QStringLiteral("JetBrains Mono"));
    }

    void zoomAndSmallestTextChangeEverySize()
    {
        setTheme(ThemeId::Light);
        setZoom(1.5);
        QCOMPARE(uiFont(20).pixelSize(), 30);
        setSmallestText(40);
        QCOMPARE(uiFont(20).pixelSize(), 40);
        QCOMPARE(uiFont(40).pixelSize(), 60);
        setSmallestText(0);
        setZoom(1);
        QCOMPARE(uiFont(20).pixelSize(), 20);
    }
};

QUANTOSCOPE_TEST(tst_theme, TestTheme)
#include "tst_theme.moc"
