// SPDX-License-Identifier: Apache-2.0
#include "gpu/client/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <thread>

namespace quantoscope {
namespace {

using namespace std::chrono_literals;
using gpu::MessageHeader, gpu::MessageType;

/// A descriptor that is closed on the way out of a failed start.
class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor() { if (m_number >= 0) close(m_number); }
    Descriptor(const Descriptor&) = delete;
    int number() const { return m_number; }
    int release() { return std::exchange(m_number, -1); }

private:
    int m_number;
};

/// Above the numbers that the child gives its own three, so that no dup2 overwrites one still needed.
int moveUp(int descriptor)
{
    const int moved = descriptor < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 16);
    if (descriptor >= 0)
        close(descriptor);
    return moved;
}

std::string systemReason()
{
    return std::strerror(errno);
}

/// posix_spawn, and not fork: we are called from threads of a program that holds locks.
int spawn(const WorkerOptions& options, int socket, int memory)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, 0);
    posix_spawn_file_actions_adddup2(&actions, socket, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, memory, gpu::sharedMemoryDescriptor);
    posix_spawn_file_actions_addclosefrom_np(&actions, gpu::sharedMemoryDescriptor + 1);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);   // qscope blocks SIGINT in all of its threads; the worker must not inherit that.
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

    std::vector<char*> words{const_cast<char*>(options.program.c_str())};
    for (const std::string& argument : options.arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    pid_t process = -1;
    errno = posix_spawn(&process, options.program.c_str(), &actions, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return errno == 0 ? process : -1;
}

bool isKnown(MessageType type)
{
    return type >= MessageType::Description && type <= MessageType::Fault;
}

}  // namespace

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::start(const WorkerOptions& options)
{
    int pair[2] = {-1, -1};
    // A socket instead of two pipes: writing to a worker that has died must not raise SIGPIPE in us.
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return failure(Error::Kind::Device, "The GPU worker cannot be started: " + systemReason() + ".");
    Descriptor ours(pair[0]), theirs(moveUp(pair[1]));
    Descriptor memory(moveUp(memfd_create("quantoscope", MFD_CLOEXEC | MFD_ALLOW_SEALING)));
    // Sealed against shrinking: a matrix under our or the worker's hands cannot vanish.
    if (theirs.number() < 0 || memory.number() < 0 || fcntl(memory.number(), F_ADD_SEALS, F_SEAL_SHRINK) != 0)
        return failure(Error::Kind::Device, "The GPU worker cannot be started: " + systemReason() + ".");

    const int process = spawn(options, theirs.number(), memory.number());
    if (process < 0)
        return failure(Error::Kind::Device, "The GPU worker " + options.program.string() + " cannot be started: " + systemReason() + ".");
    std::unique_ptr<WorkerProcess> worker(new WorkerProcess);
    worker->m_process = process;
    worker->m_socket = ours.release();
    worker->m_memory = memory.release();
    return worker;
}

WorkerProcess::~WorkerProcess()
{
    close(m_socket);
    close(m_memory);
    if (m_process < 0)
        return;
    kill(m_process, SIGKILL);
    // A process inside a hanging driver cannot be killed; it is left behind rather than waited for.
    for (int i = 0; i < 2000 && waitpid(m_process, nullptr, WNOHANG) == 0; ++i)
        std::this_thread::sleep_for(1ms);
}

Result<void> WorkerProcess::send(MessageType type, std::span<const char> body)
{
    const MessageHeader header{gpu::magicNumber, gpu::protocolVersion, type, std::uint32_t(body.size())};
    std::vector<char> bytes(sizeof header + body.size());
    std::memcpy(bytes.data(), &header, sizeof header);
    std::copy(body.begin(), body.end(), bytes.begin() + sizeof header);
    // Requests are far shorter than a socket's buffer: a worker that does not read cannot block us.
    const ssize_t sent = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != ssize_t(bytes.size()))
        return failure(Error::Kind::Device, howItEnded());
    return {};
}

Result<bool> WorkerProcess::receiveBytes(char* target, std::size_t bytes, Clock::time_point deadline, const std::stop_token& stop)
{
    for (std::size_t done = 0; done < bytes;) {
        if (stop.stop_requested())
            return false;
        if (Clock::now() >= deadline)
            return failure(Error::Kind::Device, "The GPU worker did not answer any more and was ended. A driver that hangs is helped by restarting the computer.");
        pollfd waiting{m_socket, POLLIN, 0};
        if (poll(&waiting, 1, 10) <= 0)
            continue;
        const ssize_t count = recv(m_socket, target + done, bytes - done, MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (count <= 0)
            return failure(Error::Kind::Device, howItEnded());
        done += std::size_t(count);
    }
    return true;
}

Result<WorkerProcess::Message> WorkerProcess::receive(Clock::time_point deadline, const std::stop_token& stop)
{
    MessageHeader header;
    auto arrived = receiveBytes(reinterpret_cast<char*>(&header), sizeof header, deadline, stop);
    if (!arrived || !*arrived)
        return arrived ? cancelled() : tl::unexpected(arrived.error());
    if (header.magic != gpu::magicNumber)
        return failure(Error::Kind::Device, "The GPU worker wrote something that is no message and was ended.");
    if (header.version != gpu::protocolVersion)
        return failure(Error::Kind::Device, "The GPU worker speaks version " + std::to_string(header.version) + " of the protocol and this program version "
                           + std::to_string(gpu::protocolVersion) + ": install both from the same build.");
    if (!isKnown(header.type) || header.bytes > gpu::largestMessageBytes)
        return failure(Error::Kind::Device, "The GPU worker sent a message that does not exist and was ended.");
    Message message{header.type, std::vector<char>(header.bytes)};
    arrived = receiveBytes(message.body.data(), message.body.size(), deadline, stop);
    if (!arrived || !*arrived)
        return arrived ? cancelled() : tl::unexpected(arrived.error());
    return message;
}

Result<void> WorkerProcess::reserve(std::uint64_t bytes)
{
    if (bytes <= m_memoryBytes)
        return {};
    // Reserved now, not on first use: memory that runs out later would end us by a signal.
    if (bytes > std::uint64_t(INT64_MAX) || posix_fallocate(m_memory, 0, off_t(bytes)) != 0)
        return failure(Error::Kind::Device, "There is not enough memory to hand the matrices to the GPU: choose a smaller shape.");
    m_memoryBytes = bytes;
    return {};
}

Result<void> WorkerProcess::writeShared(std::uint64_t offset, const void* data, std::size_t bytes)
{
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t count = pwrite(m_memory, static_cast<const char*>(data) + done, bytes - done, off_t(offset + done));
        if (count <= 0 && errno != EINTR)
            return failure(Error::Kind::Device, "The matrices cannot be handed to the GPU worker: " + systemReason() + ".");
        done += std::size_t(std::max<ssize_t>(count, 0));
    }
    return {};
}

Result<void> WorkerProcess::readShared(std::uint64_t offset, void* data, std::size_t bytes)
{
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t count = pread(m_memory, static_cast<char*>(data) + done, bytes - done, off_t(offset + done));
        if (count == 0 || (count < 0 && errno != EINTR))
            return failure(Error::Kind::Device, "The product cannot be read from the GPU worker.");
        done += std::size_t(std::max<ssize_t>(count, 0));
    }
    return {};
}

bool WorkerProcess::isIdle() const
{
    char byte;
    return recv(m_socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

std::string WorkerProcess::howItEnded()
{
    int status = 0;
    // The socket closes a moment before the process can be reaped.
    for (int i = 0; i < 200; ++i) {
        const pid_t ended = waitpid(m_process, &status, WNOHANG);
        if (ended == m_process) {
            m_process = -1;
            if (WIFSIGNALED(status))
                return "The GPU worker crashed (" + std::string(strsignal(WTERMSIG(status))) + "). It is started again when it is next needed.";
            if (WEXITSTATUS(status) == 127)
                return "The GPU worker could not be started: a library that it needs is missing (libcublasLt.so.13 of the CUDA toolkit).";
            return "The GPU worker ended unexpectedly with exit status " + std::to_string(WEXITSTATUS(status)) + ". It is started again when it is next needed.";
        }
        std::this_thread::sleep_for(1ms);
    }
    return "The GPU worker closed the conversation and was ended.";
}

}  // namespace quantoscope
