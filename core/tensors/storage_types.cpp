// SPDX-License-Identifier: Apache-2.0
#include "core/tensors/storage_type.h"

#include <algorithm>
#include <array>

namespace quantoscope {

// The types of safetensors 0.8 (safetensors/src/tensor.rs, enum Dtype); NPY and GGUF use the same rows.
// 64-bit integers have no row in the table of number formats: a double cannot show all of them.
static constexpr std::array rows{
    StorageType{"BOOL", "uint8", 8},
    StorageType{"F4", "e2m1", 4},
    StorageType{"F6_E2M3", "e2m3", 6},
    StorageType{"F6_E3M2", "e3m2", 6},
    StorageType{"U8", "uint8", 8},
    StorageType{"I8", "int8", 8},
    StorageType{"F8_E5M2", "e5m2", 8},
    StorageType{"F8_E4M3", "e4m3", 8},
    StorageType{"F8_E8M0", "e8m0", 8},
    StorageType{"F8_E4M3FNUZ", "e4m3fnuz", 8},
    StorageType{"F8_E5M2FNUZ", "e5m2fnuz", 8},
    StorageType{"I16", "int16", 16},
    StorageType{"U16", "uint16", 16},
    StorageType{"F16", "fp16", 16},
    StorageType{"BF16", "bf16", 16},
    StorageType{"I32", "int32", 32},
    StorageType{"U32", "uint32", 32},
    StorageType{"F32", "fp32", 32},
    StorageType{"F64", "fp64", 64},
    StorageType{"I64", "", 64},
    StorageType{"U64", "", 64},
};

std::span<const StorageType> storageTypes()
{
    return rows;
}

const StorageType* findStorageType(std::string_view id)
{
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const StorageType& type) { return type.id == id; });
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace quantoscope
