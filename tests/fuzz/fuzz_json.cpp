// SPDX-License-Identifier: Apache-2.0
#include "core/files/json_reader.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

/// Whatever the walker passes over as one JSON value, nlohmann's parser accepts too, and the other way
/// round: two parsers that disagree are how names come twice and limits are evaded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace quantoscope;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (text.find('\0') != text.npos)
        return 0;   // nlohmann takes NUL for the end of the text
    JsonReader reader(text);
    reader.skipValue();
    const bool mine = findInvalidUtf8(text) == text.npos && reader.expectEnd();
    bool theirs = true;
    try {
        // A byte order mark is what nlohmann tolerates and RFC 8259 lets a reader refuse.
        theirs = nlohmann::json::accept(text) && !text.starts_with("\xEF\xBB\xBF");
        if (mine && !theirs)
            (void)nlohmann::json::parse(text);
    } catch (const nlohmann::json::out_of_range&) {
        return 0;   // a number beyond a double is well-formed JSON all the same
    } catch (const nlohmann::json::exception&) {
        theirs = false;
    }
    const bool isDeep = reader.problem().find("nested") != std::string::npos;
    if (mine != theirs && !isDeep)
        std::abort();
    return 0;
}
