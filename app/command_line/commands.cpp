// SPDX-License-Identifier: Apache-2.0
#include "app/command_line/command.h"

#include <array>

namespace quantoscope {

namespace {

constexpr bool takesNegativeNumbers = true;

constexpr std::array rows{
    Command{"formats", "The table of number formats", command::formats},
    Command{"decode", "The values of codes", command::decode, takesNegativeNumbers},
    Command{"encode", "The codes of values", command::encode, takesNegativeNumbers},
    Command{"lessons", "Checks lesson files: lessons check [DIR]", command::lessons},
};

}  // namespace

std::span<const Command> commands()
{
    return rows;
}

}  // namespace quantoscope
