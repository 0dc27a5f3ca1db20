// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/link.h"

#include "tests/test_case.h"

#include <QRegularExpression>

using namespace quantoscope;

class TestLink : public QObject {
    Q_OBJECT

private slots:
    void aLinkReadsBack()
    {
        const Link link{QStringLiteral("numbers"),
                        {{QStringLiteral("value"), QStringLiteral("π ≈ 3.14 <&>?")}, {QStringLiteral("zoom"), 1e-300}},
                        {{QStringLiteral("scheme"), QStringLiteral("int4,group=64")}}};
        const QString text = linkText(link);
        QVERIFY(looksLikeLink(text));
        // Nothing a mail program or a shell would break.
        QVERIFY(QRegularExpression(QStringLiteral("^quantoscope:[A-Za-z0-9_-]+$")).match(text).hasMatch());
        const auto read = parseLink(text);
        QVERIFY(read.has_value());
        QVERIFY(*read == link);
        QVERIFY(*parseLink(QStringLiteral("  ") + text + QStringLiteral("\n")) == link);
    }

    void aDamagedLinkIsASentence_data()
    {
        QTest::addColumn<QString>("text");
        const QString whole = linkText({QStringLiteral("numbers"), {{QStringLiteral("value"), 1}}, {}});
        QTest::newRow("cut short") << whole.left(whole.size() / 2);
        QTest::newRow("foreign character") << whole + QStringLiteral("!");
        QTest::newRow("empty") << QStringLiteral("quantoscope:");
        QTest::newRow("no page") << QStringLiteral("quantoscope:e30");
        QTest::newRow("another scheme") << QStringLiteral("https://example.org");
        QTest::newRow("far too long") << QStringLiteral("quantoscope:") + QString(3 << 20, u'A');
    }
    void aDamagedLinkIsASentence()
    {
        QFETCH(QString, text);
        const auto read = parseLink(text);
        QVERIFY(!read.has_value());
        QVERIFY(read.error().message.ends_with('.'));
    }
};

QUANTOSCOPE_TEST(tst_link, TestLink)
#include "tst_link.moc"
