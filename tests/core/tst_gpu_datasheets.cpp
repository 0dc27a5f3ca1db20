// SPDX-License-Identifier: Apache-2.0
#include "core/gemm/gpu_datasheets.h"

#include "tests/test_case.h"

#include <algorithm>
#include <cmath>

using namespace quantoscope;

namespace {

/// JSON with ' for ": moc loses its way in raw strings.
std::string json(std::string text)
{
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

std::string sheetWith(const std::string& bandwidth)
{
    return json("{'sources': {'a': {'title': 'A', 'address': 'https://example.org'}}, 'gpus': [{'id': 'x', 'name': 'X', 'architecture': 'Y', "
                "'year': {'value': 2020, 'source': 'a'}, 'nameContains': 'X', 'memoryGigabytes': {'value': 1, 'source': 'a'}, "
                "'gigabytesPerSecond': " + bandwidth + ", 'teraflops': {'fp32': {'value': 1, 'source': 'a'}}}]}");
}

}  // namespace

class TestGpuDatasheets : public QObject {
    Q_OBJECT

private slots:
    void everyNumberOfTheFileHasASource()
    {
        const auto sheets = loadGpuDatasheets();
        QVERIFY2(sheets, sheets ? "" : sheets.error().message.c_str());
        QVERIFY(sheets->size() >= 10);
        for (const GpuDatasheet& sheet : *sheets) {
            std::vector<const PublishedNumber*> numbers{&sheet.year, &sheet.memoryGigabytes, &sheet.gigabytesPerSecond};
            for (const auto& [kind, number] : sheet.teraflops)
                numbers.push_back(&number);
            QVERIFY2(numbers.size() >= 4, sheet.name.c_str());
            for (const PublishedNumber* number : numbers) {
                QVERIFY2(!number->source.empty() && number->address.starts_with("https://"), sheet.name.c_str());
                QVERIFY2(number->value > 0, sheet.name.c_str());
            }
            QVERIFY(sheet.year.value >= 2014 && sheet.year.value <= 2026);
        }
    }

    void theFactsOfTheTimelineAreThere()
    {
        const auto sheets = *loadGpuDatasheets();
        const GpuDatasheet* h100 = findGpuDatasheet(sheets, "NVIDIA H100 80GB HBM3");
        QVERIFY(h100);
        QCOMPARE(h100->teraflops.at("fp16").value, 989.4);
        QCOMPARE(h100->gigabytesPerSecond.value, 3350.0);
        QVERIFY(!h100->teraflops.contains("int4"));   // Hopper lost it.
        // Dense eight bits run at twice the rate of sixteen wherever both are tensor operations.
        for (const GpuDatasheet& sheet : sheets)
            if (sheet.teraflops.contains("fp8") && sheet.teraflops.contains("fp16"))
                QVERIFY2(std::abs(sheet.teraflops.at("fp8").value / sheet.teraflops.at("fp16").value / 2 - 1) < 0.02, sheet.name.c_str());
        // Where sources differ the note says so.
        QVERIFY(findGpuDatasheet(sheets, "NVIDIA B300")->teraflops.at("int8").note.find("conflict") != std::string::npos);
        QVERIFY(*findGpuDatasheet(sheets, "Tesla K80")->bytesPerOperation("fp32") > 1 / 20.0);
        QVERIFY(*findGpuDatasheet(sheets, "NVIDIA GB300")->bytesPerOperation("fp4") < 1 / 1800.0);
        QVERIFY(!h100->bytesPerOperation("fp4"));
    }

    void aDeviceIsFoundByItsWholeName()
    {
        const auto sheets = *loadGpuDatasheets();
        QCOMPARE(findGpuDatasheet(sheets, "Tesla T4")->id, std::string("t4"));
        QVERIFY(!findGpuDatasheet(sheets, "NVIDIA T400"));
        QVERIFY(!findGpuDatasheet(sheets, "NVIDIA H100 PCIe"));   // Another sheet, which is not in the file.
        QVERIFY(!findGpuDatasheet(sheets, "NVIDIA A100-SXM4-40GB"));
        QCOMPARE(findGpuDatasheet(sheets, "NVIDIA A100-SXM4-80GB")->id, std::string("a100"));
        QCOMPARE(findGpuDatasheet(sheets, "NVIDIA GB300")->id, std::string("gb300"));
        QVERIFY(!findGpuDatasheet(sheets, ""));
        // A learner's own: by the names that drivers give.
        QCOMPARE(findGpuDatasheet(sheets, "NVIDIA GeForce RTX 4090")->id, std::string("rtx4090"));
        QCOMPARE(findGpuDatasheet(sheets, "NVIDIA GeForce RTX 3060")->id, std::string("rtx3060"));
        QCOMPARE(findGpuDatasheet(sheets, "NVIDIA GeForce RTX 2080 Ti")->id, std::string("rtx2080ti"));
        for (const char* other : {"NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA GeForce RTX 4090 D", "NVIDIA GeForce RTX 4060 Ti",
                                  "NVIDIA GeForce RTX 3060 Ti", "NVIDIA GeForce RTX 3090 Ti", "NVIDIA GeForce RTX 2080"})
            QVERIFY2(!findGpuDatasheet(sheets, other), other);
    }

    void cardsOfDesktopsHalveSumsInFp32()
    {
        // NVIDIA's papers on Turing, GA102 and Ada: their tensor cores add in FP16 at twice the rate.
        const auto sheets = *loadGpuDatasheets();
        int compared = 0;
        for (const GpuDatasheet& sheet : sheets)
            if (sheet.teraflops.contains("fp16") && sheet.teraflops.contains("fp16_acc16")) {
                ++compared;
                const double ratio = sheet.teraflops.at("fp16_acc16").value / sheet.teraflops.at("fp16").value;
                QVERIFY2(std::abs(ratio - (sheet.isForComputingCentres ? 1 : 2)) < 0.01, sheet.name.c_str());
            }
        QVERIFY(compared >= 5);
    }

    void aNumberWithoutASourceIsNotRead()
    {
        QVERIFY(readGpuDatasheets(sheetWith("{'value': 5, 'source': 'a'}")));
        for (const char* bad : {"{'value': 5}", "{'value': 5, 'source': 'b'}", "{'source': 'a'}", "{'value': -5, 'source': 'a'}", "5", "null"}) {
            const auto read = readGpuDatasheets(sheetWith(bad));
            QVERIFY2(!read, bad);
            QVERIFY2(read.error().message.find("X, gigabytesPerSecond") != std::string::npos, read.error().message.c_str());
        }
        for (const char* bad : {"", "[]", "{}", "{'gpus': 5}", "{'gpus': [5]}", "{'gpus': [{}]}"})
            QVERIFY2(!readGpuDatasheets(json(bad)), bad);
    }

    void everyKindOfKernelHasItsRate()
    {
        QCOMPARE(rateKindOf("bf16"), std::string("fp16"));
        QCOMPARE(rateKindOf("w4a16_int4"), std::string("fp16"));
        QCOMPARE(rateKindOf("fp16_acc16"), std::string("fp16_acc16"));
        for (const RateKind& kind : rateKinds())
            QVERIFY(rateKindName(kind.id) != kind.id);
        QCOMPARE(rateKindOf("e4m3_block"), std::string("fp8"));
        QCOMPARE(rateKindOf("int8_dynamic"), std::string("int8"));
        QCOMPARE(rateKindOf("fp32_naive"), std::string("fp32"));
        QCOMPARE(rateKindOf("nvfp4"), std::string("fp4"));
        QCOMPARE(rateKindOf("other"), std::string());
    }
};

QUANTOSCOPE_TEST(tst_gpu_datasheets, TestGpuDatasheets)
#include "tst_gpu_datasheets.moc"
