// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/tensors/tensor.h"

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace quantoscope {

/// An open source and one tensor of it; the source keeps the tensor alive.
struct ChosenTensor {
    std::shared_ptr<const TensorSource> source;
    const TensorInfo* tensor = nullptr;
};

/// FILE TENSOR, or --synthetic RECIPE in their place.
struct TensorArguments {
    std::string file, tensor, synthetic;

    void addTo(CLI::App&);
    Result<ChosenTensor> open() const;
};

Result<const TensorInfo*> tensorOf(const TensorSource&, const std::string& name);
/// A name from a file with its control characters replaced, so that it cannot steer a terminal.
std::string plainText(std::string text);

}  // namespace quantoscope
