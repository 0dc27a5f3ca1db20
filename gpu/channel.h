// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernel_table.h"
#include "gpu/protocol.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fcntl.h>
#include <stdexcept>

namespace quantoscope::gpu {

/// The conversation is over: the program has ended, or it wrote what is no message.
struct EndOfConversation : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The worker's end of the conversation.
class Channel {
public:
    Channel(int input, int output) : m_input(input), m_output(output) {}

    struct Message {
        MessageType type;
        std::vector<char> body;
    };

    Message receive()
    {
        MessageHeader header;
        readAll(&header, sizeof header);
        if (header.magic != magicNumber || header.version != protocolVersion || header.bytes > largestMessageBytes)
            throw EndOfConversation("no message of this protocol");
        Message message{header.type, std::vector<char>(header.bytes)};
        readAll(message.body.data(), message.body.size());
        return message;
    }

    void send(MessageType type, const std::vector<char>& body = {})
    {
        const MessageHeader header{magicNumber, protocolVersion, type, std::uint32_t(body.size())};
        writeAll(&header, sizeof header);
        writeAll(body.data(), body.size());
    }

    /// Whether the program has something to say, which while a product runs can only be Cancel or the end.
    bool hasMessage() const
    {
        pollfd waiting{m_input, POLLIN, 0};
        return poll(&waiting, 1, 0) > 0;
    }

private:
    void readAll(void* target, std::size_t bytes)
    {
        for (std::size_t done = 0; done < bytes;) {
            const ssize_t count = ::read(m_input, static_cast<char*>(target) + done, bytes - done);
            if (count == 0 || (count < 0 && errno != EINTR))
                throw EndOfConversation("the program has ended");
            done += std::size_t(count > 0 ? count : 0);
        }
    }
    void writeAll(const void* source, std::size_t bytes)
    {
        for (std::size_t done = 0; done < bytes;) {
            const ssize_t count = ::write(m_output, static_cast<const char*>(source) + done, bytes - done);
            if (count < 0 && errno != EINTR)
                throw EndOfConversation("the program has ended");
            done += std::size_t(count > 0 ? count : 0);
        }
    }

    int m_input, m_output;
};

/// The shared memory of one request, mapped. Throws where it is smaller than the request says, or could
/// be made smaller while we read it.
class SharedMemory {
public:
    SharedMemory(int descriptor, std::uint64_t bytes) : m_bytes(bytes)
    {
        struct stat status{};
        const int seals = fcntl(descriptor, F_GET_SEALS);
        if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(descriptor, &status) != 0 || std::uint64_t(status.st_size) < bytes || bytes == 0)
            throw EndOfConversation("shared memory does not fit the request");
        m_start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        if (m_start == MAP_FAILED)
            throw EndOfConversation("shared memory cannot be mapped");
    }
    ~SharedMemory() { munmap(m_start, m_bytes); }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;

    template <class Number>
    Number* at(std::uint64_t offset) const { return reinterpret_cast<Number*>(static_cast<char*>(m_start) + offset); }

private:
    void* m_start;
    std::uint64_t m_bytes;
};

/// What is wrong with the numbers of a request; empty where it can be laid out in shared memory.
inline std::string complaintAbout(const MultiplyRequest& request)
{
    constexpr std::int64_t largest = 1 << 24;
    if (!findKernelRow(request.kernel))
        return "The GPU worker has no kernel called " + request.kernel.substr(0, 40) + ".";
    for (const std::int64_t size : {request.m, request.n, request.k, request.rowCount})
        if (size < 1 || size > largest)
            return "The GPU worker was asked for a matrix of an impossible size.";
    if (request.rowCount > request.m || !(request.seconds >= 0 && request.seconds <= 3600))
        return "The GPU worker was asked for rows or a time that make no sense.";
    return {};
}

}  // namespace quantoscope::gpu
