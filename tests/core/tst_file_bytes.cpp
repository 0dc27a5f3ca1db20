// SPDX-License-Identifier: Apache-2.0
#include "core/files/file_bytes.h"

#include "core/files/model_file.h"
#include "tests/core/scratch_folder.h"
#include "tests/test_case.h"

#include <sys/stat.h>

#include <array>
#include <chrono>

using namespace quantoscope;

class TestFileBytes : public QObject {
    Q_OBJECT

private slots:
    void rangesInsideTheFileAreReadAndOthersRefused()
    {
        const test::ScratchFolder scratch;
        const auto file = FileBytes::open(scratch.write("digits", "0123456789"));
        QVERIFY(file.has_value());
        QCOMPARE((*file)->size(), 10u);
        std::array<char, 4> bytes{};
        QVERIFY((*file)->read(6, std::as_writable_bytes(std::span(bytes))).has_value());
        QCOMPARE(std::string(bytes.data(), 4), std::string("6789"));
        QVERIFY(!(*file)->read(7, std::as_writable_bytes(std::span(bytes))));
        QVERIFY(!(*file)->read(UINT64_MAX - 1, std::as_writable_bytes(std::span(bytes))));
        QVERIFY((*file)->read(10, {}).has_value());
    }

    void aFileThatChangesWhileItIsOpenIsASentence_data()
    {
        QTest::addColumn<QString>("change");
        QTest::newRow("cut short") << QStringLiteral("cut");
        QTest::newRow("longer") << QStringLiteral("longer");
        QTest::newRow("rewritten with the same length") << QStringLiteral("rewritten");
    }
    void aFileThatChangesWhileItIsOpenIsASentence()
    {
        QFETCH(QString, change);
        const test::ScratchFolder scratch;
        const auto path = scratch.write("numbers", "0123456789");
        // An old time, so that a change within the clock's tick is a change too.
        std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
        const auto file = FileBytes::open(path);
        QVERIFY(file.has_value());
        std::array<char, 4> bytes{};
        QVERIFY((*file)->read(0, std::as_writable_bytes(std::span(bytes))).has_value());
        if (change == QStringLiteral("cut"))
            std::filesystem::resize_file(path, 5);
        else
            scratch.write("numbers", change == QStringLiteral("longer") ? "01234567890" : "9876543210");
        const auto again = (*file)->read(0, std::as_writable_bytes(std::span(bytes)));
        QVERIFY(!again);
        QCOMPARE(again.error().message, std::string("The file changed while it was read; open it again."));
    }

    void aReplacedFileGoesOnBeingReadAsItWas()
    {
        // Renaming a new file over the old one is how careful programs save: the open one is still whole.
        const test::ScratchFolder scratch;
        const auto path = scratch.write("old", "0123");
        const auto file = FileBytes::open(path);
        QVERIFY(file.has_value());
        std::filesystem::rename(scratch.write("new", "abcd"), path);
        std::array<char, 4> bytes{};
        QVERIFY((*file)->read(0, std::as_writable_bytes(std::span(bytes))).has_value());
        QCOMPARE(std::string(bytes.data(), 4), std::string("0123"));
    }

    void whatIsNoOrdinaryFileIsRefusedAtOnce()
    {
        const test::ScratchFolder scratch;
        QCOMPARE(::mkfifo((scratch.path() / "pipe").c_str(), 0600), 0);
        QElapsedTimer timer;
        timer.start();
        for (const std::filesystem::path& path : {scratch.path() / "pipe", scratch.path(), std::filesystem::path("/dev/zero")}) {
            const auto file = FileBytes::open(path);
            QVERIFY2(!file, path.c_str());
            QCOMPARE(file.error().kind, Error::Kind::Unreadable);
        }
        QVERIFY(timer.elapsed() < 10000);
        const auto missing = FileBytes::open(scratch.path() / "nothing");
        QVERIFY(!missing);
        QCOMPARE(missing.error().kind, Error::Kind::NotFound);
    }

    void aTensorOfAFileCutShortGivesASentenceNotZeros()
    {
        const test::ScratchFolder scratch;
        std::string file = std::string("\x40\0\0\0\0\0\0\0", 8);
        file += R"({"w":{"dtype":"F16","shape":[32768],"data_offsets":[0,65536]}}  )";
        file += std::string(65536, 'x');
        const auto path = scratch.write("w.safetensors", file);
        const auto source = openModelFile(path);
        QVERIFY2(source.has_value(), source ? "" : source.error().message.c_str());
        std::filesystem::resize_file(path, 40000);
        std::vector<float> values(32768);
        const auto got = (*source)->read((*source)->tensors()[0], {0, 32768}, values);
        QVERIFY(!got);
        QCOMPARE(got.error().message, std::string("w.safetensors: The file changed while it was read; open it again."));
    }
};

QUANTOSCOPE_TEST(tst_file_bytes, TestFileBytes)
#include "tst_file_bytes.moc"
