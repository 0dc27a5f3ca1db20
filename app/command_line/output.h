// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/progress.h"
#include "core/result.h"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace quantoscope {

/// A file that appears whole or not at all: it is written beside its final name under another one,
/// and takes that name in commit(). Destroyed without commit, or interrupted, it leaves nothing.
class OutputFile {
public:
    static Result<OutputFile> create(const std::filesystem::path&);
    OutputFile(OutputFile&&) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    ~OutputFile();

    Result<void> write(std::span<const std::byte>);
    Result<void> commit();

private:
    OutputFile(std::filesystem::path path, std::filesystem::path partial, std::FILE* file);
    Result<void> syncFolder() const;
    tl::unexpected<Error> systemFailure(const std::string& what) const;

    std::filesystem::path m_path;
    std::filesystem::path m_partial;
    std::FILE* m_file = nullptr;
};

Result<void> writeWholeFile(const std::filesystem::path&, std::span<const std::byte>);

/// For long commands: stops at Ctrl+C, and shows "what 42 %" on standard error where that is a terminal.
Progress commandProgress(const std::string& what);

/// All of standard input; at most `limit` bytes, and Ctrl+C is answered while waiting for more.
Result<std::string> readStandardInput(std::size_t limit = std::size_t{1} << 30);

/// Watches for Ctrl+C from its creation on (before any other thread starts): interruption() is
/// requested, and a program that has not ended soon after is ended with status 130.
void watchForInterruption();

}  // namespace quantoscope
