// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/file_cursor.h"

#include <string>
#include <utility>

namespace quantoscope {

/// Reads one key and its value, as text for people: long strings and lists are cut, with “…” and what
/// they have in all. The pair general.alignment sets `alignment`, after it was checked.
std::pair<std::string, std::string> readGgufPair(FileCursor&, std::uint64_t& alignment);

}  // namespace quantoscope
