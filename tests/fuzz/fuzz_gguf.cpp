// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    quantoscope::openAndRead("fuzz.gguf", bytes, size);
    return 0;
}
