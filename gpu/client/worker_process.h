// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"
#include "gpu/protocol.h"

#include <chrono>
#include <filesystem>
#include <stop_token>

namespace quantoscope {

struct WorkerOptions {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::chrono::milliseconds silence{30000};   ///< No message for so long: it hangs and is killed.
    std::chrono::milliseconds farewell{80};     ///< How long it may take to answer Cancel before it is killed.
};

/// The worker process and the shared memory between it and us. Not safe from several threads at once.
class WorkerProcess {
public:
    using Clock = std::chrono::steady_clock;
    struct Message {
        gpu::MessageType type;
        std::vector<char> body;
    };

    static Result<std::unique_ptr<WorkerProcess>> start(const WorkerOptions&);
    ~WorkerProcess();   ///< Kills and reaps it.
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    Result<void> send(gpu::MessageType, std::span<const char> body = {});
    /// The next message. Cancelled when `stop` is requested, else an Error::Kind::Device that says how
    /// the worker failed: it ended, it was silent until `deadline`, it wrote what is no message.
    Result<Message> receive(Clock::time_point deadline, const std::stop_token& stop = {});

    /// Makes shared memory at least this large; it never shrinks.
    Result<void> reserve(std::uint64_t bytes);
    Result<void> writeShared(std::uint64_t offset, const void* data, std::size_t bytes);
    Result<void> readShared(std::uint64_t offset, void* data, std::size_t bytes);

    /// Alive and silent, as a worker without a request has to be.
    bool isIdle() const;
    int processId() const { return m_process; }

private:
    WorkerProcess() = default;
    /// True once `bytes` are there; false when stopped; an error otherwise.
    Result<bool> receiveBytes(char* target, std::size_t bytes, Clock::time_point deadline, const std::stop_token& stop);
    std::string howItEnded();

    int m_process = -1, m_socket = -1, m_memory = -1;
    std::uint64_t m_memoryBytes = 0;
};

}  // namespace quantoscope
