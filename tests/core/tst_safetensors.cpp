// SPDX-License-Identifier: Apache-2.0
#include "core/files/model_file.h"

#include "tests/core/scratch_folder.h"
#include "tests/core/stored_bytes.h"
#include "tests/test_case.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace quantoscope;
using nlohmann::json;

namespace {

const std::filesystem::path folder = std::filesystem::path(TEST_DATA) / "models" / "safetensors";

std::string safetensors(const std::string& header, const std::string& data)
{
    const auto length = std::uint64_t(header.size());
    return std::string(reinterpret_cast<const char*>(&length), sizeof length) + header + data;
}

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

private slots:
    void filesOfTheReferenceOpenOrAreRefusedAsItSays_data()
    {
        QTest::addColumn<QString>("entry");
        std::ifstream index(folder / "index.json");
        for (const json& entry : json::parse(index))
            QTest::newRow(entry["file"].get<std::string>().c_str()) << QString::fromStdString(entry.dump());
    }
    void filesOfTheReferenceOpenOrAreRefusedAsItSays()
    {
        QFETCH(QString, entry);
        const json expected = json::parse(entry.toStdString());
        const std::string file = expected["file"];
        // The format forbids a name that comes twice; the reference keeps the last, this reader refuses.
        const bool isLegal = expected["expect"] == "ok" && file != "case_duplicate_tensor.safetensors";
        const auto source = openModelFile(folder / file);
        QVERIFY2(source.has_value() == isLegal, source ? "opened" : source.error().message.c_str());
        if (!source) {
            QVERIFY(source.error().message.starts_with(file + ": "));
            return;
        }
        if (!expected.contains("tensors"))
            return;
        QCOMPARE((*source)->tensors().size(), expected["tensors"].size());
        for (const auto& [name, wanted] : expected["tensors"].items()) {
            const TensorInfo* tensor = findTensor(**source, name);
            QVERIFY2(tensor, name.c_str());
            QCOMPARE(tensor->typeName, wanted["dtype"].get<std::string>());
            QCOMPARE(tensor->shape, wanted["shape"].get<Shape>());
            QCOMPARE(tensor->bytes, wanted["bytes"].get<std::uint64_t>());
            if (tensor->type && tensor->type->bits % 8 == 0)
                QCOMPARE(test::sha256(test::bytesInCOrder(**source, *tensor)), wanted["sha256"].get<std::string>());
        }
        json metadata = json::object();
        for (const auto& [key, value] : (*source)->metadata())
            metadata[key] = value;
        QCOMPARE(metadata.dump(), expected["metadata"].dump());
    }

    void everyTypeDecodesToTheValuesOfItsFormat_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<int>("count");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QList<double>>("values");
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const double infinity = std::numeric_limits<double>::infinity();
        const auto row = [](const char* type, const char* hex, QList<double> values) {
            QTest::newRow(type) << QString::fromLatin1(type) << int(values.size()) << QByteArray::fromHex(hex) << values;
        };
        // Codes and values from OCP OFP8 1.0 table 1 and OCP MX 1.0 tables 3 to 7; sub-byte types packed
        // lowest bits first.
        row("F8_E4M3", "007e80ff01", {0, 448, -0.0, nan, 0x1p-9});
        row("F8_E5M2", "007bfc7f01", {0, 57344, -infinity, nan, 0x1p-16});
        row("F8_E8M0", "007fff80", {0x1p-127, 1, nan, 2});
        row("F8_E4M3FNUZ", "7f8001", {240, nan, 0x1p-10});
        row("F8_E5M2FNUZ", "7f8001", {57344, nan, 0x1p-17});
        row("F4", "1032547698badcfe", {0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6});
        // Codes 1, 31, 32, 63: 0b000001 | 0b011111 << 6 | 0b100000 << 12 | 0b111111 << 18
        row("F6_E2M3", "c107fe", {0.125, 7.5, -0.0, -7.5});
        row("F6_E3M2", "c107fe", {0.0625, 28, -0.0, -28});
        row("F16", "003cff7b01000080007c", {1, 65504, 0x1p-24, -0.0, infinity});
        row("BF16", "803f0180c07f80ff", {1, -0x1p-133, nan, -infinity});
        row("F32", "0000803f010000000000c0ff", {1, 0x1p-149, nan});
        row("F64", "182d4454fb210940", {3.141592653589793});
        row("BOOL", "0001", {0, 1});
        row("U8", "00ff", {0, 255});
        row("I8", "80ff", {-128, -1});
        row("U16", "ffff", {65535});
        row("I16", "0080", {-32768});
        row("U32", "ffffffff", {4294967295.0});
        row("I32", "00000080", {-2147483648.0});
        row("U64", "ffffffffffffffff", {0x1p64});
        row("I64", "0000000000000080", {-0x1p63});
    }
    void everyTypeDecodesToTheValuesOfItsFormat()
    {
        QFETCH(QString, type);
        QFETCH(int, count);
        QFETCH(QByteArray, bytes);
        QFETCH(QList<double>, values);
        const test::ScratchFolder scratch;
        const std::string header = "{\"w\":{\"dtype\":\"" + type.toStdString() + "\",\"shape\":[" + std::to_string(count)
            + "],\"data_offsets\":[0," + std::to_string(bytes.size()) + "]}}";
        const auto path = scratch.write("w.safetensors", safetensors(header, bytes.toStdString()));
        const auto source = openModelFile(path);
        QVERIFY2(source.has_value(), source ? "" : source.error().message.c_str());
        const TensorInfo& tensor = (*source)->tensors()[0];
        // Every range, so that ranges which begin inside a byte are among them.
        for (int first = 0; first < count; ++first) {
            for (int end = first; end <= count; ++end) {
                std::vector<double> doubles(std::size_t(end - first));
                std::vector<float> floats(doubles.size());
                QVERIFY((*source)->read(tensor, {first, end - first}, doubles).has_value());
                QVERIFY((*source)->read(tensor, {first, end - first}, floats).has_value());
                for (int i = first; i < end; ++i) {
                    const double got = doubles[std::size_t(i - first)];
                    if (std::isnan(values[i])) {
                        QVERIFY(std::isnan(got) && std::isnan(floats[std::size_t(i - first)]));
                        continue;
                    }
                    QCOMPARE(got, values[i]);
                    QCOMPARE(std::signbit(got), std::signbit(values[i]));
                    QCOMPARE(floats[std::size_t(i - first)], float(values[i]));
                }
            }
        }
    }

    void everyFloat16CodeDecodesAsTheTableOfNumberFormatsSays()
    {
        std::string data;
        for (unsigned code = 0; code < 65536; ++code)
            data += {char(code & 0xFF), char(code >> 8)};
        const test::ScratchFolder scratch;
        const auto path = scratch.write(
            "w.safetensors", safetensors(R"({"w":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}})", data));
        const auto source = openModelFile(path);
        QVERIFY(source.has_value());
        std::vector<float> values(65536);
        QVERIFY((*source)->read((*source)->tensors()[0], {0, 65536}, values).has_value());
        const NumberFormat* format = findNumberFormat("fp16");
        for (unsigned code = 0; code < 65536; ++code) {
            const double wanted = valueOf(*format, code);
            QVERIFY(std::isnan(wanted) ? std::isnan(values[code]) : double(values[code]) == wanted && std::signbit(values[code]) == std::signbit(wanted));
        }
    }

    void aModelInPartsOpensByItsIndex()
    {
        const auto source = openModelFile(folder / "model.safetensors.index.json");
        QVERIFY2(source.has_value(), source ? "" : source.error().message.c_str());
        QCOMPARE((*source)->tensors().size(), 2u);
        const TensorInfo* tensor = findTensor(**source, "b.weight");
        QVERIFY(tensor);
        QCOMPARE(tensor->file, std::string("model-00002-of-00002.safetensors"));
        // The digest of the part itself, in index.json.
        QCOMPARE(test::sha256(test::bytesInCOrder(**source, *tensor)),
                 std::string("7f8ecb7e746e629530e862f8230cec5bb17916ec335a108b9215626382f579ea"));
    }

    void sentencesNameFileFieldAndByte_data()
    {
        QTest::addColumn<QString>("header");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* name, const char* header, const char* sentence) {
            QTest::newRow(name) << QString::fromUtf8(header) << QString::fromUtf8(sentence);
        };
        row("unknown type", R"({"w":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}})",
            "w.safetensors: The header is damaged at byte 26: the type “F7” is not one of safetensors.");
        row("wrong size", R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}})",
            "w.safetensors: The tensor “w” needs 12 bytes for its shape and type, but its data_offsets enclose 4.");
        row("name from a stranger", "{\"a\\nb\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,4]}}",
            "w.safetensors: The tensor “a?b” needs 12 bytes for its shape and type, but its data_offsets enclose 4.");
        row("cut short", R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
            "w.safetensors: The file is cut short: tensor “w” ends at byte 8 of the data, of which there are 4.");
    }
    void sentencesNameFileFieldAndByte()
    {
        QFETCH(QString, header);
        QFETCH(QString, sentence);
        const test::ScratchFolder scratch;
        const auto source = openModelFile(scratch.write("w.safetensors", safetensors(header.toStdString(), "1234")));
        QVERIFY(!source);
        QCOMPARE(QString::fromStdString(source.error().message), sentence);
    }

    void thingsOpenedByMistakeAreCalledByTheirName()
    {
        const test::ScratchFolder scratch;
        const auto pointer = openModelFile(scratch.write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"));
        QVERIFY(!pointer);
        QVERIFY(pointer.error().message.find("Git LFS") != std::string::npos);
        const auto text = openModelFile(scratch.write("notes.txt", "Dear diary"));
        QVERIFY(!text);
        QCOMPARE(text.error().kind, Error::Kind::Unsupported);
    }
};

QUANTOSCOPE_TEST(tst_safetensors, TestSafetensors)
#include "tst_safetensors.moc"
