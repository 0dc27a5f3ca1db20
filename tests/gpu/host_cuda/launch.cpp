// SPDX-License-Identifier: Apache-2.0
#undef _FORTIFY_SOURCE   // It takes a jump to another stack for a mistake.
#include <cuda_runtime_api.h>

#include "core/random.h"
#include "tests/gpu/host_cuda/memory.h"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

namespace host_cuda {
namespace {

constexpr std::size_t stackBytes = 128 << 10;

/// Begun once by swapcontext(), which asks the kernel of the operating system; from then on by jumps, which do not.
struct Place {
    ucontext_t start{};
    jmp_buf jump{};
    bool isStarted = false;
};

struct Fibre {
    Place place;
    char* stack = nullptr;
    bool isIdle = false;   ///< Has done its thread and can do another.
    uint3 index{};
    const std::function<bool()>* waitsFor = nullptr;   ///< nullptr: for others of its group, or for its turn.
    const char* waitsAt = "";
};

/// Threads of a group that have arrived at an instruction.
struct Meeting {
    const char* instruction = nullptr;
    int arrived = 0;
    std::vector<void*> frames;
};

struct Event {
    EventId id;
    std::function<void()> happen;
    const void* tag;
};

/// The block that runs.
struct Block {
    std::vector<Fibre> fibres{1024};
    std::size_t threads = 0;
    std::vector<int> ready;
    std::vector<int> waiting;             ///< In waitUntil().
    std::map<int, Meeting> meetings;      ///< By group: warps, then warpgroups, then the block.
    std::list<Event> events;
    int running = 0, left = 0;
    std::size_t patience = 1;             ///< An event comes after so many turns of threads, on average.
    const Call* call = nullptr;
    Place outside{.isStarted = true};
};

Block block;
std::map<const void*, int> allowedShared;
std::uint64_t randomCount = 0, seed = 1;
EventId latestEvent = 0;
std::uint64_t blocksRun = 0;

std::size_t draw(std::size_t below)
{
    return std::size_t(quantoscope::RandomStream(seed).bits(randomCount++) % below);
}

char* stackOf(std::size_t fibre)
{
    static std::vector<char*> stacks;
    while (stacks.size() <= fibre)
        stacks.push_back(static_cast<char*>(mmap(nullptr, stackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)));
    return stacks[fibre];
}

void happen(std::list<Event>::iterator event)
{
    const std::function<void()> todo = std::move(event->happen);
    block.events.erase(event);
    setStack(nullptr, nullptr);   // Not a thread's doing.
    todo();
}

/// Those of its tag that came earlier go first.
std::list<Event>::iterator firstOfItsTag(std::list<Event>::iterator event)
{
    if (!event->tag)
        return event;
    return std::find_if(block.events.begin(), event, [&](const Event& other) { return other.tag == event->tag; });
}

void wakeWaiting()
{
    std::erase_if(block.waiting, [](int thread) {
        Fibre& fibre = block.fibres[std::size_t(thread)];
        if (!(*fibre.waitsFor)())
            return false;
        fibre.waitsFor = nullptr;
        block.ready.push_back(thread);
        return true;
    });
}

/// Who runs next; nothing where nobody can.
std::optional<int> takeNext()
{
    while (true) {
        if (!block.events.empty() && (block.ready.empty() || draw(block.patience) == 0)) {
            happen(firstOfItsTag(std::next(block.events.begin(), std::ptrdiff_t(draw(block.events.size())))));
            wakeWaiting();
            continue;
        }
        if (block.ready.empty())
            return std::nullopt;
        std::swap(block.ready[draw(block.ready.size())], block.ready.back());
        const int next = block.ready.back();
        block.ready.pop_back();
        return next;
    }
}

/// The running fibre stands somewhere already; another goes on.
void switchFrom(Place& left)
{
    setStack(nullptr, nullptr);
    const auto next = takeNext();
    Place* entered = &block.outside;
    if (next) {
        Fibre& fibre = block.fibres[std::size_t(*next)];
        block.running = *next;
        threadIdx = fibre.index;
        entered = &fibre.place;
        setStack(fibre.stack, fibre.stack + stackBytes);
    }
    if (entered == &left || _setjmp(left.jump) != 0)
        return;
    if (std::exchange(entered->isStarted, true))
        _longjmp(entered->jump, 1);
    setcontext(&entered->start);
}

void runThread()
{
    while (true) {
        block.call->start(block.call->data);
        --block.left;
        Fibre& own = block.fibres[std::size_t(block.running)];
        own.isIdle = true;
        switchFrom(own.place);
    }
}

std::string stuckText()
{
    std::map<std::string, int> places;
    for (const int thread : block.waiting)
        ++places[block.fibres[std::size_t(thread)].waitsAt];
    for (const auto& [group, meeting] : block.meetings)
        if (meeting.arrived > 0)
            places[meeting.instruction] += meeting.arrived;
    std::string text = "threads wait for ever:";
    for (const auto& [place, count] : places)
        text += " " + std::to_string(count) + " at " + place;
    return text;
}

void runBlock(const Plan& plan, const Call& call)
{
    const std::size_t threads = std::size_t(plan.block.x) * plan.block.y * plan.block.z;
    block.threads = threads;
    block.ready.resize(threads);
    std::iota(block.ready.begin(), block.ready.end(), 0);
    block.waiting.clear();
    block.meetings.clear();
    block.events.clear();
    block.left = int(threads);
    block.call = &call;
    for (std::size_t i = 0; i < threads; ++i) {
        Fibre& fibre = block.fibres[i];
        fibre.index = {unsigned(i) % plan.block.x, unsigned(i) / plan.block.x % plan.block.y, unsigned(i) / plan.block.x / plan.block.y};
        if (std::exchange(fibre.isIdle, false))
            continue;
        fibre.stack = stackOf(i);
        fibre.waitsFor = nullptr;
        fibre.place.isStarted = false;
        getcontext(&fibre.place.start);
        fibre.place.start.uc_stack.ss_sp = fibre.stack;
        fibre.place.start.uc_stack.ss_size = stackBytes;
        makecontext(&fibre.place.start, runThread, 0);
    }
    // Early events show what overwrites too soon, late ones what is not waited for.
    constexpr std::size_t patiences[] = {16, 1024, std::size_t{1} << 40};
    block.patience = patiences[draw(std::size(patiences))];
    ++blocksRun;
    beginBlock(plan.sharedBytes);
    switchFrom(block.outside);
    if (block.left > 0)
        complain(stuckText());
}

bool isPossible(const Plan& plan, const void* name)
{
    constexpr std::size_t withoutAsking = 48 << 10, most = 232448;
    const auto asked = allowedShared.find(name);
    const std::size_t allowed = asked == allowedShared.end() ? withoutAsking : std::max(withoutAsking, std::size_t(asked->second));
    if (plan.sharedBytes > allowed || plan.sharedBytes > most)
        complain("a launch wants more shared memory than was asked for or than there is");
    else if (plan.grid.x < 1 || plan.grid.y < 1 || plan.grid.z < 1 || plan.grid.x > 0x7FFFFFFFu || plan.grid.y > 65535 || plan.grid.z > 65535)
        complain("a launch has a grid that no GPU takes");
    else if (const std::uint64_t threads = std::uint64_t(plan.block.x) * plan.block.y * plan.block.z; threads < 1 || threads > 1024)
        complain("a launch has blocks that no GPU takes");
    else
        return true;
    return false;
}

}  // namespace

void setSeed(std::uint64_t value)
{
    seed = value;
    randomCount = 0;
}

void allowShared(const void* kernel, int bytes)
{
    allowedShared[kernel] = bytes;
}

void run(const Plan& plan, const Call& call)
{
    if (!isPossible(plan, call.name))
        return;
    beginLaunch(call.data, call.bytes);
    gridDim = plan.grid;
    blockDim = plan.block;
    std::vector<unsigned> order(std::size_t(plan.grid.x) * plan.grid.y * plan.grid.z);
    std::iota(order.begin(), order.end(), 0u);
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[draw(i)]);
    for (const unsigned number : order) {
        blockIdx = {number % plan.grid.x, number / plan.grid.x % plan.grid.y, number / plan.grid.x / plan.grid.y};
        runBlock(plan, call);
    }
}

std::uint64_t blockNumber()
{
    return blocksRun;
}

int threadNumber()
{
    return block.running;
}

void meet(Group group, const char* instruction, void* own, void (*work)(void* const* all, int count))
{
    const int threads = int(block.threads), size = group == Group::Warp ? 32 : group == Group::Warpgroup ? 128 : threads;
    const int number = block.running / size + (group == Group::Warp ? 0 : group == Group::Warpgroup ? 100 : 200);
    Meeting& meeting = block.meetings[number];
    if (meeting.arrived == 0) {
        meeting.instruction = instruction;
        meeting.frames.assign(std::size_t(size), nullptr);
    } else if (std::strcmp(meeting.instruction, instruction) != 0) {
        complain(std::string("threads that belong together execute ") + meeting.instruction + " and " + instruction);
    }
    const int self = block.running, first = self / size * size;
    // A thread that gave no frame marks its arrival by an address of its own.
    meeting.frames[std::size_t(self - first)] = own ? own : &block.fibres[std::size_t(self)];
    if (++meeting.arrived < size)
        return switchFrom(block.fibres[std::size_t(self)].place);
    meeting.arrived = 0;
    setStack(nullptr, nullptr);
    if (work)
        work(meeting.frames.data(), size);
    for (int thread = first; thread < first + size; ++thread)
        block.ready.push_back(thread);
    switchFrom(block.fibres[std::size_t(self)].place);
}

void waitUntil(const std::function<bool()>& isTrue, const char* what)
{
    if (isTrue())
        return;
    Fibre& own = block.fibres[std::size_t(block.running)];
    own.waitsFor = &isTrue;
    own.waitsAt = what;
    block.waiting.push_back(block.running);
    switchFrom(own.place);
}

EventId happenLater(std::function<void()> event, const void* tag)
{
    block.events.push_back({++latestEvent, std::move(event), tag});
    return latestEvent;
}

void happenNow(EventId id)
{
    while (true) {
        const auto event = std::find_if(block.events.begin(), block.events.end(), [&](const Event& one) { return one.id == id; });
        if (event == block.events.end())
            break;
        happen(firstOfItsTag(event));
    }
    const Fibre& own = block.fibres[std::size_t(block.running)];
    setStack(own.stack, own.stack + stackBytes);
    wakeWaiting();
}

}  // namespace host_cuda

void __syncthreads()
{
    host_cuda::meet(host_cuda::Group::Block, "__syncthreads", nullptr, [](void* const*, int) { host_cuda::passBarrier(); });
}
