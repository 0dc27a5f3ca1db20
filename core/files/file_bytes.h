// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace quantoscope {

/// An open file, read in checked ranges and never mapped: a file that is cut short or rewritten while
/// it is open is a sentence, not a SIGBUS and not silent zeros. Safe from several threads at once.
class FileBytes {
public:
    /// Opens an ordinary file. A pipe or a device is refused without waiting for it. `name` is what
    /// people know it by where the path says something else: in a cache of links to hashes.
    static Result<std::shared_ptr<const FileBytes>> open(const std::filesystem::path&, std::string name = {});
    ~FileBytes();
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;

    std::uint64_t size() const { return m_identity.size; }
    const std::filesystem::path& path() const { return m_path; }
    const std::string& name() const { return m_name; }

    /// Fills `into` with the bytes from `offset` on. An error where they are not all inside the file,
    /// or where the file is no longer the one that was opened.
    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;

private:
    /// What changes when a file is replaced, cut or written to.
    struct Identity {
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t seconds = 0, nanoseconds = 0;   ///< Of the last change of its content.

        friend bool operator==(const Identity&, const Identity&) = default;
    };

    FileBytes(std::filesystem::path path, std::string name, int descriptor, Identity identity);

    std::filesystem::path m_path;
    std::string m_name;
    int m_descriptor;
    Identity m_identity;
};

}  // namespace quantoscope
