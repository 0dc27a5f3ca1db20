// SPDX-License-Identifier: Apache-2.0
#include "core/files/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace quantoscope {

namespace {

std::string systemReason(int number)
{
    return std::generic_category().message(number);
}

tl::unexpected<Error> cannotOpen(int number)
{
    if (number == ENOENT || number == ENOTDIR)
        return failure(Error::Kind::NotFound, "There is no such file.");
    if (number == EACCES || number == EPERM)
        return failure(Error::Kind::Unreadable, "You may not read this file; ask its owner, or change its permissions.");
    return failure(Error::Kind::Unreadable, "The file cannot be opened: " + systemReason(number) + ".");
}

}  // namespace

FileBytes::FileBytes(std::filesystem::path path, std::string name, int descriptor, Identity identity)
    : m_path(std::move(path))
    , m_name(std::move(name))
    , m_descriptor(descriptor)
    , m_identity(identity)
{
}

FileBytes::~FileBytes()
{
    ::close(m_descriptor);
}

/// Of an open file; nothing but the kind of file is checked here.
static Result<struct stat> stateOf(int descriptor)
{
    struct stat state;
    if (::fstat(descriptor, &state) != 0)
        return failure(Error::Kind::Unreadable, "The file cannot be examined: " + systemReason(errno) + ".");
    return state;
}

Result<std::shared_ptr<const FileBytes>> FileBytes::open(const std::filesystem::path& path, std::string name)
{
    // Without O_NONBLOCK the open of a named pipe waits for a writer that may never come.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return cannotOpen(errno);
    const auto state = stateOf(descriptor);
    if (!state || !S_ISREG(state->st_mode)) {
        ::close(descriptor);
        if (!state)
            return tl::unexpected(state.error());
        return failure(Error::Kind::Unreadable,
                       S_ISDIR(state->st_mode) ? "This is a folder; open the model file in it."
                                               : "This is not an ordinary file but a pipe, a socket or a device.");
    }
    const Identity identity{state->st_dev, state->st_ino, std::uint64_t(state->st_size), state->st_mtim.tv_sec,
                            state->st_mtim.tv_nsec};
    if (name.empty())
        name = path.filename().string();
    return std::shared_ptr<const FileBytes>(new FileBytes(path, std::move(name), descriptor, identity));
}

Result<void> FileBytes::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset > size() || into.size() > size() - offset)
        return failure(Error::Kind::Malformed,
                       "The file ends at byte " + std::to_string(size()) + ", but " + std::to_string(into.size())
                           + " bytes are to be read at byte " + std::to_string(offset) + ".");
    std::size_t done = 0;
    while (done < into.size()) {
        // Linux hands out at most 0x7ffff000 bytes at a time.
        const ssize_t got = ::pread(m_descriptor, into.data() + done, into.size() - done, off_t(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failure(Error::Kind::Unreadable,
                           "Reading stopped at byte " + std::to_string(offset + done) + ": " + systemReason(errno) + ".");
        if (got == 0)
            break;   // cut short: said below
        done += std::size_t(got);
    }
    // After the bytes, not before: what was read counts only if the file is still the same.
    const auto state = stateOf(m_descriptor);
    if (!state)
        return tl::unexpected(state.error());
    const Identity now{state->st_dev, state->st_ino, std::uint64_t(state->st_size), state->st_mtim.tv_sec,
                       state->st_mtim.tv_nsec};
    if (now != m_identity || done < into.size())
        return failure(Error::Kind::Unreadable, "The file changed while it was read; open it again.");
    return {};
}

}  // namespace quantoscope
