// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/crumb.h"
#include "app/glossary.h"
#include "app/main_window.h"
#include "app/page.h"
#include "app/palette.h"
#include "app/palette_view.h"
#include "app/workspace.h"
#include "core/formats/number_format.h"
#include "widgets/controls.h"
#include "widgets/figure.h"
#include "widgets/theme.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QTemporaryDir>

using namespace quantoscope;

namespace {

/// What is too small for its words, as sentences.
QStringList clipped(const QWidget& window)
{
    QStringList found;
    const auto note = [&](const QWidget* widget, const QString& text, const QSize& needed) {
        found << QStringLiteral("%1 “%2” has %3×%4 and needs %5×%6")
                     .arg(QString::fromLatin1(widget->metaObject()->className()), text)
                     .arg(widget->width()).arg(widget->height()).arg(needed.width()).arg(needed.height());
    };
    for (const QLabel* label : window.findChildren<QLabel*>()) {
        const auto* text = qobject_cast<const TextLabel*>(label);
        if (!label->isVisible() || label->text().isEmpty() || (text && text->elides()))
            continue;
        const QSize needed = label->wordWrap() ? QSize(0, label->heightForWidth(label->width())) : label->sizeHint();
        if (label->width() < needed.width() || label->height() < needed.height())
            note(label, label->text(), needed);
    }
    for (const QAbstractButton* button : window.findChildren<QAbstractButton*>()) {
        // A crumb cuts its value in the middle with "…" and shows it whole in its list.
        if (!button->isVisible() || button->text().isEmpty() || qobject_cast<const Crumb*>(button))
            continue;
        const QSize needed = button->minimumSizeHint();
        if (button->width() < needed.width() || button->height() < needed.height())
            note(button, button->text(), needed);
    }
    return found;
}

/// A file of that many tensors of one byte: t0.w, t1.w …
class ManyTensors {
public:
    explicit ManyTensors(int count)
    {
        QByteArray header = "{";
        for (int i = 0; i < count; ++i) {
            const QByteArray n = QByteArray::number(i);
            header += (i > 0 ? ",\"t" : "\"t") + n + ".w\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[" + n + ','
                + QByteArray::number(i + 1) + "]}";
        }
        header += '}';
        QByteArray bytes(8, '\0');
        for (int i = 0; i < 8; ++i)
            bytes[i] = char(quint64(header.size()) >> (8 * i));
        QFile file(path());
        isWritten = file.open(QIODevice::WriteOnly) && file.write(bytes + header + QByteArray(count, 'x')) > 0;
    }
    QString path() const { return m_folder.filePath(QStringLiteral("many.safetensors")); }
    bool isWritten = false;

private:
    QTemporaryDir m_folder;
};

}  // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<MainWindow> m_window;

    QStringList titles(const QString& query, const QString& source = {})
    {
        QStringList found;
        for (const auto& match : findInPalette(*m_window, query, source))
            found << match.entry.title;
        return found;
    }

private slots:
    void init()
    {
        m_workspace = std::make_unique<Workspace>();
        m_window = std::make_unique<MainWindow>(*m_workspace, Settings());
        m_window->setStill();
        m_window->resize(1024, 640);
        m_window->show();
    }
    void cleanup()
    {
        m_window.reset();
        m_workspace.reset();
        setSmallestText(0);
        setZoom(1);
        setTheme(ThemeId::Light);
    }

    void noWordsAreCutOnAnyPage_data()
    {
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("theme");
        for (const PageRow& row : pages()) {
            for (const Theme& t : themes())
                QTest::addRow("%s, %s", row.id, t.name) << QString(QLatin1String(row.id)) << QString(QLatin1String(t.name));
        }
        for (const Theme& t : themes())
            QTest::addRow("start, %s", t.name) << QStringLiteral("start") << QString(QLatin1String(t.name));
    }
    void noWordsAreCutOnAnyPage()
    {
        QFETCH(QString, page);
        QFETCH(QString, theme);
        setTheme(findTheme(theme)->id);
        if (page == u"start")
            m_window->showStart();
        else
            m_window->showPage(page);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->isSettled(), 30000);
        QTest::qWait(30);
        QCOMPARE(m_window->size(), QSize(1024, 640));
        const QStringList found = clipped(*m_window);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QStringLiteral("; "))));
    }

    void whyMarksLieAboveTheRoofIsReadInALowWindow_data()
    {
        QTest::addColumn<QString>("theme");
        for (const Theme& t : themes())
            QTest::addRow("%s", t.name) << QString(QLatin1String(t.name));
    }
    void whyMarksLieAboveTheRoofIsReadInALowWindow()
    {
        // Which of the reasons a run gives depends on how busy the machine is: here all of them.
        QFETCH(QString, theme);
        setTheme(findTheme(theme)->id);
        m_window->showPage(QStringLiteral("gemm"));
        QTRY_VERIFY_WITH_TIMEOUT(m_window->isSettled(), 30000);
        auto* label = m_window->findChild<QLabel*>(QStringLiteral("roofText"));
        auto* button = m_window->findChild<QAbstractButton*>(QStringLiteral("measureRoof"));
        QVERIFY(label && button);
        label->setText(QStringLiteral("Above the roof: INT8 and 5 more (integers: own peak), W8A16 Q8_0 and 2 more (in the cache), "
                                      "W4A16 MXFP4 and 4 more (machine was busy)."));
        label->show();
        button->show();
        QTest::qWait(30);
        const QStringList found = clipped(*m_window);
        QVERIFY2(found.isEmpty(), qPrintable(found.join(QStringLiteral("; "))));
    }

    void everyPageKeepsItsState_data()
    {
        QTest::addColumn<QString>("page");
        for (const PageRow& row : pages())
            QTest::addRow("%s", row.id) << QString(QLatin1String(row.id));
    }
    void everyPageKeepsItsState()
    {
        QFETCH(QString, page);
        m_window->showPage(page);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->isSettled(), 30000);
        const QJsonObject before = m_window->page()->state();
        m_window->page()->setState(before);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->isSettled(), 30000);
        QCOMPARE(m_window->page()->state(), before);
        QJsonObject more = before;
        more[u"no such key"] = 1;
        m_window->page()->setState(more);
        QTRY_VERIFY_WITH_TIMEOUT(m_window->isSettled(), 30000);
        QCOMPARE(m_window->page()->state(), before);
    }

    void thePaletteFindsEveryPageFormatSchemeAndTerm()
    {
        for (const PageRow& row : pages())
            QVERIFY2(titles(QString::fromLatin1(row.title)).contains(QString::fromLatin1(row.title)), row.title);
        for (const NumberFormat& format : numberFormats()) {
            const QString name = QString::fromUtf8(format.name.data(), qsizetype(format.name.size()));
            QVERIFY2(titles(name).contains(name), qPrintable(name));
        }
        for (const NamedScheme& scheme : namedSchemes()) {
            const QString id = QString::fromUtf8(scheme.id.data(), qsizetype(scheme.id.size()));
            QVERIFY2(titles(id).contains(id), qPrintable(id));
        }
        QVERIFY(glossary().size() > 50);
        for (const GlossaryTerm& term : glossary())
            QVERIFY2(titles(term.title).contains(term.title), qPrintable(term.title));
    }

    void thePaletteFindsTensorsOfTheOpenModel()
    {
        QVERIFY(titles(QStringLiteral("normal"), QStringLiteral("tensors")).isEmpty());
        m_workspace->openSynthetic({});
        const QString name = QString::fromStdString(m_workspace->model()->tensors().front().name);
        QCOMPARE(titles(name.left(3), QStringLiteral("tensors")), QStringList{name});
    }

    void everyWordOfAQueryMustOccur()
    {
        QVERIFY(titles(QStringLiteral("theme dark")).contains(QStringLiteral("Theme: dark")));
        QVERIFY(titles(QStringLiteral("dark theme")).contains(QStringLiteral("Theme: dark")));
        QVERIFY(titles(QStringLiteral("qwxyzzy")).isEmpty());
    }

    void namesOfAVeryLargeModelAreFoundWhileTheWindowAnswers()
    {
        const ManyTensors many(int(namesSearchedAtOnce) + 5000);
        m_workspace->openModel(many.path());
        QVERIFY(QTest::qWaitFor([&] { return m_workspace->model() && m_workspace->modelPath() == many.path(); }, 20000));
        // Nothing asked: the first of the file, in its order.
        const QStringList first = titles({}, QStringLiteral("tensors"));
        QCOMPARE(first.size(), qsizetype(mostTensorsListed));
        QCOMPARE(first[0], QStringLiteral("t0.w"));
        QCOMPARE(first.back(), QStringLiteral("t%1.w").arg(mostTensorsListed - 1));
        // What is found is what a search of every name finds, best first.
        const TensorHits hits = findTensorsNamed(*m_workspace->model(), QStringLiteral("t24999"));
        QCOMPARE(hits.size(), std::size_t(1));
        QCOMPARE(hits[0].tensor, 24999u);
        QVERIFY(findTensorsNamed(*m_workspace->model(), QStringLiteral("9")).size() == mostTensorsListed);

        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        auto* palette = m_window->findChild<PaletteView*>();
        palette->open(QStringLiteral("tensors"));
        auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(field);
        QTest::keyClicks(field, QStringLiteral("t24999"));
        QTest::keyClick(field, Qt::Key_Return);   // At once: it means what was typed, whatever is listed by now.
        QVERIFY(QTest::qWaitFor([&] { return !palette->isVisible(); }, 10000));
        QCOMPARE(QString::fromStdString(m_workspace->tensor()->name), QStringLiteral("t24999.w"));
    }

    void thePaletteIsWorkedByKeyboard()
    {
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        auto* palette = m_window->findChild<PaletteView*>();
        QVERIFY(palette->isVisible());
        auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(field);
        QTest::keyClicks(field, QStringLiteral("theme: dark"));
        QCOMPARE(palette->titles().value(0), QStringLiteral("Theme: dark"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(!palette->isVisible());
        QCOMPARE(theme().id, ThemeId::Dark);
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
    }

    void aPastedLinkRestoresAPage()
    {
        const Link link{QStringLiteral("reference"),
                        {{QStringLiteral("tab"), QStringLiteral("glossary")}, {QStringLiteral("term"), QStringLiteral("ulp")}},
                        {{QStringLiteral("scheme"), QStringLiteral("int4")}}};
        const auto found = findInPalette(*m_window, linkText(link));
        QVERIFY(!found.empty());
        found.front().entry.run();
        QCOMPARE(m_window->pageId(), QStringLiteral("reference"));
        QCOMPARE(m_window->page()->state()[u"term"].toString(), QStringLiteral("ulp"));
        QVERIFY(m_workspace->scheme() == *parseScheme("int4"));
        m_window->openLink(QStringLiteral("quantoscope:nonsense"));
        QVERIFY(!m_window->problem().isEmpty());
    }

    void aLinkWithASchemeThatCannotBeReadSaysSoOnItsPage()
    {
        m_window->showPage(QStringLiteral("reference"));
        for (const char* page : {"quantize", "quantize", "numbers"}) {
            m_window->openLink(linkText({QString::fromLatin1(page), {}, {{QStringLiteral("scheme"), QStringLiteral("int4,foo=3")}}}));
            QCOMPARE(m_window->pageId(), QString::fromLatin1(page));
            QTRY_VERIFY_WITH_TIMEOUT(m_window->isSettled(), 30000);
            QVERIFY2(m_window->problem().contains(QStringLiteral("foo")), qPrintable(m_window->problem()));
        }
        // The next one is right, and takes the sentence away.
        m_window->openLink(linkText({QStringLiteral("numbers"), {}, {{QStringLiteral("scheme"), QStringLiteral("int4")}}}));
        QCOMPARE(m_window->problem(), QString());
    }

    void presenterModeShowsThePageAloneAndLarge()
    {
        m_window->showPage(QStringLiteral("reference"));
        m_window->setPresenting(true);
        QCOMPARE(theme().id, ThemeId::Projector);
        QVERIFY(uiFont(11).pixelSize() >= m_window->height() / 40.0);
        for (const Crumb* crumb : m_window->findChildren<Crumb*>())
            QVERIFY(!crumb->isVisible());
        m_window->setPresenting(false);
        QCOMPARE(theme().id, ThemeId::Light);
        QCOMPARE(uiFont(11).pixelSize(), 11);
    }

    void whatIsTypedOnAFreshPageReachesIt()
    {
        // The start page leaves the keyboard nowhere in particular; a newcomer types all the same.
        m_window->showStart();
        m_window->showPage(QStringLiteral("numbers"));
        QTest::keyClick(m_window->focusWidget(), '1');
        QTest::keyClick(m_window->focusWidget(), '/');
        QTest::keyClick(m_window->focusWidget(), '3');
        QCOMPARE(m_window->page()->state()[QStringLiteral("value")].toString(), QStringLiteral("1/3"));
    }

    void enterStartsTheFirstLessonOfAFreshPage()
    {
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->showPage(QStringLiteral("numbers"));
        m_window->showPage(QStringLiteral("lessons"));
        QTest::keyClick(m_window->focusWidget(), Qt::Key_Return);
        QVERIFY(!m_window->page()->state()[QStringLiteral("lesson")].toString().isEmpty());
    }

    void thePagesKeysWorkWhilePresenting()
    {
        m_window->showPage(QStringLiteral("numbers"));
        m_window->setPresenting(true);
        const QJsonObject before = m_window->page()->state();
        QTest::keyClick(m_window->focusWidget(), Qt::Key_F);
        QVERIFY(m_window->page()->state()[QStringLiteral("selected")] != before[QStringLiteral("selected")]);
        m_window->setPresenting(false);
    }

    void thePagesKeysWorkWhileTheRailOrTheTopLineHasTheFocus()
    {
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->showPage(QStringLiteral("gemm"));
        int tried = 0;
        for (QWidget* outside : m_window->findChildren<QAbstractButton*>()) {
            if (m_window->page()->isAncestorOf(outside) || !outside->isVisible() || outside->focusPolicy() == Qt::NoFocus)
                continue;
            outside->setFocus();
            if (m_window->focusWidget() != outside)
                continue;
            ++tried;
            const QJsonValue before = m_window->page()->state()[QStringLiteral("shown")];
            QTest::keyClick(outside, Qt::Key_V);
            QVERIFY2(m_window->page()->state()[QStringLiteral("shown")] != before, qPrintable(outside->accessibleName()));
            QTest::keyClick(outside, Qt::Key_F12);   // Nobody's: neither the page nor the window waits for the other.
        }
        QVERIFY2(tried >= 3, qPrintable(QString::number(tried)));
    }

    void aMissingFileIsASentenceInTheBar()
    {
        m_window->openFile(QStringLiteral("/nowhere/model.safetensors"));
        QTRY_VERIFY(!m_window->problem().isEmpty());
        QVERIFY2(m_window->problem().contains(QStringLiteral("model.safetensors")), qPrintable(m_window->problem()));
    }

    void themesChangeEveryWidget()
    {
        m_window->showPage(QStringLiteral("reference"));
        QList<QImage> seen;
        for (const Theme& t : themes()) {
            setTheme(t.id);
            const QImage picture = m_window->grab().toImage();
            QCOMPARE(picture.pixelColor(m_window->width() - 3, m_window->height() - 3), t.window);
            QVERIFY(!seen.contains(picture));
            seen << picture;
        }
    }
};

QUANTOSCOPE_TEST(tst_main_window, TestMainWindow)
#include "tst_main_window.moc"
