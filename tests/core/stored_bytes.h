// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formats/number_format.h"
#include "core/tensors/tensor.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <cstring>
#include <string>
#include <vector>

namespace quantoscope::test {

inline std::string sha256(const QByteArray& bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().toStdString();
}

template <class Stored>
QByteArray storedAs(const std::vector<double>& values)
{
    const std::vector<Stored> stored(values.begin(), values.end());
    return {reinterpret_cast<const char*>(stored.data()), qsizetype(stored.size() * sizeof(Stored))};
}

/// A tensor's bytes as they would lie in C order and little-endian. Where the file has them so, they
/// are its own; else they are made from the decoded values, which proves the decoder right.
inline QByteArray bytesInCOrder(const TensorSource& source, const TensorInfo& tensor)
{
    QByteArray bytes(qsizetype(tensor.bytes), 0);
    if (source.readBytes(tensor, {0, tensor.count}, std::as_writable_bytes(std::span(bytes.data(), std::size_t(bytes.size())))))
        return bytes;
    std::vector<double> values(std::size_t(tensor.count));
    if (!source.read(tensor, {0, tensor.count}, values))
        return {};
    if (tensor.typeName == "F32")
        return storedAs<float>(values);
    if (tensor.typeName == "F64")
        return storedAs<double>(values);
    if (tensor.typeName == "I16")
        return storedAs<std::int16_t>(values);
    if (tensor.typeName == "I32")
        return storedAs<std::int32_t>(values);
    return {};
}

}  // namespace quantoscope::test
