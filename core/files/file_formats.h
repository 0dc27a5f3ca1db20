// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/tensor_directory.h"

namespace quantoscope {

/// One row of the table of file formats: a function from bytes to a directory.
struct FileFormat {
    std::string_view id;          ///< "safetensors"
    std::string_view name;        ///< For the open dialog: "Safetensors model"
    std::string_view suffix;      ///< ".safetensors"
    bool (*matches)(std::span<const std::byte> start);   ///< By the first 64 bytes, or fewer.
    Result<TensorDirectory> (*readDirectory)(const FileBytes&);
};

std::span<const FileFormat> fileFormats();

/// The format of a file, by content first and by its suffix where the content says nothing. The
/// error names things that people open by mistake: a Git LFS pointer, a web page, an archive.
Result<const FileFormat*> recognizeFile(const FileBytes&);

// Each defined in a file of its own.
bool startsLikeSafetensors(std::span<const std::byte> start);
Result<TensorDirectory> readSafetensorsDirectory(const FileBytes&);
bool startsLikeNothing(std::span<const std::byte> start);   ///< For formats known by their suffix alone.
Result<TensorDirectory> readSafetensorsIndex(const FileBytes&);
bool startsLikeGguf(std::span<const std::byte> start);
Result<TensorDirectory> readGgufDirectory(const FileBytes&);
bool startsLikeNpy(std::span<const std::byte> start);
Result<TensorDirectory> readNpyDirectory(const FileBytes&);

}  // namespace quantoscope
