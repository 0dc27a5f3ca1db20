// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/model_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace quantoscope {

/// Opens the bytes as a file that goes by this name, and reads the ends of every tensor in it: what a
/// reader accepts must be readable.
inline void openAndRead(const std::string& name, const std::uint8_t* bytes, std::size_t size)
{
    const int file = ::memfd_create(name.c_str(), 0);
    if (file < 0 || ::write(file, bytes, size) != ssize_t(size))
        std::abort();
    // A link with the name's suffix, so that the right reader gets even what has no magic.
    static const std::string folder = [] {
        std::string pattern = "/tmp/quantoscope-fuzz-XXXXXX";
        return std::string(::mkdtemp(pattern.data()));
    }();
    const std::string path = folder + "/" + name;
    ::unlink(path.c_str());
    if (::symlink(("/proc/self/fd/" + std::to_string(file)).c_str(), path.c_str()) != 0)
        std::abort();

    if (const auto source = openModelFile(path)) {
        int left = 50;
        for (const TensorInfo& tensor : (*source)->tensors()) {
            if (left-- == 0)
                break;
            double values[64];
            const std::int64_t some = std::min<std::int64_t>(tensor.count, 64);
            const std::span room = std::span(values).first(std::size_t(some));
            for (const std::int64_t first : {std::int64_t{0}, tensor.count / 2 - some / 2, tensor.count - some}) {
                const auto got = (*source)->read(tensor, {first, some}, room);
                if (!got && got.error().kind != Error::Kind::Unsupported)
                    std::abort();
            }
        }
    }
    ::unlink(path.c_str());
    ::close(file);
}

}  // namespace quantoscope
