// SPDX-License-Identifier: Apache-2.0
#include "core/files/file_formats.h"

#include <algorithm>
#include <array>

namespace quantoscope {

namespace {

// The index comes before plain safetensors because its suffix is the longer one.
constexpr std::array rows{
    FileFormat{"safetensors-index", "Index of a safetensors model in parts", ".safetensors.index.json",
               startsLikeNothing, readSafetensorsIndex},
    FileFormat{"gguf", "GGUF model", ".gguf", startsLikeGguf, readGgufDirectory},
    FileFormat{"npy", "NumPy array", ".npy", startsLikeNpy, readNpyDirectory},
    FileFormat{"safetensors", "Safetensors model", ".safetensors", startsLikeSafetensors, readSafetensorsDirectory},
};

struct Mistake {
    std::string_view start;
    std::string_view sentence;
};
constexpr std::array mistakes{
    Mistake{"version https://git-lfs", "This is a Git LFS pointer, not the model: run “git lfs pull” in its folder."},
    Mistake{"<!DOCTYPE", "This is a web page, not a model: the download was probably refused."},
    Mistake{"<!doctype", "This is a web page, not a model: the download was probably refused."},
    Mistake{"<html", "This is a web page, not a model: the download was probably refused."},
    Mistake{"PK\x03\x04", "This is a ZIP archive; this version reads safetensors, GGUF and NPY files."},
    Mistake{"\x1F\x8B", "This is a gzip archive: unpack it first."},
};

}  // namespace

std::span<const FileFormat> fileFormats()
{
    return rows;
}

bool startsLikeNothing(std::span<const std::byte>)
{
    return false;
}

Result<const FileFormat*> recognizeFile(const FileBytes& file)
{
    if (file.size() == 0)
        return failure(Error::Kind::Malformed, "The file is empty.");
    std::array<std::byte, 64> buffer;
    const std::span start = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), file.size()));
    if (auto got = file.read(0, start); !got)
        return tl::unexpected(got.error());
    for (const FileFormat& format : rows)
        if (format.matches(start))
            return &format;
    const std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
    for (const Mistake& mistake : mistakes)
        if (text.starts_with(mistake.start))
            return failure(Error::Kind::Unsupported, std::string(mistake.sentence));
    // Damaged at its very start: the reader its name asks for says what is wrong.
    for (const FileFormat& format : rows)
        if (file.name().ends_with(format.suffix))
            return &format;
    return failure(Error::Kind::Unsupported,
                   "This is not a file of a kind the program reads: safetensors, the index of one in parts, GGUF, or NPY.");
}

std::string quotedName(std::string_view name)
{
    constexpr std::size_t most = 80;
    std::string shown;
    for (const char c : name.substr(0, most))
        shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    // Not in the middle of a character.
    while (name.size() > most && !shown.empty() && (static_cast<unsigned char>(shown.back()) & 0x80))
        shown.pop_back();
    return "“" + shown + (name.size() > most ? "…”" : "”");
}

}  // namespace quantoscope
