// SPDX-License-Identifier: Apache-2.0
// A worker without a GPU: speaks the protocol, multiplies on the processor in FP64 and rounds to FP32,
// and commits the fault named by its first argument.
#include "core/gemm/element_codec.h"
#include "gpu/channel.h"

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

using namespace quantoscope;
using namespace quantoscope::gpu;

namespace {

/// A stored row in FP64 with all of its scales; where the kernel quantizes x, what it would make of FP16.
std::vector<double> decodeAll(const OperandStorage& storage, const OperandStorage& arriving, const std::byte* bytes, const float* scales,
                              std::int64_t rows, std::int64_t row, std::int64_t columns)
{
    std::vector<double> values(static_cast<std::size_t>(columns));
    const std::byte* source = bytes + std::size_t(row) * storedRowBytes(arriving.element, columns);
    const std::span all(scales, std::size_t(scaleCount(storage, rows, columns)));
    std::vector<std::byte> quantized;
    if (arriving != storage) {
        std::vector<float> given(values.size()), own(all.begin(), all.end());
        decodeStoredRow(arriving, source, {}, row, columns, 0, values);
        std::copy(values.begin(), values.end(), given.begin());
        quantized.resize(storedRowBytes(storage.element, columns));
        storeRow(given, storage, own[0], quantized.data(), own.data() + firstScaleOfRow(storage, row, columns));
        source = quantized.data();
    }
    decodeStoredRow(storage, source, all, row, columns, 0, values);
    const double scale = all.empty() ? 1 : rowScaleOf(storage, all, row);
    for (double& value : values)
        value *= scale;
    return values;
}

void multiply(const MultiplyRequest& request, const KernelRow& row, bool isWrong)
{
    const auto [m, n, k] = std::array{request.m, request.n, request.k};
    const SharedLayout layout = sharedLayout(row, m, n, k, request.rowCount);
    const SharedMemory memory(sharedMemoryDescriptor, layout.end);
    const float* xScales = memory.at<float>(layout.xScales);
    const float* wScales = memory.at<float>(layout.wScales);
    for (std::int64_t r = 0; r < request.rowCount; ++r) {
        const std::int64_t i = memory.at<std::int64_t>(layout.rows)[r];
        const auto x = decodeAll(row.x, arrivingX(row), memory.at<std::byte>(layout.x), xScales, m, i, k);
        for (std::int64_t j = 0; j < n; ++j) {
            const auto w = decodeAll(row.w, row.w, memory.at<std::byte>(layout.w), wScales, n, j, k);
            double sum = 0;
            for (std::size_t l = 0; l < x.size(); ++l)
                sum += x[l] * w[l];
            if (isWrong && j == n - 1)
                sum = sum * 1.5 + 1;
            const std::int64_t place = r * n + j;
            if (row.sumsAreIntegers)
                memory.at<std::int32_t>(layout.y)[place] = std::int32_t(std::lround(sum / (double(xScales[i]) * wScales[j])));
            else
                memory.at<float>(layout.y)[place] = float(sum);
        }
    }
}

void sleepFor(int milliseconds)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

void writeRaw(const void* bytes, std::size_t count)
{
    if (::write(1, bytes, count) != ssize_t(count))
        std::exit(3);
}

/// Faults before anything is multiplied; returns for those that come later.
void commit(const std::string& fault, Channel& channel)
{
    if (fault == "crash") {
        std::signal(SIGSEGV, SIG_DFL);   // a sanitizer would make an ordinary exit of it
        std::raise(SIGSEGV);
    }
    if (fault == "exit")
        std::exit(7);
    if (fault == "hang")
        sleepFor(3600000);
    if (fault == "beats forever")
        while (true) {
            channel.send(MessageType::Beat);
            sleepFor(10);
        }
    if (fault == "garbage")
        writeRaw("This is a line that some library printed.\n", 42);
    if (fault == "long message") {
        const MessageHeader header{magicNumber, protocolVersion, MessageType::Samples, 0xFFFFFFFF};
        writeRaw(&header, sizeof header);
    }
    if (fault == "wrong version") {
        const MessageHeader header{magicNumber, protocolVersion + 1, MessageType::Beat, 0};
        writeRaw(&header, sizeof header);
    }
    if (fault == "half a message") {
        const MessageHeader header{magicNumber, protocolVersion, MessageType::Samples, 64};
        writeRaw(&header, sizeof header);
        std::exit(0);
    }
    if (fault == "unasked")
        channel.send(MessageType::Description, write(DeviceDescription{}));
    if (fault == "out of memory")
        channel.send(MessageType::Fault, write(Fault{2, 0, "The GPU has too little free memory for this product."}));
    if (fault == "sticky") {
        channel.send(MessageType::Fault, write(Fault{700, 1, "The GPU reported an illegal address."}));
        std::exit(1);
    }
    if (fault == "no product")
        channel.send(MessageType::EndOfList);
}

void answer(const std::string& fault, Channel& channel, const MultiplyRequest& request)
{
    commit(fault, channel);
    multiply(request, *findKernelRow(request.kernel), fault == "wrong numbers");
    channel.send(MessageType::Product);
    if (fault == "no time")
        channel.send(MessageType::Samples, writeSamples(std::vector<double>{-1.0}));
    const int rounds = fault == "slow" ? 200 : 5;
    for (int i = 0; i < rounds; ++i) {
        sleepFor(fault == "slow" ? 50 : 1);
        if (channel.hasMessage() && channel.receive().type == MessageType::Cancel && fault != "deaf")
            break;
        channel.send(MessageType::Samples, writeSamples(std::vector<double>{1e-3 + i * 1e-5}));
    }
    if (findKernelRow(request.kernel)->quantizesX)
        channel.send(MessageType::Quantizing, writeSamples(std::vector<double>{2e-4, 3e-4, 4e-4}));
    channel.send(MessageType::EndOfList);
}

}  // namespace

int main(int count, char** words)
{
    std::signal(SIGPIPE, SIG_IGN);
    const std::string fault = count > 1 ? words[1] : "";
    Channel channel(0, 1);
    try {
        while (true) {
            const Channel::Message message = channel.receive();
            if (message.type == MessageType::Describe) {
                if (fault != "slow")
                    commit(fault, channel);
                channel.send(MessageType::Description, write(DeviceDescription{0, "Pretended GPU", std::uint64_t{8} << 30, 9, 0, 13000, ""}));
                channel.send(MessageType::EndOfList);
            } else if (message.type == MessageType::Multiply) {
                const auto request = readMultiplyRequest(message.body);
                if (!request || !complaintAbout(*request).empty())
                    return 4;
                answer(fault, channel, *request);
            }
        }
    } catch (const EndOfConversation&) {
        return 0;
    }
}
