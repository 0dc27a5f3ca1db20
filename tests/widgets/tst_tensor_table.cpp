// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_table.h"

#include "tests/test_case.h"
#include "widgets/heat_map_content.h"

#include <QAbstractItemModelTester>
#include <QScrollBar>
#include <QSignalSpy>

#include <algorithm>

using namespace quantoscope;

namespace {

/// Tensors by name without a file behind them.
class NamedTensors : public TensorSource {
public:
    explicit NamedTensors(const std::vector<std::string>& names)
    {
        for (const std::string& name : names) {
            TensorInfo info;
            info.name = name;
            info.typeName = name.ends_with("norm.weight") ? "F32" : "BF16";
            info.type = findStorageType(info.typeName);
            info.shape = name.ends_with("norm.weight") ? Shape{64} : Shape{64, 128};
            info.count = *elementCount(info.shape);
            info.bytes = std::uint64_t(info.count * info.type->bits / 8);
            m_tensors.push_back(std::move(info));
        }
    }
    std::string name() const override { return "names"; }
    std::span<const TensorInfo> tensors() const override { return m_tensors; }
    std::span<const std::pair<std::string, std::string>> metadata() const override { return {}; }
    Result<void> read(const TensorInfo& info, ElementRange range, std::span<double> values) const override { return fill(info, range, values); }
    Result<void> read(const TensorInfo& info, ElementRange range, std::span<float> values) const override { return fill(info, range, values); }
    Result<void> readBytes(const TensorInfo&, ElementRange, std::span<std::byte>) const override
    {
        return failure(Error::Kind::Unsupported, "There are no bytes.");
    }

private:
    /// Element i is i, except that number 777 is −10 000.
    template <class Value>
    static Result<void> fill(const TensorInfo& info, ElementRange range, std::span<Value> values)
    {
        if (auto inside = checkRange(info, range, values.size()); !inside)
            return inside;
        for (std::int64_t i = 0; i < range.count; ++i)
            values[std::size_t(i)] = Value(range.first + i == 777 ? -10000 : range.first + i);
        return {};
    }
    std::vector<TensorInfo> m_tensors;
};

std::shared_ptr<const TensorSource> smallModel(int layers = 3)
{
    std::vector<std::string> names{"output.weight", "token_embd.weight"};
    for (int layer = layers - 1; layer >= 0; --layer)
        for (const char* rest : {"attn_q.weight", "attn_norm.weight", "ffn_down.weight"})
            names.push_back("blk." + std::to_string(layer) + "." + rest);
    return std::make_shared<NamedTensors>(names);
}

QStringList shownNames(const TensorTableModel& model)
{
    QStringList names;
    for (int row = 0; row < model.rowCount(); ++row)
        names << model.cellText(row, TensorColumn::Name);
    return names;
}

void know(TensorTableModel& model, std::uint32_t tensor, double sqnr, std::uint64_t outliers = 0)
{
    model.changeFacts(tensor, [&](TensorFacts& facts) {
        facts.isCounted = true;
        facts.count = 1000;
        facts.outliers = outliers;
        facts.sqnrState = TensorFacts::Sqnr::Known;
        facts.sqnrDb = sqnr;
    });
}

}  // namespace

class TestTensorTable : public QObject {
    Q_OBJECT

private slots:
    void numbersInNamesAreCompared_data()
    {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::newRow("two digits") << "blk.2.x" << "blk.10.x";
        QTest::newRow("prefix") << "blk.1" << "blk.1.x";
        QTest::newRow("longer than 64 bits") << "a.99999999999999999999.b" << "a.100000000000000000000.b";
        QTest::newRow("leading zeros") << "w.007" << "w.8";
        QTest::newRow("letters") << "attn_k" << "attn_q";
    }
    void numbersInNamesAreCompared()
    {
        QFETCH(QString, first);
        QFETCH(QString, second);
        QVERIFY(naturalLess(first.toStdString(), second.toStdString()));
        QVERIFY(!naturalLess(second.toStdString(), first.toStdString()));
        QVERIFY(!naturalLess(first.toStdString(), first.toStdString()));
    }

    void layersAreFoundInNames_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QString>("rest");
        QTest::newRow("GGUF") << "blk.17.ffn_down.weight" << "blk.17" << "ffn_down.weight";
        QTest::newRow("Llama") << "model.layers.3.mlp.up_proj.weight" << "model.layers.3" << "mlp.up_proj.weight";
        QTest::newRow("GPT-2") << "h.11.attn.c_attn.bias" << "h.11" << "attn.c_attn.bias";
        QTest::newRow("experts stay in their layer") << "layers.3.experts.7.w1" << "layers.3" << "experts.7.w1";
        QTest::newRow("sequential") << "0.weight" << "0" << "weight";
        QTest::newRow("a number at the end is no layer") << "codebook.12" << "" << "codebook.12";
        QTest::newRow("digits within a word") << "conv2d.weight" << "" << "conv2d.weight";
    }
    void layersAreFoundInNames()
    {
        QFETCH(QString, name);
        const std::string text = name.toStdString();
        const LayerName layer = layerOf(text);
        QTEST(QString::fromUtf8(layer.prefix.data(), qsizetype(layer.prefix.size())), "prefix");
        QTEST(QString::fromUtf8(layer.rest.data(), qsizetype(layer.rest.size())), "rest");
    }

    void modelKeepsTheRulesOfModels()
    {
        TensorTableModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSource(smallModel());
        model.toggle(1);
        model.foldAll();
        model.openAll();
        model.setSort({TensorColumn::Sqnr, false});
        know(model, 1, 12);
        model.factsChanged();
        model.rearrange();
        model.setFilter({"attn", {}, {}, false});
        model.setSource(smallModel(40));
        model.gather(1);
        model.setSource(nullptr);
    }

    void layersStandInOrderBetweenEmbeddingAndOutput()
    {
        TensorTableModel model;
        model.setSource(smallModel(2));
        QCOMPARE(shownNames(model), QStringList({"token_embd.weight", "blk.0", "attn_norm.weight", "attn_q.weight", "ffn_down.weight",
                                                 "blk.1", "attn_norm.weight", "attn_q.weight", "ffn_down.weight", "output.weight"}));
        model.foldAll();
        QCOMPARE(shownNames(model), QStringList({"token_embd.weight", "blk.0", "blk.1", "output.weight"}));
        QCOMPARE(model.cellText(1, TensorColumn::Shape), QStringLiteral("3 tensors"));
        model.toggle(2);
        QCOMPARE(model.rowCount(), 7);
        QCOMPARE(model.lineName(3), QStringLiteral("blk.1.attn_norm.weight"));
    }

    void manyLayersAreOneLine()
    {
        TensorTableModel model;
        model.setSource(smallModel(40));
        model.foldAll();
        QCOMPARE(shownNames(model), QStringList({"token_embd.weight", "blk.0 … blk.39", "output.weight"}));
        QCOMPARE(model.cellText(1, TensorColumn::Shape), QStringLiteral("40 × 3 tensors"));
        model.reveal(std::uint32_t(2 + 3 * (39 - 17)));   // A tensor of blk.17: the file lists layers backwards.
        QCOMPARE(shownNames(model), QStringList({"token_embd.weight", "blk.0 … blk.16", "blk.17", "attn_norm.weight", "attn_q.weight",
                                                 "ffn_down.weight", "blk.18 … blk.39", "output.weight"}));
        const QStringList open = model.openLayers(), loose = model.looseLayers();
        model.openAll();
        model.setFolding(open, loose);
        QCOMPARE(model.rowCount(), 8);
        model.toggle(1);   // A run opens into its layers, still folded.
        QCOMPARE(model.lineName(1), QStringLiteral("blk.0"));
        QCOMPARE(model.rowCount(), 8 + 16);
        QVERIFY(model.gather(3));
        QCOMPARE(model.rowCount(), 8);
    }

    void everyRowFindsItsTensorAgain()
    {
        TensorTableModel model;
        model.setSource(smallModel(20));
        for (int round = 0; round < 2; ++round) {
            for (int row = 0; row < model.rowCount(); ++row)
                if (const auto tensor = model.tensorAt(row))
                    QCOMPARE(model.rowOf(*tensor), row);
            model.setSort({TensorColumn::Shape, true});
        }
    }

    void sortingPutsTheUnknownLast()
    {
        TensorTableModel model;
        model.setSource(smallModel(1));
        know(model, 0, 30);
        know(model, 1, 10);
        know(model, 2, 20);
        for (const bool descending : {false, true}) {
            model.setSort({TensorColumn::Sqnr, descending});
            QVERIFY(!model.showsLayers());
            QCOMPARE(shownNames(model), descending
                ? QStringList({"output.weight", "blk.0.attn_q.weight", "token_embd.weight", "blk.0.attn_norm.weight", "blk.0.ffn_down.weight"})
                : QStringList({"token_embd.weight", "blk.0.attn_q.weight", "output.weight", "blk.0.attn_norm.weight", "blk.0.ffn_down.weight"}));
        }
    }

    void filtersLeaveWhatMatches_data()
    {
        QTest::addColumn<QString>("search");
        QTest::addColumn<QString>("type");
        QTest::addColumn<double>("below");
        QTest::addColumn<bool>("outliers");
        QTest::addColumn<int>("rows");
        QTest::newRow("name") << "ATTN_q" << "" << 0.0 << false << 3;
        QTest::newRow("two words") << "blk.1 norm" << "" << 0.0 << false << 1;
        QTest::newRow("shape") << "64x128" << "" << 0.0 << false << 8;
        QTest::newRow("type as a word") << "f32" << "" << 0.0 << false << 3;
        QTest::newRow("type") << "" << "BF16" << 0.0 << false << 8;
        QTest::newRow("below") << "" << "" << 15.0 << false << 1;
        QTest::newRow("outliers") << "" << "" << 0.0 << true << 1;
        QTest::newRow("nothing") << "no such" << "" << 0.0 << false << 0;
        QTest::newRow("part of a shape") << "128" << "" << 0.0 << false << 8;
        QTest::newRow("half a type is none") << "f3" << "" << 0.0 << false << 0;
        QTest::newRow("no ASCII") << "ätt" << "" << 0.0 << false << 0;
    }
    void filtersLeaveWhatMatches()
    {
        QFETCH(QString, search);
        QFETCH(QString, type);
        QFETCH(double, below);
        QFETCH(bool, outliers);
        TensorTableModel model;
        model.setSource(smallModel(3));
        know(model, 0, 14.9);
        know(model, 1, 15, 3);
        TensorFilter filter{search, type, {}, outliers};
        if (below > 0)
            filter.belowDb = below;
        model.setFilter(filter);
        QTEST(model.rowCount(), "rows");
    }

    void aLayerShowsItsWorst()
    {
        TensorTableModel model;
        model.setSource(smallModel(1));
        model.foldAll();
        know(model, 2, 20);
        QCOMPARE(model.cellText(1, TensorColumn::Sqnr), QStringLiteral("so far 20.0 dB"));
        know(model, 4, 16.26);
        QCOMPARE(model.cellText(1, TensorColumn::Sqnr), QStringLiteral("worst 16.3 dB"));
    }

    void halfAMillionRowsCostWhatIsOnTheScreen()
    {
        std::vector<std::string> names;
        for (int layer = 0; layer < 50000; ++layer)
            for (int tensor = 0; tensor < 10; ++tensor)
                names.push_back("layers." + std::to_string(layer) + ".w" + std::to_string(tensor));
        const auto source = std::make_shared<NamedTensors>(names);
        TensorTable table;
        table.resize(1200, 700);
        table.show();
        TensorTableModel& model = *table.tensors();
        QSignalSpy arranged(&model, &TensorTableModel::arranged);
        model.setSource(source);
        QVERIFY(model.isArranging());   // Half a million names are not sorted while somebody waits.
        QVERIFY(arranged.wait(60000));
        model.openAll();
        QCOMPARE(model.rowCount(), 550000);
        QCOMPARE(model.lineName(550000 - 1), QStringLiteral("layers.49999.w9"));
        for (const double part : {0.0, 0.3, 0.77, 1.0}) {
            table.verticalScrollBar()->setValue(int(part * table.verticalScrollBar()->maximum()));
            table.grab();
            QVERIFY(table.visibleTensors().size() < 60);
        }
        // Nothing is stored for tensors nobody scanned.
        for (const std::uint32_t tensor : {0u, 250000u, 499999u})
            QVERIFY(!model.facts(tensor));
    }

    void aRepaintAsksNoTensorThatIsFoldedAway()
    {
        TensorTable table;
        table.resize(1200, 700);
        table.show();
        TensorTableModel& model = *table.tensors();
        model.setSource(smallModel(1000));
        model.foldAll();
        table.grab();
        std::size_t asked = model.tensorsAsked();
        QVERIFY(asked >= 3000);   // Once each, for the worst of the folded layers.
        QVERIFY(asked < 3100);
        for (int i = 0; i < 5; ++i)
            table.grab();
        QVERIFY2(model.tensorsAsked() - asked < 100, qPrintable(QString::number(model.tensorsAsked() - asked)));
        // A tensor that becomes known is asked again with its layer, and no other.
        asked = model.tensorsAsked();
        know(model, 5, 3.5);
        QCOMPARE(model.cellText(1, TensorColumn::Sqnr), QStringLiteral("so far 3.5 dB"));
        QVERIFY(model.tensorsAsked() - asked <= 3);
        // Another scheme: all are unknown again.
        model.forgetSqnr();
        QCOMPARE(model.cellText(1, TensorColumn::Sqnr), QStringLiteral("…"));
    }

    void ordersOfALongListAreThoseOfAShortOne()
    {
        const auto source = smallModel(30);
        const NameOrder names = orderOfNames(*source);
        QVERIFY(std::ranges::is_sorted(*names, [&](std::uint32_t a, std::uint32_t b) {
            return naturalLess(source->tensors()[a].name, source->tensors()[b].name);
        }));
        for (const bool descending : {false, true}) {
            const TensorOrder order = orderTensors(*source, *names, {TensorColumn::Shape, descending}, {}, {}, false);
            QCOMPARE(order.tensors.size(), source->tensors().size());
            for (std::size_t i = 1; i < order.tensors.size(); ++i) {
                const TensorInfo& before = source->tensors()[order.tensors[i - 1]];
                const TensorInfo& now = source->tensors()[order.tensors[i]];
                QVERIFY(before.shape == now.shape ? naturalLess(before.name, now.name) : (before.shape < now.shape) != descending);
            }
        }
        std::stop_source stopped;
        stopped.request_stop();
        QVERIFY(orderTensors(*source, *names, {}, {}, {}, true, Progress{stopped.get_token()}).tensors.empty());
    }

    void anArrowKeyChoosesAndEnterOpens()
    {
        TensorTable table;
        table.resize(900, 400);
        table.show();
        table.tensors()->setSource(smallModel(2));
        QSignalSpy chosen(&table, &TensorTable::tensorChosen), opened(&table, &TensorTable::tensorOpened);
        table.setChosen(1, true);
        QCOMPARE(chosen.count(), 0);
        QTest::keyClick(&table, Qt::Key_Down);   // The line of layer 0 is no tensor.
        QCOMPARE(chosen.count(), 0);
        const int open = table.tensors()->rowCount();
        QTest::keyClick(&table, Qt::Key_Left);
        QCOMPARE(table.tensors()->rowCount(), open - 3);
        QTest::keyClick(&table, Qt::Key_Right);
        QTest::keyClick(&table, Qt::Key_Down);
        QCOMPARE(chosen.count(), 1);
        QTest::keyClick(&table, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<std::uint32_t>(), chosen[0][0].value<std::uint32_t>());
    }

    void narrowTablesDropColumnsInOrder()
    {
        TensorTable table;
        std::size_t before = tensorColumnCount + 1;
        for (const int width : {1600, 1200, 900, 700, 500}) {
            table.resize(width, 300);
            table.show();
            const auto columns = table.visibleColumns();
            QVERIFY(columns.size() < before);
            before = columns.size();
            QVERIFY(std::ranges::count(columns, TensorColumn::Name) == 1 && std::ranges::count(columns, TensorColumn::Sqnr) == 1);
            int total = 0;
            for (const TensorColumn column : columns)
                total += table.columnWidth(int(column));
            QCOMPARE(total, table.viewport()->width());
        }
    }

    void heatMapKeepsTheLargestOfEveryCell()
    {
        const NamedTensors source({"a.weight"});
        const TensorInfo& info = source.tensors()[0];
        const auto content = heatMapOf(source, info);
        QVERIFY(content.has_value());
        const HeatMapContent& map = **content;
        QCOMPARE(map.gridRows, 64);
        QCOMPARE(map.gridColumns, 128);
        QCOMPARE(map.rowStride, 1);
        QCOMPARE(map.cell(5, 7), 5 * 128 + 7);
        QCOMPARE(map.absoluteMaximum, 10000.0);
        QCOMPARE(map.largestValues.size(), HeatMapContent::largestKept);
        QCOMPARE(map.largestValues[0].row, 777 / 128);
        QCOMPARE(map.largestValues[0].column, 777 % 128);
        QCOMPARE(map.largestValues[0].value, -10000.0);
        QCOMPARE(map.largestValues[1].value, 64.0 * 128 - 1);

        const auto window = readWindow(source, info, {60, 120, 10, 20, {}});
        QVERIFY(window.has_value());
        QCOMPARE(window->row, 54);
        QCOMPARE(window->column, 108);
        QCOMPARE(window->at(63, 127), 64.0 * 128 - 1);
    }

    void heatMapOfATensorLargerThanItsCells()
    {
        NamedTensors source({"a.weight"});
        TensorInfo info = source.tensors()[0];
        info.shape = {1100, 2100};
        info.count = 1100 * 2100;
        const auto content = heatMapOf(source, info);
        QVERIFY(content.has_value());
        const HeatMapContent& map = **content;
        QCOMPARE(map.gridRows, 512);
        QCOMPARE(map.gridColumns, 1024);
        QCOMPARE(map.cell(511, 1023), 1100 * 2100 - 1);
        // The outlier of element 777 is seen whatever shares its cell.
        bool isSeen = false;
        for (int column = 0; column < map.gridColumns; ++column)
            isSeen = isSeen || (map.firstColumnOf(column) <= 777 && map.cell(0, column) == 10000);
        QVERIFY(isSeen);
        const auto sampled = heatMapOf(source, info, {}, 1100 * 2100 / 2);
        QVERIFY(sampled.has_value());
        QCOMPARE((*sampled)->rowStride, 2);
    }
};

QUANTOSCOPE_TEST(tst_tensor_table, TestTensorTable)
#include "tst_tensor_table.moc"
