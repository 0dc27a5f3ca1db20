// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What compute-sanitizer does on a GPU. The kernels are compiled with the compiler's thread sanitizer,
/// but its calls, one for every access to memory, end here: an access outside of what was reserved, a read
/// of what nobody wrote, two threads at one place of shared memory without a barrier between them, two
/// threads that write the same element of a result, an address that is no multiple of what it should be.
namespace host_cuda {

/// Sentences since the last call, each once; empty when all was well.
std::vector<std::string> takeComplaints();
void complain(const std::string& sentence);

/// Device memory with room on both sides that belongs to nobody. What was not written may not be read.
class DeviceMemory {
public:
    explicit DeviceMemory(std::size_t bytes);
    DeviceMemory(const void* source, std::size_t bytes);
    ~DeviceMemory();
    DeviceMemory(const DeviceMemory&) = delete;
    DeviceMemory& operator=(const DeviceMemory&) = delete;
    void* get() const { return m_start; }
    bool isWholeWritten() const;

private:
    void* m_start;
};

enum class Access { Read, Write };
/// As if the running thread had read or written there; for what instructions do.
void note(Access, const void* place, std::size_t bytes);

/// Shared memory has addresses of its own, 32 bits, as on a GPU.
std::uint32_t sharedAddressOf(const void* place);
void* sharedPlace(std::uint32_t address);

/// An asynchronous copy to shared memory: from its start to its arrival nobody may touch the place.
void startCopy(void* target, std::size_t bytes);
/// The bytes are there; `arrivesFor` is the thread that waited for them, or -1: for everybody.
void endCopy(void* target, const void* bytes, std::size_t count, int arrivesFor);
/// Read by the tensor cores themselves: must be there and be nobody's copy any more.
void noteAsynchronousRead(const void* place, std::size_t bytes);

/// For launch.cpp. Fills shared memory with NaN and forgets who did what.
void beginLaunch(const void* arguments, std::size_t bytes);
void beginBlock(std::size_t dynamicBytes);
void passBarrier();   ///< Of the whole block: what was written before may be read after.
void setStack(const char* begin, const char* end);   ///< Of the running thread; nullptr: no kernel runs.

}  // namespace host_cuda
