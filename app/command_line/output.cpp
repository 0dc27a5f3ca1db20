// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/output.h"

#include "app/command_line/command.h"

#include <CLI/App.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>

#include <fcntl.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace quantoscope {

namespace {

std::stop_source& interruptionSource()
{
    static std::stop_source source;
    return source;
}

/// Unfinished output files, so that an interruption can remove them.
struct UnfinishedFiles {
    std::mutex mutex;
    std::set<std::filesystem::path> paths;
};

UnfinishedFiles& unfinishedFiles()
{
    // Never destroyed: the watching thread may still look at it while the program ends.
    static auto* files = new UnfinishedFiles;
    return *files;
}

void endInterrupted()
{
    const std::lock_guard lock(unfinishedFiles().mutex);
    for (const std::filesystem::path& path : unfinishedFiles().paths)
        ::unlink(path.c_str());
    ::_exit(130);
}

/// How many columns a text takes: UTF-8 continuation bytes take none.
std::size_t columnsOf(const std::string& text)
{
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

bool wantsJson(const CLI::App& subcommand)
{
    return subcommand.count("--json") > 0;
}

nlohmann::ordered_json jsonNumber(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value > 0 ? "inf" : "-inf";
    return value;
}

std::string textTable(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const std::string& heading : headings)
        widths.push_back(columnsOf(heading));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], columnsOf(row[i]));

    std::string text;
    const auto addLine = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
            text += cells[i];
            if (i + 1 < cells.size())
                text.append(widths[i] - columnsOf(cells[i]) + 2, ' ');
        }
        text.erase(text.find_last_not_of(' ') + 1);
        text += '\n';
    };
    addLine(headings);
    for (const auto& row : rows)
        addLine(row);
    return text;
}

std::stop_token interruption()
{
    return interruptionSource().get_token();
}

void watchForInterruption()
{
    // A handler and a pipe, not sigwait: libraries start threads before main that do not block SIGINT.
    static int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return;   // Ctrl+C then ends the program as it ends any other
    interruptionSource();
    struct sigaction action = {};
    action.sa_flags = SA_RESTART;
    action.sa_handler = [](int) {
        const int before = errno;
        [[maybe_unused]] const ssize_t written = ::write(ends[1], "", 1);
        errno = before;
    };
    // Also where a shell has started the program in the background and so ignoring SIGINT.
    ::sigaction(SIGINT, &action, nullptr);
    std::thread([] {
        char byte = 0;
        while (::read(ends[0], &byte, 1) != 1) {
        }
        interruptionSource().request_stop();
        // Commands poll every 10 ms; whoever is still at it after a second, or is interrupted again, is ended.
        pollfd again{ends[0], POLLIN, 0};
        ::poll(&again, 1, 1000);
        endInterrupted();
    }).detach();
}

Progress commandProgress(const std::string& what)
{
    Progress progress;
    progress.stop = interruption();
    if (!::isatty(STDERR_FILENO))
        return progress;

    struct Line {
        std::mutex mutex;
        std::string what;
        std::chrono::steady_clock::time_point shown = {};
        bool visible = false;
        ~Line()
        {
            if (visible)
                std::fputs("\r\033[K", stderr);
        }
    };
    const auto line = std::make_shared<Line>();
    line->what = what;
    progress.report = [line](double fraction) {
        const std::lock_guard lock(line->mutex);
        const auto now = std::chrono::steady_clock::now();
        if (now - line->shown < std::chrono::milliseconds(100))
            return;
        line->shown = now;
        line->visible = true;
        std::fprintf(stderr, "\r\033[K%s %d %%", line->what.c_str(), int(fraction * 100));
        std::fflush(stderr);
    };
    return progress;
}

Result<std::string> readStandardInput(std::size_t limit)
{
    std::string text;
    std::size_t used = 0;
    while (true) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        const int ready = ::poll(&input, 1, 50);
        if (interruption().stop_requested())
            return cancelled();
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        text.resize(std::max(text.size(), used + (std::size_t{1} << 16)));
        const ssize_t count = ::read(STDIN_FILENO, text.data() + used, text.size() - used);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failure(Error::Kind::Unreadable, std::string("Standard input cannot be read: ") + std::strerror(errno) + ".");
        if (count == 0)
            break;
        used += std::size_t(count);
        if (used == text.size())
            text.resize(2 * text.size());
        if (used > limit)
            return failure(Error::Kind::Unsupported, "Standard input is longer than 1 GiB; split it.");
    }
    text.resize(used);
    return text;
}

OutputFile::OutputFile(std::filesystem::path path, std::filesystem::path partial, std::FILE* file)
    : m_path(std::move(path)), m_partial(std::move(partial)), m_file(file)
{
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_partial(std::move(other.m_partial)), m_file(std::exchange(other.m_file, nullptr))
{
}

tl::unexpected<Error> OutputFile::systemFailure(const std::string& what) const
{
    return failure(Error::Kind::Unreadable, m_path.string() + " cannot be " + what + ": " + std::strerror(errno) + ".");
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path)
{
    std::error_code ignored;
    // Through a link, so that the link stays; a device or a pipe is written directly.
    const std::filesystem::path target = std::filesystem::is_symlink(path, ignored)
        ? std::filesystem::weakly_canonical(path, ignored) : path;
    const bool special = std::filesystem::exists(target, ignored) && !std::filesystem::is_regular_file(target, ignored)
        && !std::filesystem::is_directory(target, ignored);
    const std::filesystem::path partial = special
        ? target : std::filesystem::path(target.string() + ".partial-" + std::to_string(::getpid()));
    OutputFile file(target, partial, nullptr);
    if (target.empty() || std::filesystem::is_directory(target, ignored))
        return failure(Error::Kind::Unreadable, "\"" + target.string() + "\" is not a file one can write; name a file.");
    if (!special) {
        const std::lock_guard lock(unfinishedFiles().mutex);
        unfinishedFiles().paths.insert(partial);
    }
    file.m_file = std::fopen(partial.c_str(), "wb");
    if (!file.m_file)
        return file.systemFailure("written");
    return file;
}

OutputFile::~OutputFile()
{
    if (m_file) {
        std::fclose(m_file);
        if (m_partial != m_path)
            ::unlink(m_partial.c_str());
    }
    if (!m_partial.empty()) {
        const std::lock_guard lock(unfinishedFiles().mutex);
        unfinishedFiles().paths.erase(m_partial);
    }
}

Result<void> OutputFile::write(std::span<const std::byte> bytes)
{
    if (std::fwrite(bytes.data(), 1, bytes.size(), m_file) != bytes.size())
        return systemFailure("written");
    return {};
}

Result<void> OutputFile::commit()
{
    std::FILE* file = std::exchange(m_file, nullptr);
    const bool flushed = std::fflush(file) == 0 && (m_partial == m_path || ::fsync(::fileno(file)) == 0);
    const bool closed = std::fclose(file) == 0;
    if (!flushed || !closed || (m_partial != m_path && ::rename(m_partial.c_str(), m_path.c_str()) != 0)) {
        const auto error = systemFailure("written");
        if (m_partial != m_path)
            ::unlink(m_partial.c_str());
        return error;
    }
    return m_partial == m_path ? Result<void>() : syncFolder();
}

/// The new name is on the disk only once its folder is.
Result<void> OutputFile::syncFolder() const
{
    const std::filesystem::path folder = m_path.has_parent_path() ? m_path.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // Some file systems cannot sync a folder and say so with EINVAL; there is nothing more to be done.
    const bool synced = descriptor >= 0 && (::fsync(descriptor) == 0 || errno == EINVAL);
    const auto error = synced ? Result<void>() : systemFailure("secured on the disk");
    if (descriptor >= 0)
        ::close(descriptor);
    return error;
}

Result<void> writeWholeFile(const std::filesystem::path& path, std::span<const std::byte> bytes)
{
    auto file = OutputFile::create(path);
    if (!file)
        return tl::unexpected(file.error());
    if (auto written = file->write(bytes); !written)
        return written;
    return file->commit();
}

}  // namespace quantoscope
