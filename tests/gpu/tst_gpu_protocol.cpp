// SPDX-License-Identifier: Apache-2.0
#include "gpu/protocol.h"
#include "core/random.h"

#include "tests/test_case.h"

using namespace quantoscope;
using namespace quantoscope::gpu;

class TestGpuProtocol : public QObject {
    Q_OBJECT

private slots:
    void messagesReadBackAsTheyWereWritten()
    {
        const MultiplyRequest request{3, "w4a16_int4", 1, 4096, 11008, 0.3, 256};
        const auto read = readMultiplyRequest(write(request));
        QVERIFY(read && read->kernel == request.kernel && read->k == request.k && read->seconds == request.seconds && read->rowCount == 256);
        const auto device = readDeviceDescription(write(DeviceDescription{1, "H100 ·", 7, 9, 0, 13000, "Not now."}));
        QVERIFY(device && device->name == "H100 ·" && device->obstacle == "Not now." && device->driverVersion == 13000);
        const auto fault = readFault(write(Fault{700, 1, "Broken."}));
        QVERIFY(fault && fault->code == 700 && fault->isSticky && fault->sentence == "Broken.");
        const auto samples = readSamples(writeSamples(std::vector<double>{1, 2.5}));
        QVERIFY(samples && *samples == std::vector<double>({1, 2.5}));
    }

    void everyShortenedOrLengthenedMessageIsRefused()
    {
        const auto bodies = {write(DeviceDescription{1, "name", 7, 9, 0, 13000, "no"}), write(MultiplyRequest{0, "fp32", 1, 2, 3, 1, 1}),
                             write(Fault{1, 0, "text"}), writeSamples(std::vector<double>{1, 2, 3})};
        const auto reads = [](int which, const std::vector<char>& body) {
            switch (which) {
            case 0: return readDeviceDescription(body).has_value();
            case 1: return readMultiplyRequest(body).has_value();
            case 2: return readFault(body).has_value();
            default: return readSamples(body).has_value();
            }
        };
        int which = 0;
        for (const auto& body : bodies) {
            QVERIFY(reads(which, body));
            for (std::size_t length = 0; length < body.size(); ++length)
                QVERIFY(!reads(which, {body.begin(), body.begin() + std::ptrdiff_t(length)}));
            auto longer = body;
            longer.push_back(0);
            QVERIFY(!reads(which, longer));
            ++which;
        }
    }

    void countsAreHeldAgainstTheBytesThatAreThere()
    {
        std::vector<char> body = writeSamples(std::vector<double>{1});
        body[3] = 0x7F;   // Two thousand million samples
        QVERIFY(!readSamples(body));
        const auto text = MessageWriter().number(std::uint32_t(0xFFFFFFFF)).body();
        MessageReader reader(text);
        QVERIFY(reader.text().empty() && !reader.isAtEnd());
    }

    void randomBytesNeverReadPastTheEnd()
    {
        const RandomStream stream(5);
        for (std::uint64_t i = 0; i < 20000; ++i) {
            std::vector<char> body(stream.bits(2 * i) % 80);
            for (std::size_t j = 0; j < body.size(); ++j)
                body[j] = char(stream.bits(1000000 + 80 * i + j) >> (i % 2 ? 60 : 0));
            readDeviceDescription(body);
            readMultiplyRequest(body);
            readFault(body);
            readSamples(body);
        }
    }

    void timesThatAreNoneAreRefused()
    {
        for (const double seconds : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
            QVERIFY(!readSamples(writeSamples(std::vector<double>{seconds})));
    }
};

QUANTOSCOPE_TEST(tst_gpu_protocol, TestGpuProtocol)
#include "tst_gpu_protocol.moc"
