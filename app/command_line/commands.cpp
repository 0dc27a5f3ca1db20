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
    Command{"number", "One value in many formats: code, exact value, errors, neighbours", command::number,
            takesNegativeNumbers},
    Command{"tensors", "What a model file holds: names, types, shapes, places", command::tensors},
    Command{"stats", "Statistics of a model's tensors", command::stats},
    Command{"histogram", "The histogram of a tensor", command::histogram},
    Command{"dump", "The values of a tensor as a float32 NPY file", command::dump},
    Command{"schemes", "The quantization schemes with names of their own", command::schemes},
    Command{"quantize", "Quantizes a tensor and says what it costs", command::quantize},
    Command{"calibrate", "Where each method clips a tensor, and the cost of every clip", command::calibrate},
    Command{"language", "What the sample model says under a scheme: its loss and the words it invents", command::language},
    Command{"lessons", "Checks lesson files: lessons check [DIR]", command::lessons},
    Command{"devices", "The processors that can multiply matrices, and why one cannot", command::devices},
    Command{"gemm", "Speed and error of a matrix product in every number format", command::gemm},
    Command{"sums", "How the error of a dot product grows with its length, by the way its products are added", command::sums},
    Command{"outliers", "What a few large channels of x cost a product in eight bits, by treatment", command::outliers},
};

}  // namespace

std::span<const Command> commands()
{
    return rows;
}

}  // namespace quantoscope
