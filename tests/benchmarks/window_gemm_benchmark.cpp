// SPDX-License-Identifier: GPL-3.0-or-later
// The GEMM page while it measures: from a mouse event to the finished repaint, and how soon a cancel is
// answered. The sweep over batches runs on all cores of the processor meanwhile, on the real page.
//
// window_gemm_benchmark [EVENTS]   prints median and 99th percentile with the machine idle and during a sweep, and
// the longest cancel, and beside each time how much of it the window's thread worked: the rest it waited for a core,
// behind the kernels or whatever else the machine does. Exit status 1 where the 99th percentile is not under 16.7 ms or a cancel takes 100 ms.
#include "app/pages/gemm/gemm_figure.h"
#include "app/workspace.h"
#include "tests/benchmarks/paint_watch.h"
#include "widgets/background_job.h"
#include "widgets/error_speed_plot.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QMouseEvent>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace quantoscope;

namespace {

struct Percentiles {
    double median, high, longest;
};

/// Milliseconds of one event: by the clock, and those in which this thread had a core.
struct Times {
    std::vector<double> wall, own;
};

Percentiles percentilesOf(std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times[std::min(times.size() - 1, times.size() * 99 / 100)], times.back()};
}

void report(const char* when, const Times& times, const char* limit)
{
    const Percentiles wall = percentilesOf(times.wall), own = percentilesOf(times.own);
    std::printf("event to paint, %-16s median %6.2f ms, 99 %% %6.2f ms, longest %6.2f ms%s; own work %.2f, 99 %% %.2f ms\n", when, wall.median, wall.high,
                wall.longest, limit, own.median, own.high);
}

/// Milliseconds from a press on the picture to the end of the whole page's repaint.
double eventToPaint(GemmFigure& page, ErrorSpeedPlot& plot, int index)
{
    const QPointF place(40 + (index * 37) % std::max(1, plot.width() - 80), 30 + (index * 23) % std::max(1, plot.height() - 60));
    QElapsedTimer timer;
    timer.start();
    QMouseEvent press(QEvent::MouseButtonPress, place, plot.mapToGlobal(place), Qt::LeftButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&plot, &press);
    page.repaint();
    QApplication::processEvents();   // What has come in from the measuring thread belongs to the frame.
    return double(timer.nsecsElapsed()) * 1e-6;
}

Times manyEvents(GemmFigure& page, ErrorSpeedPlot& plot, int count, bool duringSweep)
{
    Times times;
    for (int i = 0; i < count; ++i) {
        if (duringSweep && page.isSettled())
            page.runSweep();
        const double before = benchmarks::ownMilliseconds();
        times.wall.push_back(eventToPaint(page, plot, i));
        times.own.push_back(benchmarks::ownMilliseconds() - before);
        benchmarks::restFor(16);   // One event a frame, as a hand moves; the loop between is the window's own.
    }
    return times;
}

double longestCancel(GemmFigure& page, int rounds)
{
    double longest = 0;
    for (int i = 0; i < rounds; ++i) {
        page.runSweep();
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 60 + 90 * i)
            QApplication::processEvents(QEventLoop::AllEvents, 5);
        timer.restart();
        QKeyEvent escape(QEvent::KeyPress, Qt::Key_Escape, Qt::NoModifier);
        QApplication::sendEvent(&page, &escape);
        while (!page.isSettled() && timer.elapsed() < 5000)
            QApplication::processEvents(QEventLoop::AllEvents, 1);
        longest = std::max(longest, double(timer.nsecsElapsed()) * 1e-6);
    }
    return longest;
}

}  // namespace

int main(int count, char** words)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(count, words);
    loadFonts();
    setTheme(ThemeId::Light);
    const int events = count > 1 ? std::max(10, std::atoi(words[1])) : 300;

    Workspace workspace;
    GemmFigure page(workspace, nullptr);
    // All marks that people have a choice of, not only those that are ticked at first.
    QJsonArray leftOut;
    for (const GemmKernel& kernel : makeCpuBackend()->kernels())
        if (kernel.isExtra)
            leftOut.append(QString::fromStdString(kernel.id));
    page.setState({{QStringLiteral("shape"), QJsonArray{512, 2048, 2048}}, {QStringLiteral("seconds"), 0.05}, {QStringLiteral("leftOut"), leftOut}});
    page.resize(1440, 850);
    page.show();
    while (!page.isSettled())
        QApplication::processEvents(QEventLoop::AllEvents, 20);
    auto* plot = page.findChild<ErrorSpeedPlot*>();

    const Times idle = manyEvents(page, *plot, events, false);
    const Times busy = manyEvents(page, *plot, events, true);
    const double cancel = longestCancel(page, 8);
    report("idle:", idle, "");
    report("during a sweep:", busy, ", limit 16.7 ms");
    std::printf("cancel to settled:              longest %6.2f ms, limit 100 ms\n", cancel);
    stopAllJobs();
    return percentilesOf(busy.wall).high < 16.7 && cancel < 100 ? 0 : 1;
}
