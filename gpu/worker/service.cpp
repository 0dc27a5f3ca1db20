// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/service.h"

#include "gpu/channel.h"
#include "gpu/worker/devices.h"
#include "gpu/worker/measured_product.h"

#include <csignal>

namespace quantoscope::gpu {
namespace {

/// Cancel, or the end of the program, which throws.
bool isCancelled(Channel& channel)
{
    return channel.hasMessage() && channel.receive().type == MessageType::Cancel;
}

void describe(Channel& channel)
{
    for (const DeviceDescription& device : listDevices())
        channel.send(MessageType::Description, write(device));
    channel.send(MessageType::EndOfList);
}

/// False once cancelled.
bool sendSamples(Channel& channel, MeasuredProduct& product, double seconds)
{
    bool isStopped = false;
    product.sample(seconds, [&](double one) {
        if (one > 0)
            channel.send(MessageType::Samples, writeSamples(std::span(&one, 1)));
        else
            channel.send(MessageType::Beat);
        isStopped = isCancelled(channel);
        return !isStopped;
    });
    return !isStopped;
}

/// The part in which x is quantized, by itself, for a tenth of the time.
void sendQuantizing(Channel& channel, MeasuredProduct& product, double seconds)
{
    std::vector<double> samples;
    product.sample(seconds / 10, [&](double one) {
        if (one > 0 && samples.size() < 1000)   // More than a message holds would be refused.
            samples.push_back(one);
        channel.send(MessageType::Beat);
        return !isCancelled(channel);
    }, MeasuredProduct::Part::QuantizingX);
    if (!samples.empty())
        channel.send(MessageType::Quantizing, writeSamples(samples));
}

void multiply(Channel& channel, const MultiplyRequest& request)
{
    if (const std::string complaint = complaintAbout(request); !complaint.empty())
        throw CudaFailure(0, false, complaint);
    const KernelRow& row = *findKernelRow(request.kernel);
    const auto devices = listDevices();
    if (request.device >= devices.size())
        throw CudaFailure(0, false, "The GPU is no longer there.");
    const DeviceDescription& device = devices[request.device];
    const int capability = 10 * device.computeMajor + device.computeMinor;
    if (const auto obstacle = obstacleOf(row, capability, device.memoryBytes, request.m, request.n, request.k))
        throw CudaFailure(0, false, *obstacle);

    const SharedLayout layout = sharedLayout(row, request.m, request.n, request.k, request.rowCount);
    const SharedMemory memory(sharedMemoryDescriptor, layout.end);
    const std::span rows(memory.at<const std::int64_t>(layout.rows), std::size_t(request.rowCount));
    std::vector<std::int64_t> wanted(rows.begin(), rows.end());   // A copy: what is checked is what is used.
    for (const std::int64_t index : wanted)
        if (index < 0 || index >= request.m)
            throw CudaFailure(0, false, "The GPU worker was asked for a row that does not exist.");

    channel.send(MessageType::Beat);
    MeasuredProduct product(int(request.device), {&row, {request.m, request.n, request.k}, memory.at<std::byte>(layout.x), memory.at<std::byte>(layout.w),
                                                  memory.at<float>(layout.xScales), memory.at<float>(layout.wScales)});
    channel.send(MessageType::Beat);
    if (!isCancelled(channel)) {
        product.multiplyOnce();
        product.readRows(wanted, memory.at<std::byte>(layout.y));
        channel.send(MessageType::Product);
        if (sendSamples(channel, product, request.seconds) && row.quantizesX)
            sendQuantizing(channel, product, request.seconds);
    }
    channel.send(MessageType::EndOfList);
}

void answer(Channel& channel, const Channel::Message& message)
{
    switch (message.type) {
    case MessageType::Describe:
        return describe(channel);
    case MessageType::Cancel:
        return;   // It crossed with the end of what it was meant for.
    case MessageType::Multiply:
        if (const auto request = readMultiplyRequest(message.body))
            return multiply(channel, *request);
        [[fallthrough]];
    default:
        throw EndOfConversation("a request that does not exist");
    }
}

}  // namespace

int serve()
{
    std::signal(SIGPIPE, SIG_IGN);
    Channel channel(0, 1);
    try {
        while (true) {
            const Channel::Message message = channel.receive();
            try {
                answer(channel, message);
            } catch (const CudaFailure& failure) {
                channel.send(MessageType::Fault, write(Fault{failure.code, failure.isSticky, failure.what()}));
                if (failure.isSticky)
                    return 1;   // This process can compute nothing more.
            } catch (const std::bad_alloc&) {
                channel.send(MessageType::Fault, write(Fault{0, 0, "The GPU worker has too little memory for this product."}));
            }
        }
    } catch (const EndOfConversation&) {
        return 0;
    }
}

}  // namespace quantoscope::gpu
