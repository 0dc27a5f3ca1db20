// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace quantoscope::benchmarks {

/// NumPy and scikit-learn in a process of their own, which waits for tasks: so a peer's run lies between two of
/// ours, and a busy machine meets both alike. Where Debian's packages are not installed there is no peer.
class NumpyPeer {
public:
    NumpyPeer(const char* script, std::int64_t count)
    {
        std::signal(SIGPIPE, SIG_IGN);
        int toPeer[2], fromPeer[2];
        if (pipe(toPeer) != 0 || pipe(fromPeer) != 0)
            return;
        m_process = fork();
        if (m_process == 0) {
            dup2(toPeer[0], 0);
            dup2(fromPeer[1], 1);
            for (const int end : {toPeer[0], toPeer[1], fromPeer[0], fromPeer[1]})
                close(end);
            // Arrays come from memory it already has: fresh pages would cost it several times what the task does.
            setenv("MALLOC_MMAP_MAX_", "0", 1);
            setenv("MALLOC_TRIM_THRESHOLD_", "1000000000000", 1);
            setenv("OMP_NUM_THREADS", "1", 1);
            setenv("OPENBLAS_NUM_THREADS", "1", 1);
            execl("/usr/bin/python3", "python3", script, std::to_string(count).c_str(), nullptr);
            _exit(127);
        }
        close(toPeer[0]);
        close(fromPeer[1]);
        m_tasks = fdopen(toPeer[1], "w");
        m_answers = fdopen(fromPeer[0], "r");
    }
    ~NumpyPeer()
    {
        if (m_tasks)
            fclose(m_tasks);
        if (m_answers)
            fclose(m_answers);
        if (m_process > 0)
            waitpid(m_process, nullptr, 0);
    }
    NumpyPeer(const NumpyPeer&) = delete;

    /// Processor seconds of one run; nothing, and a line that says so, where it cannot be had.
    std::optional<double> secondsOf(const std::string& task)
    {
        char line[256] = {};
        std::fprintf(m_tasks, "%s\n", task.c_str());
        std::fflush(m_tasks);
        const std::string answer = std::fgets(line, sizeof line, m_answers) ? line : "no: python3-numpy is not installed\n";
        double seconds = 0;
        if (std::from_chars(answer.data(), answer.data() + answer.size(), seconds).ec == std::errc())
            return seconds;
        std::printf("   (peer %s: %s)\n", task.c_str(), answer.substr(0, answer.find('\n')).c_str());
        return {};
    }

private:
    pid_t m_process = -1;
    FILE *m_tasks = nullptr, *m_answers = nullptr;
};

}  // namespace quantoscope::benchmarks
