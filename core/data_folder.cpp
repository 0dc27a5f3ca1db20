// SPDX-License-Identifier: Apache-2.0
#include "core/data_folder.h"

#include <cstdlib>
#include <system_error>

namespace quantoscope {

std::filesystem::path executableFolder()
{
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
}

std::filesystem::path dataFolder()
{
    if (const char* folder = std::getenv("QUANTOSCOPE_DATA"); folder && *folder)
        return folder;
    return executableFolder().parent_path() / "share" / "quantoscope";
}

}  // namespace quantoscope
