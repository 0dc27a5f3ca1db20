// SPDX-License-Identifier: GPL-3.0-or-later
// One weight and its bits; every channel.
#include "tests/app/quantize_page.h"

#include "app/pages/numbers/borrowed_weight.h"
#include "app/pages/quantize/channel_panel.h"
#include "app/pages/quantize/fact_table.h"
#include "app/pages/quantize/weight_panel.h"
#include "widgets/bit_view.h"

#include "tests/test_case.h"

#include <QAbstractButton>
#include <QSignalSpy>

#include <cmath>

using namespace quantoscope;
using namespace quantoscope::quantize_tests;

class TestQuantizeWeight : public QObject {
    Q_OBJECT

private slots:
    void aClickSaysWhyAWeightIsStoredAsItIs()
    {
        QuantizeFigure figure;
        showSettled(figure, stateOf("int4,group=64"));
        QTest::mouseClick(figure.histogram(), Qt::LeftButton, {}, QPoint(figure.histogram()->width() * 2 / 3, figure.histogram()->height() / 4));
        QTRY_VERIFY_WITH_TIMEOUT(figure.weightPanel()->weight() && figure.isSettled(), 20000);
        const StoredWeight weight = *figure.weightPanel()->weight();
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(recipe));
        const auto expected = storedWeightOf(**source, (*source)->tensors().front(), figure.study().scheme(), weight.index);
        QCOMPARE(weight.stored, expected->stored);
        QCOMPARE(figure.state()[u"weight"].toInteger(), weight.index);
        QVERIFY(!figure.weightPanel()->table()->rows().front().figures.empty());
        QSignalSpy asked(&figure, &QuantizeFigure::numbersRequested);
        figure.weightPanel()->findChild<QAbstractButton*>(QStringLiteral("bitsOnNumbers"))->click();
        QCOMPARE(asked.size(), 1);
        const QJsonObject onNumbers = asked.first().first().toJsonObject();
        QCOMPARE(onNumbers[u"codeFormat"].toString(), QStringLiteral("int4"));
        QCOMPARE(onNumbers[u"code"].toString().toULongLong(nullptr, 0), weight.own->code);
        // The same weight under another scheme.
        figure.setScheme(*parseScheme("nf4"));
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.weightPanel()->weight(), 20000);
        QCOMPARE(figure.weightPanel()->weight()->index, weight.index);
        QVERIFY(figure.weightPanel()->weight()->codeBytes.size() > 1);
    }

    void aFlippedBitMakesAnotherWeight()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("q4_0");
        state[u"detail"] = QStringLiteral("weight");
        state[u"weight"] = 4321;
        showSettled(figure, state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.weightPanel()->weight() && figure.isSettled(), 20000);
        QVERIFY(figure.weightPanel()->weight()->own);
        const WeightCode own = *figure.weightPanel()->weight()->own;
        QVERIFY(!figure.changedWeight());
        QSignalSpy changed(&figure, &Figure::changed);
        figure.weightPanel()->bits()->flipBit(3);
        QCOMPARE(changed.size(), 1);
        QVERIFY(figure.changedWeight());
        QCOMPARE(figure.changedWeight()->index, 4321);
        QCOMPARE(figure.changedWeight()->value, float(own.values[std::size_t(own.code ^ 8)]));
        const QJsonObject flipped = figure.state();
        // The nibble arrives on Numbers as the whole number it is, with its scale and zero point.
        const QJsonObject onNumbers = figure.weightPanel()->numbersState();
        QCOMPARE(onNumbers[u"codeFormat"].toString(), QStringLiteral("uint4"));
        QCOMPARE(onNumbers[u"code"].toString().toULongLong(nullptr, 0), own.code ^ 8);
        QCOMPARE(onNumbers[u"weight"].toObject()[u"code"].toString().toULongLong(nullptr, 0), own.code);

        figure.weightPanel()->findChild<QAbstractButton*>(QStringLiteral("unflip"))->click();
        QVERIFY(!figure.changedWeight());
        QCOMPARE(changed.size(), 2);
        figure.setState(flipped);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.changedWeight(), 20000);
        QCOMPARE(figure.changedWeight()->value, float(own.values[std::size_t(own.code ^ 8)]));
        figure.setScheme(*parseScheme("int4"));
        QVERIFY(!figure.changedWeight());
    }

    void aBitFlipsUnderAMethodToo_data()
    {
        QTest::addColumn<QByteArray>("method");
        for (const CompensationMethod& method : compensationMethods())
            QTest::newRow(method.id.data()) << QByteArray(method.id.data());
    }
    void aBitFlipsUnderAMethodToo()
    {
        QFETCH(QByteArray, method);
        constexpr const char* matrix = "normal,count=16384,columns=128,seed=7";
        constexpr const char* inputs = "synthetic:rho=0.8,outliers=2,factor=20,tokens=512,seed=3";
        QuantizeFigure figure;
        showSettled(figure, {{QStringLiteral("scheme"), QStringLiteral("int4,group=64")},
                             {QStringLiteral("synthetic"), QLatin1String(matrix)},
                             {QStringLiteral("inputs"), QLatin1String(inputs)},
                             {QStringLiteral("method"), QString::fromLatin1(method)},
                             {QStringLiteral("detail"), QStringLiteral("weight")},
                             {QStringLiteral("weight"), 4321}});
        QTRY_VERIFY_WITH_TIMEOUT(figure.weightPanel()->weight() && figure.isSettled(), 60000);
        const StoredWeight weight = *figure.weightPanel()->weight();
        const auto source = makeSyntheticTensor(*parseSyntheticRecipe(matrix));
        const Activations activations = makeActivations(*parseSyntheticActivations(inputs), 128);
        const CompensatedScheme scheme{*parseScheme("int4,group=64"), findCompensationMethod(method.toStdString())};
        const auto expected = storedWeightOf(**source, (*source)->tensors().front(), scheme, &activations, 4321);
        QCOMPARE(weight.stored, expected->stored);
        QCOMPARE(weight.own.has_value(), method != "hadamard");   // A rotation mixes a whole row in every code.
        QCOMPARE(figure.weightPanel()->bits()->isVisible(), weight.own.has_value());
        // Numbers gets what is stored: a code of a format under its scale, which means the stored value.
        const QJsonObject onNumbers = figure.weightPanel()->numbersState();
        if (!weight.own) {
            QCOMPARE(onNumbers.keys(), QStringList{QStringLiteral("value")});
            return;
        }
        const QJsonObject sent = onNumbers[u"weight"].toObject();
        QCOMPARE(onNumbers[u"code"].toString().toULongLong(nullptr, 0), weight.own->code);
        QCOMPARE(sent[u"code"].toString().toULongLong(nullptr, 0), weight.own->code);
        QCOMPARE(sent[u"method"].toString(), QString::fromLatin1(method));
        QCOMPARE(sent[u"speaks"].toBool(true), !scheme.method->needsActivations);   // These inputs are none of a model that speaks.
        for (Code code = 0; code < 16; ++code)
            if (const double meant = BorrowedWeight::valueOf(sent, code), stored = weight.own->values[code]; !std::isnan(stored))
                QVERIFY2(std::abs(meant - stored) <= 0x1p-22 * std::abs(stored), qPrintable(QStringLiteral("%1: %2 is not %3").arg(code).arg(meant).arg(stored)));
        figure.weightPanel()->bits()->flipBit(3);
        QCOMPARE(figure.weightPanel()->numbersState()[u"code"].toString().toULongLong(nullptr, 0), weight.own->code ^ 8);
        QVERIFY(figure.changedWeight());
        QCOMPARE(figure.changedWeight()->value, float(weight.own->values[std::size_t(weight.own->code ^ 8)]));
        QVERIFY(!figure.hasWordsOfWeight());   // Drawn weights say nothing.
        const QJsonObject flipped = figure.state();
        figure.setMethod({});
        QVERIFY(!figure.changedWeight());
        figure.setState(flipped);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.changedWeight(), 60000);
        QCOMPARE(figure.changedWeight()->value, float(weight.own->values[std::size_t(weight.own->code ^ 8)]));
    }

    void channelsAreThoseOfTheTensor()
    {
        QuantizeFigure figure;
        QJsonObject state = stateOf("int4,channel");
        state[u"detail"] = QStringLiteral("channels");
        showSettled(figure, state);
        QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && !figure.channelPanel()->channels().empty(), 20000);
        QCOMPARE(std::int64_t(figure.channelPanel()->channels().size()), figure.study().tensor()->shape.front());
        QVERIFY(!figure.grab().isNull());
    }
};

QUANTOSCOPE_TEST(tst_quantize_weight, TestQuantizeWeight)
#include "tst_quantize_weight.moc"
