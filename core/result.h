// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace quantoscope {

/// Why something that meets the outside world (a file, a device, a typed text) could not be done.
struct Error {
    enum class Kind { NotFound, Unreadable, Malformed, Unsupported, Cancelled, Device, Usage };

    Kind kind;
    std::string message;   ///< One sentence for the person: what happened, where, what to do.
};

/// A value, or the reason there is none. Becomes std::expected once the project is C++23.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(Error::Kind kind, std::string message)
{
    return tl::unexpected<Error>(Error{kind, std::move(message)});
}

inline tl::unexpected<Error> cancelled()
{
    return failure(Error::Kind::Cancelled, "Cancelled.");
}

}  // namespace quantoscope
