// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/file_bytes.h"
#include "core/tensors/tensor.h"

namespace quantoscope {

/// What a file says it holds: names, shapes, types and places, no values.
struct TensorDirectory {
    std::vector<TensorInfo> tensors;                              ///< In file order.
    std::vector<std::pair<std::string, std::string>> metadata;
    /// The files the tensors lie in where that is not the one that was opened: the shards of an index.
    std::vector<std::shared_ptr<const FileBytes>> shards;
};

/// A name from a file as it may stand in a message: in quotation marks, cut where it is long, control
/// characters replaced.
std::string quotedName(std::string_view name);

}  // namespace quantoscope
