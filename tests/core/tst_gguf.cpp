// SPDX-License-Identifier: Apache-2.0
#include "core/files/model_file.h"

#include "tests/core/stored_bytes.h"
#include "tests/test_case.h"

#include <nlohmann/json.hpp>

#include <bit>
#include <fstream>

using namespace quantoscope;
using nlohmann::json;

namespace {

const std::filesystem::path data = TEST_DATA;

std::string contentOf(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

class TestGguf : public QObject {
    Q_OBJECT

private slots:
    void filesOfGgmlAndItsPythonOpenOrAreRefused_data()
    {
        QTest::addColumn<QString>("entry");
        for (const json& entry : json::parse(contentOf(data / "models" / "gguf" / "index.json")))
            if (entry.contains("file"))
                QTest::newRow(entry["file"].get<std::string>().c_str()) << QString::fromStdString(entry.dump());
    }
    void filesOfGgmlAndItsPythonOpenOrAreRefused()
    {
        QFETCH(QString, entry);
        const json expected = json::parse(entry.toStdString());
        const std::string file = expected["file"];
        const auto path = data / "models" / "gguf" / file;
        const auto source = openModelFile(path);
        if (expected["expect"] != "either")
            QVERIFY2(source.has_value() == (expected["expect"] == "ok"), source ? "opened" : source.error().message.c_str());
        if (!source) {
            QVERIFY(source.error().message.starts_with(file + ": "));
            return;
        }
        if (!expected.contains("tensors"))
            return;
        const std::string content = contentOf(path);
        QCOMPARE((*source)->tensors().size(), expected["tensors"].size());
        for (const auto& [name, wanted] : expected["tensors"].items()) {
            const TensorInfo* tensor = findTensor(**source, name);
            QVERIFY2(tensor, name.c_str());
            QCOMPARE(tensor->typeName, wanted["type"].get<std::string>());
            Shape shape = wanted["ne"].get<Shape>();
            std::reverse(shape.begin(), shape.end());
            QCOMPARE(tensor->shape, shape);
            const QByteArray bytes(content.data() + tensor->offset, qsizetype(tensor->bytes));
            QCOMPARE(test::sha256(bytes), wanted["sha256"].get<std::string>());
        }
    }

    void metadataAreReadByTheirTypes()
    {
        const auto source = openModelFile(data / "models" / "gguf" / "kv_types.gguf");
        QVERIFY(source.has_value());
        std::map<std::string, std::string> metadata((*source)->metadata().begin(), (*source)->metadata().end());
        QCOMPARE(metadata.at("t.u8"), std::string("200"));
        QCOMPARE(metadata.at("t.i8"), std::string("-100"));
        QCOMPARE(metadata.at("t.u64"), std::string("18000000000000000000"));
        QCOMPARE(metadata.at("t.i64"), std::string("-9000000000000000000"));
        QCOMPARE(metadata.at("t.f32"), std::string("1.1"));
        QCOMPARE(metadata.at("t.f64"), std::string("1.1"));
    }

    void blocksDecodeToGgmlsValuesBitForBit_data()
    {
        QTest::addColumn<QString>("type");
        for (const BlockType& type : blockTypes())
            if (type.decode)
                QTest::newRow(std::string(type.id).c_str()) << QString::fromStdString(std::string(type.id));
    }
    void blocksDecodeToGgmlsValuesBitForBit()
    {
        QFETCH(QString, type);
        const auto folder = data / "ggml";
        const json index = json::parse(contentOf(folder / "index.json"));
        const std::string packed = contentOf(folder / "quantized.bin");
        const std::string values = contentOf(folder / "dequantized.f32.bin");
        QVERIFY(!packed.empty() && !values.empty());
        int blocksSeen = 0;
        for (const char* list : {"cases", "dequantize_only"}) {
            for (const json& entry : index[list]) {
                if (type.compare(QString::fromStdString(entry["type"]), Qt::CaseInsensitive) != 0)
                    continue;
                const BlockType* block = findBlockType(entry["ggml_type_id"].get<std::uint32_t>());
                QVERIFY(block);
                QCOMPARE(block->elements, entry["block_elements"].get<int>());
                QCOMPARE(block->bytes, entry["block_bytes"].get<int>());
                const auto count = entry["f32_count"].get<std::size_t>();
                for (std::size_t done = 0; done < count; done += std::size_t(block->elements)) {
                    std::array<float, mostBlockElements> got;
                    const std::size_t place = entry["q_offset"].get<std::size_t>() + done / std::size_t(block->elements) * std::size_t(block->bytes);
                    block->decode(reinterpret_cast<const std::uint8_t*>(packed.data()) + place, got.data());
                    for (int i = 0; i < block->elements; ++i) {
                        float wanted;
                        std::memcpy(&wanted, values.data() + entry["f32_offset"].get<std::size_t>() + (done + std::size_t(i)) * 4, 4);
                        if (!(got[std::size_t(i)] == wanted || (std::isnan(wanted) && std::isnan(got[std::size_t(i)]))))
                            QFAIL(qPrintable(QStringLiteral("%1, value %2: %3 for %4").arg(QString::fromStdString(entry["array"]))
                                                 .arg(done + std::size_t(i)).arg(double(got[std::size_t(i)])).arg(double(wanted))));
                    }
                    ++blocksSeen;
                }
            }
        }
        QVERIFY(blocksSeen > 0);
    }

    void anyRangeOfBlocksIsThatPartOfTheWhole()
    {
        const auto source = openModelFile(data / "models" / "gguf" / "quantized_by_ggml.gguf");
        QVERIFY(source.has_value());
        for (const TensorInfo& tensor : (*source)->tensors()) {
            if (!tensor.block)
                continue;
            std::vector<double> whole(std::size_t(tensor.count));
            QVERIFY((*source)->read(tensor, {0, tensor.count}, whole).has_value());
            for (const auto& [first, count] : {std::pair<std::int64_t, std::int64_t>{0, 1}, {31, 2}, {100, 700}, {tensor.count - 1, 1}, {5, 0}}) {
                std::vector<float> part(std::size_t(count), -1);
                QVERIFY((*source)->read(tensor, {first, count}, part).has_value());
                for (std::int64_t i = 0; i < count; ++i)
                    QCOMPARE(double(part[std::size_t(i)]), whole[std::size_t(first + i)]);
            }
        }
    }
};

QUANTOSCOPE_TEST(tst_gguf, TestGguf)
#include "tst_gguf.moc"
