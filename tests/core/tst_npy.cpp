// SPDX-License-Identifier: Apache-2.0
#include "core/files/model_file.h"

#include "tests/core/npy_bytes.h"
#include "tests/core/scratch_folder.h"
#include "tests/core/stored_bytes.h"
#include "tests/test_case.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

using namespace quantoscope;
using nlohmann::json;

namespace {

const std::filesystem::path folder = std::filesystem::path(TEST_DATA) / "models" / "npy";

/// NumPy's name of a type, for the storage types an NPY file can have.
std::string numpyName(const std::string& typeName)
{
    static const std::map<std::string, std::string> names{
        {"BOOL", "bool"}, {"I8", "int8"}, {"I16", "int16"}, {"I32", "int32"}, {"I64", "int64"},
        {"U8", "uint8"}, {"U16", "uint16"}, {"U32", "uint32"}, {"U64", "uint64"},
        {"F16", "float16"}, {"F32", "float32"}, {"F64", "float64"}, {"C64", "complex64"}};
    return names.at(typeName);
}

/// An array whose element at C index i is i, saved in Fortran order.
std::string fortranFile(const Shape& shape)
{
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        count *= size;
    std::string data;
    for (std::int64_t place = 0; place < count; ++place) {
        std::int64_t rest = place, cIndex = 0, cStep = count;
        std::vector<std::int64_t> index;
        for (const std::int64_t size : shape) {
            index.push_back(rest % size);
            rest /= size;
        }
        for (std::size_t d = 0; d < shape.size(); ++d) {
            cStep /= shape[d];
            cIndex += index[d] * cStep;
        }
        const auto value = std::int32_t(cIndex);
        data.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    return test::npyBytes("<i4", true, shape, data);
}

}  // namespace

class TestNpy : public QObject {
    Q_OBJECT

private slots:
    void filesOfNumpyOpenOrAreRefusedAsNumpySays_data()
    {
        QTest::addColumn<QString>("entry");
        std::ifstream index(folder / "index.json");
        for (const json& entry : json::parse(index))
            QTest::newRow(entry["file"].get<std::string>().c_str()) << QString::fromStdString(entry.dump());
    }
    void filesOfNumpyOpenOrAreRefusedAsNumpySays()
    {
        QFETCH(QString, entry);
        const json expected = json::parse(entry.toStdString());
        const std::string file = expected["file"];
        const auto source = openModelFile(folder / file);
        // Text is listed without values; the data set counts it among what a reader of numbers refuses.
        const std::string verdict = file == "string_u.npy" ? "either" : expected["expect"];
        if (!source) {
            QVERIFY2(verdict != "ok", source.error().message.c_str());
            QVERIFY(source.error().message.starts_with(file + ": "));
            return;
        }
        QVERIFY(verdict != "reject");
        QCOMPARE((*source)->tensors().size(), 1u);
        if (verdict == "either")
            return;
        const TensorInfo& tensor = (*source)->tensors()[0];
        QCOMPARE(tensor.name + ".npy", file);
        QCOMPARE(findTensor(**source, "array"), &tensor);
        const json& wanted = expected["tensors"][""];
        QCOMPARE(numpyName(tensor.typeName), wanted["dtype"].get<std::string>());
        QCOMPARE(tensor.shape, wanted["shape"].get<Shape>());
        if (tensor.typeName == "C64") {
            double value = 0;
            QVERIFY(!(*source)->read(tensor, {0, 1}, std::span(&value, 1)));
            return;
        }
        const auto bytes = test::bytesInCOrder(**source, tensor);
        QCOMPARE(test::sha256(bytes), wanted["sha256_c_order_le"].get<std::string>());
    }

    void fortranOrderIsTurnedForEveryRange_data()
    {
        QTest::addColumn<QList<qlonglong>>("sizes");
        QTest::newRow("matrix") << QList<qlonglong>{13, 7};
        QTest::newRow("three dimensions") << QList<qlonglong>{3, 4, 5};
        QTest::newRow("a dimension of one") << QList<qlonglong>{6, 1, 5, 2};
        QTest::newRow("five dimensions") << QList<qlonglong>{2, 3, 2, 2, 3};
        QTest::newRow("wider than the window") << QList<qlonglong>{3, 40000};
        QTest::newRow("taller than the window") << QList<qlonglong>{70001, 3};
    }
    void fortranOrderIsTurnedForEveryRange()
    {
        QFETCH(QList<qlonglong>, sizes);
        const test::ScratchFolder scratch;
        const auto path = scratch.write("turned.npy", fortranFile(Shape(sizes.begin(), sizes.end())));
        const auto source = openModelFile(path);
        QVERIFY2(source.has_value(), source ? "" : source.error().message.c_str());
        const TensorInfo& tensor = (*source)->tensors()[0];
        QCOMPARE(tensor.layout, std::string("Fortran"));
        const auto check = [&](std::int64_t first, std::int64_t end) {
            std::vector<double> values(std::size_t(end - first));
            if (!(*source)->read(tensor, {first, end - first}, values))
                return false;
            for (std::int64_t i = first; i < end; ++i)
                if (values[std::size_t(i - first)] != double(i))
                    return false;
            return true;
        };
        QVERIFY(check(0, tensor.count));
        if (tensor.count <= 100) {
            for (std::int64_t first = 0; first < tensor.count; ++first)
                for (std::int64_t end = first; end <= tensor.count; ++end)
                    QVERIFY2(check(first, end), qPrintable(QStringLiteral("%1 to %2").arg(first).arg(end)));
        }
        std::mt19937_64 random(1);
        for (int i = 0; i < 50; ++i) {
            const auto first = std::int64_t(random() % std::uint64_t(tensor.count));
            QVERIFY(check(first, first + std::int64_t(random() % std::uint64_t(tensor.count - first + 1))));
        }
    }

    void aRangeBeyondTheArrayIsRefused()
    {
        const auto source = openModelFile(folder / "dtype_f4.npy");
        QVERIFY(source.has_value());
        const TensorInfo& tensor = (*source)->tensors()[0];
        std::vector<double> values(100);
        QVERIFY(!(*source)->read(tensor, {10, 6}, values));
        QVERIFY(!(*source)->read(tensor, {-1, 1}, values));
        QVERIFY(!(*source)->read(tensor, {1, INT64_MAX}, values));
        QVERIFY(!(*source)->read(tensor, {0, 15}, std::span(values).first(14)));
        QVERIFY((*source)->read(tensor, {15, 0}, values).has_value());
    }
};

QUANTOSCOPE_TEST(tst_npy, TestNpy)
#include "tst_npy.moc"
