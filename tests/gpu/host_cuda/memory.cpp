// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/host_cuda/memory.h"

#include <cuda_runtime_api.h>

#include <sys/mman.h>

#include <map>
#include <set>
#include <utility>

extern "C" char __executable_start[], end[];   // Made by the linker.

namespace host_cuda {
namespace {

/// Who touched four bytes of shared memory last, and between which barriers.
struct SharedWord {
    std::uint32_t writtenAt = 0, readAt = 0;   ///< Count of barriers; 0: never.
    std::int16_t writer = 0, reader = 0;
    bool isCopying = false;
};
constexpr std::int16_t several = -1, everybody = -2;

/// The first writer of four bytes of device memory in a launch, and whether each byte was ever written.
struct DeviceWord {
    std::uint32_t launch = 0;
    std::uint32_t writer = 0;
    std::uint8_t written = 0;
};

struct Allocation {
    char* start = nullptr;
    std::size_t bytes = 0;
    std::vector<DeviceWord> words;
};

constexpr std::size_t arenaBytes = std::size_t{1} << 32, gap = 1 << 16, largestShared = 232448, dynamicAddress = 1024 + 128;
constexpr std::size_t staticAddress = 1 << 20, largestStatic = 48 << 10;
alignas(1024) char dynamicMemory[dynamicAddress + largestShared];
alignas(1024) char staticMemory[largestStatic];

struct State {
    char* arena = nullptr;
    std::map<char*, Allocation> allocations;
    Allocation* latest = nullptr;
    std::vector<SharedWord> dynamicWords, staticWords;
    std::size_t dynamicBytes = 0, staticBytes = 0;
    std::map<const void*, std::size_t> declarations;   ///< Places in staticMemory.
    std::uint32_t barriers = 1, launches = 0;
    const char *stackBegin = nullptr, *stackEnd = nullptr, *arguments = nullptr, *argumentsEnd = nullptr;
    std::set<std::string> known;
    std::vector<std::string> complaints;
};

State theState;
State& state() { return theState; }

std::string whereText()
{
    return " by thread " + std::to_string(threadNumber()) + " of block " + std::to_string(blockIdx.x) + "," + std::to_string(blockIdx.y);
}

/// Once for each kind: a mistake is seldom made by one thread alone.
void complainOnce(const std::string& kind, const std::string& details)
{
    if (state().known.insert(kind).second)
        state().complaints.push_back(kind + details);
}

std::uint32_t ownNumber()
{
    return (blockIdx.x + blockIdx.y * gridDim.x) * 1024u + std::uint32_t(threadNumber()) + 1;
}

SharedWord* sharedWord(const char* place)
{
    State& s = state();
    const std::ptrdiff_t inDynamic = place - (dynamicMemory + dynamicAddress), inStatic = place - staticMemory;
    if (inDynamic >= 0 && std::size_t(inDynamic) < s.dynamicBytes)
        return &s.dynamicWords[std::size_t(inDynamic) / 4];
    if (inStatic >= 0 && std::size_t(inStatic) < s.staticBytes)
        return &s.staticWords[std::size_t(inStatic) / 4];
    return nullptr;
}

bool isSharedMemory(const char* place)
{
    return (place >= dynamicMemory && place < dynamicMemory + sizeof dynamicMemory) || (place >= staticMemory && place < staticMemory + sizeof staticMemory);
}

void noteShared(Access access, const char* place, std::size_t bytes)
{
    const auto thread = std::int16_t(threadNumber());
    const std::uint32_t now = state().barriers;
    for (const char* at = place - std::uintptr_t(place) % 4; at < place + bytes; at += 4) {
        SharedWord* word = sharedWord(at);
        if (!word)
            return complainOnce("shared memory beyond what was reserved", ", " + std::to_string(bytes) + " bytes at address " + std::to_string(sharedAddressOf(place)) + whereText());
        if (word->isCopying)
            return complainOnce("shared memory touched while an asynchronous copy is on its way", whereText());
        const bool isForeign = word->writtenAt == now && word->writer != everybody && word->writer != thread;
        if (access == Access::Read) {
            if (word->writtenAt == 0)
                return complainOnce("shared memory read that nobody wrote", ", at address " + std::to_string(sharedAddressOf(place)) + whereText());
            if (isForeign)
                return complainOnce("shared memory read without a barrier after another thread wrote", whereText());
            word->reader = word->readAt == now && word->reader != thread ? several : thread;
            word->readAt = now;
        } else {
            if (isForeign || (word->readAt == now && word->reader != thread))
                return complainOnce("shared memory written without a barrier after another thread used it", whereText());
            word->writtenAt = now;
            word->writer = thread;
        }
    }
}

Allocation* allocationAt(char* place)
{
    State& s = state();
    if (s.latest && place >= s.latest->start && place < s.latest->start + s.latest->bytes)
        return s.latest;
    auto after = s.allocations.upper_bound(place);
    if (after == s.allocations.begin())
        return nullptr;
    Allocation& before = std::prev(after)->second;
    if (place >= before.start + before.bytes)
        return nullptr;
    return s.latest = &before;
}

void noteDevice(Access access, char* place, std::size_t bytes)
{
    Allocation* allocation = allocationAt(place);
    if (!allocation || place + bytes > allocation->start + allocation->bytes)
        return complainOnce(access == Access::Read ? "device memory read beyond what was reserved" : "device memory written beyond what was reserved",
                            ", " + std::to_string(bytes) + " bytes" + whereText());
    const std::uint32_t own = ownNumber(), launch = state().launches;
    for (std::size_t i = std::size_t(place - allocation->start); i < std::size_t(place - allocation->start) + bytes; ++i) {
        DeviceWord& word = allocation->words[i / 4];
        const bool isForeign = word.launch == launch && word.writer != own;
        if (isForeign)
            return complainOnce(access == Access::Read ? "device memory read that another thread of the same launch wrote" : "device memory written by two threads", whereText());
        if (access == Access::Write) {
            word.written = std::uint8_t(word.written | 1u << (i % 4));
            word.launch = launch;
            word.writer = own;
        } else if (!(word.written & 1u << (i % 4))) {
            return complainOnce("device memory read that nobody wrote", whereText());
        }
    }
}

bool isArena(const char* place)
{
    return state().arena && place >= state().arena && place < state().arena + arenaBytes;
}

}  // namespace

void note(Access access, const void* where, std::size_t bytes)
{
    const State& s = state();
    auto* place = static_cast<char*>(const_cast<void*>(where));
    if (!s.stackBegin || (place >= s.stackBegin && place < s.stackEnd))
        return;   // No kernel runs, or a thread's own.
    if (isSharedMemory(place))
        noteShared(access, place, bytes);
    else if (isArena(place))
        noteDevice(access, place, bytes);
    else if (access == Access::Read && ((place >= __executable_start && place < end) || (place >= s.arguments && place < s.argumentsEnd)))
        return;   // Constants, threadIdx, and what the kernel was started with.
    else
        complainOnce(access == Access::Read ? "memory read that is no device's" : "memory written that is no device's", whereText());
}

std::vector<std::string> takeComplaints()
{
    state().known.clear();
    return std::exchange(state().complaints, {});
}

void complain(const std::string& sentence)
{
    complainOnce(sentence, "");
}

DeviceMemory::DeviceMemory(std::size_t bytes)
{
    State& s = state();
    if (!s.arena)
        s.arena = static_cast<char*>(mmap(nullptr, arenaBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    char* start = s.arena + gap;
    if (!s.allocations.empty()) {
        const Allocation& last = s.allocations.rbegin()->second;
        start = last.start + (last.bytes + 255) / 256 * 256 + gap;
    }
    m_start = start;
    s.allocations[start] = {start, bytes, std::vector<DeviceWord>((bytes + 3) / 4)};
    s.latest = nullptr;
    std::memset(m_start, 0xFF, bytes);
}

DeviceMemory::DeviceMemory(const void* source, std::size_t bytes) : DeviceMemory(bytes)
{
    if (bytes > 0)
        std::memcpy(m_start, source, bytes);
    for (DeviceWord& word : state().allocations[static_cast<char*>(m_start)].words)
        word.written = 15;
}

DeviceMemory::~DeviceMemory()
{
    state().allocations.erase(static_cast<char*>(m_start));
    state().latest = nullptr;
}

bool DeviceMemory::isWholeWritten() const
{
    const Allocation& allocation = state().allocations[static_cast<char*>(m_start)];
    for (std::size_t i = 0; i < allocation.bytes; ++i)
        if (!(allocation.words[i / 4].written & 1u << (i % 4)))
            return false;
    return true;
}

std::uint32_t sharedAddressOf(const void* where)
{
    const auto* place = static_cast<const char*>(where);
    if (place >= dynamicMemory && place < dynamicMemory + sizeof dynamicMemory)
        return std::uint32_t(place - dynamicMemory);
    if (!isSharedMemory(place))
        complain("a shared address was asked for of what is not shared memory");
    return std::uint32_t(place - staticMemory + std::ptrdiff_t(staticAddress));
}

void* sharedPlace(std::uint32_t address)
{
    return address < staticAddress ? dynamicMemory + address : staticMemory + (address - staticAddress);
}

void startCopy(void* target, std::size_t bytes)
{
    note(Access::Write, target, bytes);
    std::memset(target, 0xFF, bytes);
    for (std::size_t i = 0; i < bytes; i += 4)
        if (SharedWord* word = sharedWord(static_cast<char*>(target) + i))
            word->isCopying = true;
}

void endCopy(void* target, const void* bytes, std::size_t count, int arrivesFor)
{
    for (std::size_t i = 0; i < count; i += 4)
        if (SharedWord* word = sharedWord(static_cast<char*>(target) + i)) {
            std::memcpy(static_cast<char*>(target) + i, static_cast<const char*>(bytes) + i, 4);
            word->isCopying = false;
            word->writtenAt = state().barriers;
            word->writer = arrivesFor < 0 ? everybody : std::int16_t(arrivesFor);
        }
}

void noteAsynchronousRead(const void* place, std::size_t bytes)
{
    for (std::size_t i = 0; i < bytes; i += 4) {
        const SharedWord* word = sharedWord(static_cast<const char*>(place) + i);
        if (!word)
            return complain("the tensor cores read shared memory beyond what was reserved");
        if (word->isCopying || word->writtenAt == 0)
            return complain("the tensor cores read shared memory before it was there");
    }
}

void beginLaunch(const void* arguments, std::size_t bytes)
{
    State& s = state();
    ++s.launches;
    s.arguments = static_cast<const char*>(arguments);
    s.argumentsEnd = s.arguments + bytes;
}

void beginBlock(std::size_t dynamicBytes)
{
    State& s = state();
    s.dynamicBytes = std::min(dynamicBytes, largestShared);
    s.staticBytes = 0;
    s.declarations.clear();
    std::memset(dynamicMemory + dynamicAddress, 0xFF, s.dynamicBytes);
    std::memset(staticMemory, 0xFF, largestStatic);
    s.dynamicWords.assign((s.dynamicBytes + 3) / 4, {});
    s.staticWords.assign(largestStatic / 4, {});
    s.barriers = 1;
}

void passBarrier()
{
    ++state().barriers;
}

void setStack(const char* begin, const char* end)
{
    state().stackBegin = begin;
    state().stackEnd = end;
}

void* staticSharedPlace(const void* declaration, std::size_t bytes, std::size_t alignment)
{
    State& s = state();
    const auto [found, isNew] = s.declarations.try_emplace(declaration, (s.staticBytes + 15) / 16 * 16 + (alignment < 16 ? alignment : 0));
    if (isNew) {
        s.staticBytes = found->second + bytes;
        if (s.staticBytes > largestStatic)
            complain("a kernel declares more shared memory than there is");
    }
    return staticMemory + found->second;
}

void* dynamicShared()
{
    return dynamicMemory + dynamicAddress;
}

}  // namespace host_cuda

// What g++ calls with -fsanitize=thread before every access, and with -fsanitize=alignment,bounds where a
// check fails. The sanitizers' own libraries are not linked.
extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
std::uint8_t __tsan_atomic8_load(const volatile std::uint8_t* place, int) { return *place; }   // Of a static variable's guard.
void __tsan_read_range(void* place, std::size_t bytes) { host_cuda::note(host_cuda::Access::Read, place, bytes); }
void __tsan_write_range(void* place, std::size_t bytes) { host_cuda::note(host_cuda::Access::Write, place, bytes); }
#define HOST_CUDA_ACCESS(bytes)                                                                                    \
    void __tsan_read##bytes(void* place) { host_cuda::note(host_cuda::Access::Read, place, bytes); }               \
    void __tsan_write##bytes(void* place) { host_cuda::note(host_cuda::Access::Write, place, bytes); }             \
    void __tsan_unaligned_read##bytes(void* place) { host_cuda::note(host_cuda::Access::Read, place, bytes); }     \
    void __tsan_unaligned_write##bytes(void* place) { host_cuda::note(host_cuda::Access::Write, place, bytes); }
HOST_CUDA_ACCESS(1)
HOST_CUDA_ACCESS(2)
HOST_CUDA_ACCESS(4)
HOST_CUDA_ACCESS(8)
HOST_CUDA_ACCESS(16)

/// Both begin with the place in the source.
struct SanitizerData {
    const char* file;
    std::uint32_t line, column;
};
void __ubsan_handle_type_mismatch_v1(SanitizerData* data, std::uintptr_t)
{
    host_cuda::complain(std::string("an address is not aligned as its type wants, in ") + data->file + ":" + std::to_string(data->line));
}
void __ubsan_handle_out_of_bounds(SanitizerData* data, std::uintptr_t)
{
    host_cuda::complain(std::string("an index lies beyond its array, in ") + data->file + ":" + std::to_string(data->line));
}

}  // extern "C"
