// SPDX-License-Identifier: Apache-2.0
#include "gpu/worker/child_process.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace quantoscope::gpu {

ChildEnd runSelf(const std::vector<std::string>& arguments, double mostSeconds)
{
    using Clock = std::chrono::steady_clock;
    std::vector<char*> words{const_cast<char*>("quantoscope-gpu")};
    for (const std::string& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    std::fflush(nullptr);   // Or the child's lines come before ours.
    pid_t process = -1;
    if (posix_spawn(&process, "/proc/self/exe", nullptr, nullptr, words.data(), environ) != 0)
        return {};
    const auto start = Clock::now();
    bool isKilled = false;
    while (true) {
        int status = 0;
        const pid_t ended = waitpid(process, &status, WNOHANG);
        if (ended == process && isKilled)
            return {ChildEnd::How::TooLong, 0};
        if (ended == process)
            return WIFSIGNALED(status) ? ChildEnd{ChildEnd::How::Signal, WTERMSIG(status)} : ChildEnd{ChildEnd::How::Exit, WEXITSTATUS(status)};
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (ended < 0 || seconds > mostSeconds + 10)   // It hangs in the driver and cannot even be killed: left behind.
            return {ChildEnd::How::TooLong, 0};
        if (seconds > mostSeconds && !isKilled) {
            kill(process, SIGKILL);
            isKilled = true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

std::string complaintAbout(const ChildEnd& end, double mostSeconds)
{
    switch (end.how) {
    case ChildEnd::How::Exit: return {};
    case ChildEnd::How::Signal: return std::string("crashed (") + strsignal(end.number) + ")";
    case ChildEnd::How::TooLong: return "did not end within " + std::to_string(int(mostSeconds)) + " seconds and was ended";
    case ChildEnd::How::NotStarted: return "could not be started";
    }
    return {};
}

}  // namespace quantoscope::gpu
