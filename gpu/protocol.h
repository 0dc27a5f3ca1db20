// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

/// What the program and its worker process say to each other, over the worker's standard input and
/// output. A message is a MessageHeader and `bytes` bytes of body. Matrices never travel through the
/// pipes: they lie in shared memory, descriptor `sharedMemoryDescriptor` of the worker, which the
/// client has sealed against shrinking. Both sides read the other as untrusted: every count is held
/// against the bytes that are there, and a message that does not parse ends the conversation.
/// Both processes run on one machine, so numbers have its byte order.
namespace quantoscope::gpu {

inline constexpr std::uint32_t protocolVersion = 3;
inline constexpr std::uint32_t magicNumber = 0x50475351;          ///< "QSGP"
inline constexpr std::uint32_t largestMessageBytes = 1 << 16;
inline constexpr int sharedMemoryDescriptor = 3;
inline constexpr int neededDriverVersion = 13000;                 ///< CUDA 13.0, which the worker is built with.
static_assert(std::endian::native == std::endian::little);

enum class MessageType : std::uint32_t {
    // From the program
    Describe = 1,   ///< No body. Answered by Description.
    Multiply,       ///< MultiplyRequest. Answered by Product, any number of Samples and Quantizing, EndOfList; or Fault. Beats in between.
    Cancel,         ///< No body. The running product ends with Fault{cancelled}.
    // From the worker
    Description = 100,   ///< DeviceDescription, one a message; then EndOfList, or Fault where there is none.
    EndOfList,
    Beat,        ///< Still alive, nothing to tell.
    Samples,     ///< Seconds of further products.
    Quantizing,  ///< The same for the part in which a kernel quantizes x itself.
    Product,     ///< No body. The rows asked for lie in shared memory.
    Fault,       ///< Why the request could not be served.
};

struct MessageHeader {
    std::uint32_t magic = magicNumber;
    std::uint32_t version = protocolVersion;
    MessageType type = MessageType::Beat;
    std::uint32_t bytes = 0;   ///< Of the body; at most largestMessageBytes.
};

/// Appends numbers and texts to a body.
class MessageWriter {
public:
    template <class Number>
    MessageWriter& number(Number value)
    {
        static_assert(std::is_arithmetic_v<Number>);
        const auto* bytes = reinterpret_cast<const char*>(&value);
        m_body.insert(m_body.end(), bytes, bytes + sizeof value);
        return *this;
    }
    MessageWriter& text(const std::string& value)
    {
        number(std::uint32_t(value.size()));
        m_body.insert(m_body.end(), value.begin(), value.end());
        return *this;
    }
    const std::vector<char>& body() const { return m_body; }

private:
    std::vector<char> m_body;
};

/// Takes them out again. A read past the end gives zero and makes the reader bad for good.
class MessageReader {
public:
    explicit MessageReader(std::span<const char> body) : m_rest(body) {}

    template <class Number>
    Number number()
    {
        Number value{};
        if (m_rest.size() < sizeof value) {
            m_good = false;
            return value;
        }
        std::memcpy(&value, m_rest.data(), sizeof value);
        m_rest = m_rest.subspan(sizeof value);
        return value;
    }
    std::string text()
    {
        const auto length = number<std::uint32_t>();
        if (length > m_rest.size()) {
            m_good = false;
            return {};
        }
        const std::string value(m_rest.data(), length);
        m_rest = m_rest.subspan(length);
        return value;
    }
    bool isAtEnd() const { return m_good && m_rest.empty(); }   ///< Nothing missing, nothing left over.

private:
    std::span<const char> m_rest;
    bool m_good = true;
};

struct DeviceDescription {
    std::uint32_t ordinal = 0;
    std::string name;
    std::uint64_t memoryBytes = 0;
    std::int32_t computeMajor = 0, computeMinor = 0;
    std::int32_t driverVersion = 0;
    std::string obstacle;   ///< Why it cannot be used, a sentence; empty where it can.
};

inline std::vector<char> write(const DeviceDescription& device)
{
    return MessageWriter().number(device.ordinal).text(device.name).number(device.memoryBytes)
        .number(device.computeMajor).number(device.computeMinor).number(device.driverVersion)
        .text(device.obstacle).body();
}

inline std::optional<DeviceDescription> readDeviceDescription(std::span<const char> body)
{
    MessageReader reader(body);
    DeviceDescription device;
    device.ordinal = reader.number<std::uint32_t>();
    device.name = reader.text();
    device.memoryBytes = reader.number<std::uint64_t>();
    device.computeMajor = reader.number<std::int32_t>();
    device.computeMinor = reader.number<std::int32_t>();
    device.driverVersion = reader.number<std::int32_t>();
    device.obstacle = reader.text();
    return reader.isAtEnd() ? std::optional(device) : std::nullopt;
}

/// y[M,N] = x[M,K] · W[N,K]ᵀ, times x and w scales. Shared memory holds both stored
/// operands, their scales, the numbers of the wanted rows (64 bits each) and room for those rows of y,
/// where gpu/kernel_table.h's sharedLayout says.
struct MultiplyRequest {
    std::uint32_t device = 0;
    std::string kernel;
    std::int64_t m = 0, n = 0, k = 0;
    double seconds = 0;
    std::int64_t rowCount = 0;
};

inline std::vector<char> write(const MultiplyRequest& request)
{
    return MessageWriter().number(request.device).text(request.kernel).number(request.m).number(request.n)
        .number(request.k).number(request.seconds).number(request.rowCount).body();
}

inline std::optional<MultiplyRequest> readMultiplyRequest(std::span<const char> body)
{
    MessageReader reader(body);
    MultiplyRequest request;
    request.device = reader.number<std::uint32_t>();
    request.kernel = reader.text();
    request.m = reader.number<std::int64_t>();
    request.n = reader.number<std::int64_t>();
    request.k = reader.number<std::int64_t>();
    request.seconds = reader.number<double>();
    request.rowCount = reader.number<std::int64_t>();
    return reader.isAtEnd() ? std::optional(request) : std::nullopt;
}

struct Fault {
    std::int32_t code = 0;     ///< CUDA's error number; 0 where it is not CUDA's.
    std::uint8_t isSticky = 0; ///< The worker can do nothing more and ends.
    std::string sentence;
};

inline std::vector<char> write(const Fault& fault)
{
    return MessageWriter().number(fault.code).number(fault.isSticky).text(fault.sentence).body();
}

inline std::optional<Fault> readFault(std::span<const char> body)
{
    MessageReader reader(body);
    Fault fault;
    fault.code = reader.number<std::int32_t>();
    fault.isSticky = reader.number<std::uint8_t>();
    fault.sentence = reader.text();
    return reader.isAtEnd() ? std::optional(fault) : std::nullopt;
}

inline std::vector<char> writeSamples(std::span<const double> seconds)
{
    MessageWriter writer;
    writer.number(std::uint32_t(seconds.size()));
    for (const double value : seconds)
        writer.number(value);
    return writer.body();
}

/// Seconds of products; nothing where a value is no time.
inline std::optional<std::vector<double>> readSamples(std::span<const char> body)
{
    MessageReader reader(body);
    const auto count = reader.number<std::uint32_t>();
    if (count > body.size() / sizeof(double))
        return std::nullopt;
    std::vector<double> seconds(count);
    for (double& value : seconds) {
        value = reader.number<double>();
        if (!(value > 0 && value < 1e6))
            return std::nullopt;
    }
    return reader.isAtEnd() ? std::optional(seconds) : std::nullopt;
}

}  // namespace quantoscope::gpu
