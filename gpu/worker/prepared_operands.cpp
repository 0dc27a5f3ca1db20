// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/prepared_operands.h"

namespace quantoscope::gpu {
namespace {

PreparedOperand asStored(ElementType element, const OperandStorage& storage, const std::byte* bytes, const float* scales, std::int64_t rows,
                         std::int64_t columns)
{
    PreparedOperand operand;
    operand.rowBytes = std::int64_t(storedRowBytes(element, columns));
    operand.bytes = bytes;
    operand.byteCount = std::size_t(rows * operand.rowBytes);
    operand.packed.scales = libraryScales(storage, scales, rows, columns);
    return operand;
}

PreparedOperand asPacked(PackedOperand packed)
{
    PreparedOperand operand;
    operand.packed = std::move(packed);
    operand.rowBytes = operand.packed.rowBytes;
    operand.bytes = operand.packed.bytes.data();   // Moving a vector keeps its memory.
    operand.byteCount = operand.packed.bytes.size();
    return operand;
}

float lastScale(const OperandStorage& storage, const float* scales, std::int64_t rows, std::int64_t columns)
{
    return storage.scaleFormat == ScaleFormat::Ue4m3 ? scales[scaleCount(storage, rows, columns) - 1] : 1;
}

}  // namespace

PreparedOperands prepare(const HostOperands& operands)
{
    const KernelRow& row = *operands.row;
    const auto [m, n, k] = operands.shape;
    if (row.mark == KernelMark::WeightOnly)
        return {asPacked(packActivations(operands.x, m, k)), asPacked(packWeights(row.w, operands.w, operands.wScales, n, k)), 1};
    return {asStored(arrivingX(row).element, row.x, operands.x, operands.xScales, m, k), asStored(row.w.element, row.w, operands.w, operands.wScales, n, k),
            lastScale(row.x, operands.xScales, m, k) * lastScale(row.w, operands.wScales, n, k)};
}

}  // namespace quantoscope::gpu
