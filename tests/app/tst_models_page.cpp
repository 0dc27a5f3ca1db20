// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/models_page.h"

#include "app/pages/models/model_scan.h"
#include "app/pages/models/tensor_panel.h"
#include "app/workspace.h"
#include "core/quantization/quantize.h"
#include "tests/test_case.h"
#include "widgets/controls.h"
#include "widgets/heat_map.h"
#include "widgets/tensor_table.h"

#include <QJsonArray>
#include <QLineEdit>
#include <QSignalSpy>

#include <algorithm>
#include <memory>

using namespace quantoscope;

class TestModelsPage : public QObject {
    Q_OBJECT

    struct Shown {
        Workspace workspace;
        std::unique_ptr<ModelsPage> page;
        Shown()
            : page(std::make_unique<ModelsPage>(workspace))
        {
            page->resize(1300, 800);
            page->show();
        }
        bool openSample()
        {
            workspace.openSampleModel();
            return QTest::qWaitFor([this] { return workspace.model() && !page->scan()->isRunning() && page->isSettled(); }, 60000);
        }
        TensorTableModel& tensors() { return *page->table()->tensors(); }
    };

private slots:
    void withoutAModelThePageOffersTheSample()
    {
        Shown shown;
        auto* sample = shown.page->findChild<PushButton*>(QStringLiteral("openSample"));
        QVERIFY(sample && sample->isVisible());
        QVERIFY(shown.page->isSettled());
        QVERIFY(shown.page->csv().isEmpty());
        sample->click();
        QVERIFY(QTest::qWaitFor([&] { return shown.workspace.model() != nullptr; }, 20000));
        QVERIFY(shown.page->table()->isVisible());
    }

    void aFileThatIsNoModelIsASentence()
    {
        Shown shown;
        QSignalSpy problem(&shown.workspace, &Workspace::problem);
        shown.workspace.openModel(QStringLiteral(TEST_DATA "/models/npy/bad_magic.npy"));
        QVERIFY(QTest::qWaitFor([&] { return !problem.isEmpty() && !problem.last()[0].toString().isEmpty(); }, 20000));
        QVERIFY(shown.page->findChild<PushButton*>(QStringLiteral("openSample"))->isVisible());
    }

    void statisticsAreThoseOfTheCore()
    {
        Shown shown;
        QVERIFY(shown.openSample());
        const auto tensors = shown.workspace.model()->tensors();
        for (std::uint32_t i = 0; i < tensors.size(); ++i) {
            const TensorFacts* facts = shown.tensors().facts(i);
            QVERIFY2(facts && facts->isCounted, tensors[i].name.c_str());
            const auto summary = summarize(*shown.workspace.model(), tensors[i]);
            QVERIFY(summary.has_value());
            QCOMPARE(facts->min, summary->min);
            QCOMPARE(facts->max, summary->max);
            QCOMPARE(facts->mean, summary->mean);
            QCOMPARE(facts->deviation, summary->standardDeviation);
            QCOMPARE(facts->kurtosis, summary->kurtosis);
            QCOMPARE(facts->outliers, summary->outliers);
        }
    }

    void aSchemeThatIsDraggedElsewhereIsFollowedWhenThePageIsSeenAgain()
    {
        Shown shown;
        QVERIFY(shown.openSample());
        shown.page->hide();
        QSignalSpy changed(shown.page->scan(), &ModelScan::changed);
        for (int i = 1; i <= 50; ++i)   // As a clip under the mouse on the page Quantize.
            shown.workspace.setScheme(*parseScheme("int5,clip=-0." + std::to_string(100 + i) + ":0.2"));
        QVERIFY(changed.isEmpty());
        QVERIFY(!shown.page->scan()->isRunning());
        shown.page->show();
        QVERIFY(QTest::qWaitFor([&] { return !shown.page->scan()->isRunning() && shown.page->isSettled(); }, 60000));
        const auto tensors = shown.workspace.model()->tensors();
        const auto matrix = std::uint32_t(std::ranges::find_if(tensors, isWeightMatrix) - tensors.begin());
        const auto counts = countValues(*shown.workspace.model(), tensors[matrix]);
        const TensorFacts* facts = shown.tensors().facts(matrix);
        QVERIFY(facts && facts->sqnrState == TensorFacts::Sqnr::Known);
        QCOMPARE(facts->sqnrDb, errorOf(**counts, levelMapOf(shown.workspace.scheme(), **counts)).sqnrDb);
    }

    void anotherSchemeGivesTheSqnrTheCoreSays_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::newRow("per tensor") << "int4";
        QTest::newRow("least squares") << "int4,clip=mse";
        QTest::newRow("groups") << "int4,group=64";
        QTest::newRow("named") << "nf4";
    }
    void anotherSchemeGivesTheSqnrTheCoreSays()
    {
        QFETCH(QString, scheme);
        Shown shown;
        QVERIFY(shown.openSample());
        const auto parsed = parseScheme(scheme.toStdString());
        QVERIFY(parsed.has_value());
        shown.workspace.setScheme(*parsed);
        QVERIFY(QTest::qWaitFor([&] { return !shown.page->scan()->isRunning(); }, 60000));
        const auto tensors = shown.workspace.model()->tensors();
        int compared = 0;
        for (std::uint32_t i = 0; i < tensors.size(); i += 5) {
            if (!isWeightMatrix(tensors[i]))
                continue;
            const TensorFacts* facts = shown.tensors().facts(i);
            QVERIFY(facts && facts->sqnrState == TensorFacts::Sqnr::Known);
            double expected = 0;
            if (parsed->granularity.kind == Granularity::Kind::Tensor) {
                const auto counts = countValues(*shown.workspace.model(), tensors[i]);
                expected = errorOf(**counts, levelMapOf(*parsed, **counts)).sqnrDb;
            } else {
                expected = quantize(*shown.workspace.model(), tensors[i], *parsed)->error.sqnrDb;
            }
            QCOMPARE(facts->sqnrDb, expected);
            ++compared;
        }
        QVERIFY(compared > 3);
        // What the line under the table says follows from the same numbers.
        int below = 0, matrices = 0;
        for (std::uint32_t i = 0; i < tensors.size(); ++i) {
            matrices += isWeightMatrix(tensors[i]);
            below += isWeightMatrix(tensors[i]) && shown.tensors().facts(i)->sqnrDb < 18;
        }
        QCOMPARE(shown.page->readings()[QStringLiteral("matrices")].toInt(), matrices);
        QCOMPARE(shown.page->readings()[QStringLiteral("matricesBelow")].toInt(), below);
    }

    void vectorsAreKept()
    {
        Shown shown;
        QVERIFY(shown.openSample());
        const auto tensors = shown.workspace.model()->tensors();
        for (std::uint32_t i = 0; i < tensors.size(); ++i)
            if (tensors[i].shape.size() == 1)
                QCOMPARE(shown.tensors().facts(i)->sqnrState, TensorFacts::Sqnr::Unknown);
    }

    void choosingInTheTableChoosesInTheWorkspace()
    {
        Shown shown;
        QVERIFY(shown.openSample());
        QSignalSpy changed(shown.page.get(), &Figure::changed);
        shown.tensors().openAll();
        const QString name = QStringLiteral("blk.3.ffn_down.weight");
        const auto tensors = shown.workspace.model()->tensors();
        const auto found = std::ranges::find(tensors, name.toStdString(), &TensorInfo::name);
        QVERIFY(found != tensors.end());
        TensorTable* table = shown.page->table();
        const auto index = std::uint32_t(found - tensors.begin());
        table->setCurrentIndex(table->model()->index(shown.tensors().rowOf(index), 0));
        QCOMPARE(QString::fromStdString(shown.workspace.tensor()->name), name);
        QCOMPARE(changed.count(), 1);
        QVERIFY(shown.page->commandLine().endsWith(QStringLiteral("words.safetensors ") + name));
        QVERIFY(QTest::qWaitFor([&] { return shown.page->isSettled(); }, 20000));
        const auto summary = summarize(*shown.workspace.model(), *found);
        QCOMPARE(shown.page->panel()->summary()->outliers, summary->outliers);
        QCOMPARE(shown.page->panel()->summary()->kurtosis, summary->kurtosis);

        // The lens begins at the largest weight of the tensor.
        const HeatMap* map = shown.page->panel()->heatMap();
        QVERIFY(map->focusValue().has_value());
        QCOMPARE(std::abs(*map->focusValue()), summary->absoluteMaximum);

        QSignalSpy requested(&shown.workspace, &Workspace::pageRequested);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(requested.count(), 1);
        QCOMPARE(requested[0][0].toString(), QStringLiteral("quantize"));

        // And the other way round.
        shown.workspace.chooseTensor(QStringLiteral("output.weight"));
        QCOMPARE(tensors[*table->chosen()].name, std::string("output.weight"));
    }

    void stateComesBack()
    {
        QJsonObject state;
        {
            Shown shown;
            QVERIFY(shown.openSample());
            shown.page->setState({{QStringLiteral("sort"), QStringLiteral("kurtosis")}, {QStringLiteral("descending"), true},
                                  {QStringLiteral("search"), QStringLiteral("ffn")}, {QStringLiteral("threshold"), 20},
                                  {QStringLiteral("panel"), QJsonObject{{QStringLiteral("tab"), QStringLiteral("largest")},
                                                                        {QStringLiteral("lens"), 16},
                                                                        {QStringLiteral("focus"), QJsonArray{3, 5}}}}});
            QCOMPARE(shown.tensors().rowCount(), 15);
            state = shown.page->state();
            const TensorFacts* first = shown.tensors().facts(*shown.tensors().tensorAt(0));
            const TensorFacts* last = shown.tensors().facts(*shown.tensors().tensorAt(14));
            QVERIFY(first->kurtosis > last->kurtosis);
        }
        Shown again;
        again.page->setState(state);
        QVERIFY(again.openSample());
        QCOMPARE(again.page->state(), state);
        QCOMPARE(again.tensors().rowCount(), 15);
    }

    void aCancelledScanGoesOn()
    {
        Shown shown;
        shown.workspace.openSampleModel();
        QVERIFY(QTest::qWaitFor([&] { return shown.page->scan()->isRunning(); }, 20000));
        shown.page->scan()->cancel();
        QVERIFY(!shown.page->scan()->isRunning());
        QVERIFY(shown.page->scan()->isCancelled());
        shown.page->scan()->start();
        QVERIFY(QTest::qWaitFor([&] { return !shown.page->scan()->isRunning(); }, 60000));
        QVERIFY(shown.page->scan()->isComplete());
    }

    void csvHasARowForEveryTensorShown()
    {
        Shown shown;
        QVERIFY(shown.openSample());
        QCOMPARE(shown.page->csv().count('\n'), int(shown.workspace.model()->tensors().size()) + 1);
        QVERIFY(shown.page->csv().contains("\"blk.0.attn_q.weight\",\"F32\",128x128,65536,16384,"));
    }
};

QUANTOSCOPE_TEST(tst_models_page, TestModelsPage)
#include "tst_models_page.moc"
