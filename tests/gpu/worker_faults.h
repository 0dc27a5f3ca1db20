// SPDX-License-Identifier: Apache-2.0
// A worker without a GPU that misbehaves as told (tests/gpu/fake_worker): the client and the window meet every fault.
#pragma once

#include "gpu/client/gpu_backend.h"

#include <QTest>

namespace quantoscope::test {

/// What the fake worker claims to have.
inline const gpu::DeviceDescription pretendedGpu{0, "Pretended GPU", std::uint64_t{8} << 30, 9, 0, 13000, {}};

/// Healthy where no fault is named. `silence` is short, as one fault is to hang.
inline WorkerOptions fakeWorker(const std::string& fault = {}, std::chrono::milliseconds silence = std::chrono::milliseconds(700))
{
    return {FAKE_WORKER, {fault}, silence, std::chrono::milliseconds(80)};
}

/// A row for every fault that costs a product: its name, and what the sentence about it must hold.
inline void addFaultRows()
{
    QTest::addColumn<QByteArray>("fault");
    QTest::addColumn<QByteArray>("says");
    for (const auto& [fault, says] : std::vector<std::pair<const char*, const char*>>{
             {"crash", "crashed"}, {"exit", "exit status 7"}, {"hang", "did not answer"}, {"beats forever", "did not answer"},
             {"garbage", "no message"}, {"long message", "does not exist"}, {"wrong version", "same build"},
             {"half a message", "ended unexpectedly"}, {"unasked", "nobody asked"}, {"out of memory", "too little free memory"},
             {"sticky", "illegal address"}, {"no time", "times that are none"}, {"no product", "without a result"},
             {"wrong numbers", "wrong"}})
        QTest::newRow(fault) << QByteArray(fault) << QByteArray(says);
}

}  // namespace quantoscope::test
