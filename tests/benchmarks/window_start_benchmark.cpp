// SPDX-License-Identifier: GPL-3.0-or-later
// From starting the program to its first painted window, and what it holds in memory once idle.
// Usage: window_start_benchmark [runs] [program]. The limits stand beside the figures.
#include <QCoreApplication>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

namespace {

constexpr double longestMilliseconds = 200, mostMegabytes = 150;

struct Start {
    double milliseconds;
    double megabytes;
};

/// Starts the program once, with a profile of its own, and reads what it says of itself.
bool measure(const QString& program, const QString& profile, const QString& page, Start& start)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!environment.contains(QStringLiteral("QT_QPA_PLATFORM")) && !environment.contains(QStringLiteral("DISPLAY")))
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    environment.insert(QStringLiteral("QUANTOSCOPE_REPORT_START"), QString::number(std::chrono::nanoseconds(now).count()));
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    QStringList arguments{QStringLiteral("--profile"), profile};
    if (!page.isEmpty())
        arguments << QStringLiteral("--page") << page;
    process.start(program, arguments);
    if (!process.waitForFinished(60000))
        return false;
    static const QRegularExpression line(QStringLiteral("first paint ([0-9.]+) ms, resident ([0-9.]+) MB"));
    const auto match = line.match(QString::fromUtf8(process.readAllStandardOutput()));
    start = {match.captured(1).toDouble(), match.captured(2).toDouble()};
    return match.hasMatch();
}

}  // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = application.arguments();
    const int runs = arguments.value(1, QStringLiteral("20")).toInt();
    const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/../bin/quantoscope");
    const QString program = QFileInfo(arguments.value(2, beside)).absoluteFilePath();
    bool holds = true;
    for (const char* page : {"start", "numbers", "quantize", "models", "gemm", "lessons", "reference"}) {
        const QTemporaryDir profile;
        std::vector<Start> starts;
        Start start{};
        // The first run warms the disk's cache and is not counted.
        if (!measure(program, profile.path(), QString::fromLatin1(page), start)) {
            std::printf("%-10s is no page of this program, or it did not start\n", page);
            continue;
        }
        for (int run = 0; run < runs; ++run) {
            if (measure(program, profile.path(), QString::fromLatin1(page), start))
                starts.push_back(start);
        }
        if (starts.empty())
            return 1;
        std::ranges::sort(starts, {}, &Start::milliseconds);
        const double median = starts[starts.size() / 2].milliseconds;
        const double memory = std::ranges::max_element(starts, {}, &Start::megabytes)->megabytes;
        std::printf("%-10s median %6.1f ms (%.1f … %.1f, %zu runs; limit %.0f)   idle %5.1f MB (limit %.0f)\n", page, median,
                    starts.front().milliseconds, starts.back().milliseconds, starts.size(), longestMilliseconds, memory,
                    mostMegabytes);
        std::fflush(stdout);
        holds = holds && median < longestMilliseconds && memory < mostMegabytes;
    }
    return holds ? 0 : 1;
}
