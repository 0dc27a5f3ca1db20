// SPDX-License-Identifier: Apache-2.0
// quantoscope-gpu: everything that knows CUDA, in a process of its own. Without an argument it answers
// the program that started it; the others are for a person at a machine with a GPU.
#include "gpu/worker/cuda_check.h"
#include "gpu/worker/devices.h"
#include "gpu/worker/self_test.h"
#include "gpu/worker/service.h"
#include "gpu/worker/sweep.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

using namespace quantoscope::gpu;

namespace {

int printDevices()
{
    try {
        for (const DeviceDescription& device : listDevices())
            std::printf("cuda:%u  %s  %llu MiB  compute capability %d.%d  %s\n", device.ordinal, device.name.c_str(),
                        static_cast<unsigned long long>(device.memoryBytes >> 20), device.computeMajor, device.computeMinor,
                        device.obstacle.empty() ? "ready" : device.obstacle.c_str());
        return 0;
    } catch (const CudaFailure& failure) {
        std::fprintf(stderr, "quantoscope-gpu: %s\n", failure.what());
        return 1;
    }
}

/// The parts that --test and --sweep run in processes of their own.
int runPart(std::string_view word, int count, char** words)
{
    if (word == "--test-kernel" && count == 5)
        return testKernel(std::atoi(words[2]), words[3], std::atof(words[4]));
    if (word == "--sweep-kernel" && count == 6)
        return sweepKernel(std::atoi(words[2]), words[3], std::atof(words[4]), words[5]);
    return -1;
}

int explain()
{
    std::fputs("quantoscope-gpu is started by Quantoscope. For people:\n"
               "  --devices           the GPUs of this machine\n"
               "  --test [SECONDS]    every kernel against its FP64 reference; exit 77 without a GPU\n"
               "  --sweep FILE.json   a full recorded run, at most ten minutes\n", stderr);
    return 2;
}

}  // namespace

int main(int count, char** words)
{
    const std::string_view word = count > 1 ? words[1] : "";
    if (word == "--devices" && count == 2)
        return printDevices();
    if (word == "--test" && count == 2)
        return runSelfTest();
    if (word == "--test" && count == 3 && std::atof(words[2]) > 0)
        return runSelfTest(std::atof(words[2]));
    if (word == "--sweep" && count == 3)
        return runSweep(words[2]);
    if (const int status = runPart(word, count, words); status >= 0)
        return status;
    if (count > 1 || isatty(0))
        return explain();
    return serve();
}
