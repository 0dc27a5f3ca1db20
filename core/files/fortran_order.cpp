// SPDX-License-Identifier: Apache-2.0
#include "core/files/fortran_order.h"

#include <algorithm>
#include <cstring>

namespace quantoscope {

namespace {

/// Reads pieces at growing offsets through a window, so that pieces that lie close together cost one
/// call to the system, and pieces far apart cost no more than themselves.
class WindowedReader {
public:
    WindowedReader(const FileBytes& file, std::uint64_t end)
        : m_file(file)
        , m_end(end)
    {
    }

    /// `stride` is the distance to the piece that will be asked for next, 0 where there is none.
    Result<const std::byte*> at(std::uint64_t offset, std::uint64_t length, std::uint64_t stride)
    {
        constexpr std::uint64_t close = 4096, window = 256 * 1024;
        if (offset < m_start || offset + length > m_start + m_bytes.size()) {
            const std::uint64_t wanted = stride > 0 && stride <= std::max(close, 2 * length) ? std::max(length, window) : length;
            m_bytes.resize(std::min(wanted, m_end - offset));
            m_start = offset;
            if (auto got = m_file.read(m_start, m_bytes); !got)
                return tl::unexpected(got.error());
        }
        return m_bytes.data() + (offset - m_start);
    }

private:
    const FileBytes& m_file;
    std::uint64_t m_end;
    std::uint64_t m_start = 0;
    std::vector<std::byte> m_bytes;
};

/// Indices low[d] ≤ i < high[d] in every dimension.
struct Box {
    Shape low, high;
};

/// A C-order range as boxes: a part of a row, whole rows, a part of a row, and so in every dimension.
std::vector<Box> boxesOf(const Shape& shape, ElementRange range)
{
    std::vector<Box> boxes;
    std::int64_t at = range.first;
    const std::int64_t end = range.first + range.count;
    while (at < end) {
        // The outermost dimension of which at least one whole step begins here and ends within the range.
        std::size_t running = 0;
        std::int64_t step = elementCount(shape).value_or(0) / shape[0];
        while (at % step != 0 || at + step > end) {
            ++running;
            step /= shape[running];
        }
        Box box{Shape(shape.size(), 0), shape};
        std::int64_t position = at / step;
        for (std::size_t d = running + 1; d-- > 0; position /= shape[d]) {
            box.low[d] = position % shape[d];
            box.high[d] = box.low[d] + 1;
        }
        const std::int64_t steps = std::min((end - at) / step, shape[running] - box.low[running]);
        box.high[running] = box.low[running] + steps;
        at += steps * step;
        boxes.push_back(std::move(box));
    }
    return boxes;
}

/// Walks a box in the order of the file and copies each element to its place in C order.
class BoxCopy {
public:
    BoxCopy(const TensorInfo& tensor, ElementRange range, std::span<std::byte> bytes)
        : m_tensor(tensor)
        , m_range(range)
        , m_bytes(bytes)
        , m_elementBytes(std::uint64_t(tensor.type->bits) / 8)
        , m_cSteps(tensor.shape.size(), 1)
        , m_fileSteps(tensor.shape.size(), 1)
    {
        for (std::size_t d = 1; d < tensor.shape.size(); ++d) {
            m_fileSteps[d] = m_fileSteps[d - 1] * tensor.shape[d - 1];
            const std::size_t back = tensor.shape.size() - 1 - d;
            m_cSteps[back] = m_cSteps[back + 1] * tensor.shape[back + 1];
        }
    }

    Result<void> copy(const Box& box, WindowedReader& reader)
    {
        Shape index = box.low;
        const std::size_t rank = index.size();
        for (;;) {
            if (auto copied = copyRun(box, index, reader); !copied)
                return copied;
            std::size_t d = 1;
            while (d < rank && ++index[d] == box.high[d]) {
                index[d] = box.low[d];
                ++d;
            }
            if (d >= rank)
                return {};
        }
    }

private:
    /// The elements along the first dimension, which lie side by side in the file.
    Result<void> copyRun(const Box& box, const Shape& index, WindowedReader& reader)
    {
        std::int64_t fileIndex = 0, cIndex = -m_range.first;
        std::int64_t stride = 0;   // to the next run of this box
        for (std::size_t d = 0; d < index.size(); ++d) {
            fileIndex += index[d] * m_fileSteps[d];
            cIndex += index[d] * m_cSteps[d];
            if (d > 0 && stride == 0 && box.high[d] - box.low[d] > 1)
                stride = m_fileSteps[d];
        }
        const std::int64_t length = box.high[0] - box.low[0];
        for (std::int64_t done = 0; done < length;) {
            const std::int64_t some = std::min(length - done, mostElements);
            const auto run = reader.at(m_tensor.offset + std::uint64_t(fileIndex + done) * m_elementBytes,
                                       std::uint64_t(some) * m_elementBytes, std::uint64_t(stride) * m_elementBytes);
            if (!run)
                return tl::unexpected(run.error());
            for (std::int64_t i = 0; i < some; ++i)
                std::memcpy(m_bytes.data() + std::uint64_t(cIndex + (done + i) * m_cSteps[0]) * m_elementBytes,
                            *run + std::uint64_t(i) * m_elementBytes, m_elementBytes);
            done += some;
        }
        return {};
    }

    static constexpr std::int64_t mostElements = 65536;
    const TensorInfo& m_tensor;
    ElementRange m_range;
    std::span<std::byte> m_bytes;
    std::uint64_t m_elementBytes;
    Shape m_cSteps, m_fileSteps;   ///< Elements from one index to the next, per dimension.
};

}  // namespace

Result<void> readFortranOrder(const FileBytes& file, const TensorInfo& tensor, ElementRange range,
                              std::span<std::byte> bytes)
{
    WindowedReader reader(file, tensor.offset + tensor.bytes);
    BoxCopy copy(tensor, range, bytes);
    for (const Box& box : boxesOf(tensor.shape, range))
        if (auto copied = copy.copy(box, reader); !copied)
            return copied;
    return {};
}

}  // namespace quantoscope
