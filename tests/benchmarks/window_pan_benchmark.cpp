// SPDX-License-Identifier: GPL-3.0-or-later
// From a mouse event on the number line to the finished repaint, on the real Numbers page in a real window
// with ten formats, for views from one ULP to the whole range, linear and logarithmic.
//
// window_pan_benchmark [MOVES]   prints median and 99th percentile; exit status 1 where the 99th percentile is
// not under the 16.7 ms of one frame at 60 Hz.
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/numbers_figure.h"
#include "tests/benchmarks/paint_watch.h"
#include "widgets/number_line.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace quantoscope;

namespace {

struct View {
    const char* name;
    double centre, span;   ///< As NumberLineView: values, or octaves on the logarithmic scale.
    bool logarithmic;
};

std::vector<double> panOver(NumbersFigure& figure, int moves)
{
    NumberLine* line = figure.lineCard()->line();
    benchmarks::PaintWatch watch(line);
    const auto mouse = [&](QEvent::Type type, double x, Qt::MouseButtons buttons) {
        const QPointF local(x, line->height() / 2.0);
        QMouseEvent event(type, local, line->mapToGlobal(local), type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, buttons, Qt::NoModifier);
        QCoreApplication::sendEvent(line, &event);
    };
    const double start = line->width() / 2.0;
    mouse(QEvent::MouseButtonPress, start, Qt::LeftButton);
    std::vector<double> milliseconds;
    for (int i = 0; i < moves; ++i) {
        const double phase = double(i % 200) / 200, part = phase < 0.5 ? 2 * phase : 2 - 2 * phase;
        milliseconds.push_back(watch.millisecondsUntilPainted(
            [&] { mouse(QEvent::MouseMove, start + part * 400 + i % 2 + 4, Qt::LeftButton); }));
    }
    mouse(QEvent::MouseButtonRelease, start, Qt::NoButton);
    std::sort(milliseconds.begin(), milliseconds.end());
    return milliseconds;
}

}  // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    loadFonts();
    setTheme(ThemeId::Light);
    const int moves = argc > 1 ? std::max(100, std::atoi(argv[1])) : 1000;
    QWidget window;
    window.resize(1440, 900);
    NumbersFigure figure(NumbersFigure::Part::Page, &window);
    figure.setGeometry(88, 52, 1340, 840);
    window.show();
    const View views[] = {{"one ULP of FP32", 3.14159274, 1e-6, false}, {"around the value", 3.14159274, 0.8, false},
                          {"0 to 1000", 500, 1000, false},              {"all of E5M2", 0, 120000, false},
                          {"an octave, log", 161.5, 1, true},           {"24 octaves, log", 161, 24, true},
                          {"all of FP32, log", 0, 600, true}};
    bool fast = true;
    std::printf("Mouse event to finished repaint while panning ten formats, %d moves, window 1440 x 900, milliseconds\n", moves);
    std::printf("%-20s %10s %10s %10s\n", "view", "median", "99 %", "frames/s");
    for (const View& view : views) {
        figure.setState({{QStringLiteral("formats"), QStringLiteral("fp64,fp32,tf32,fp16,bf16,e4m3,e5m2,posit16,int8,nf4")},
                         {QStringLiteral("logarithmic"), view.logarithmic},
                         {QStringLiteral("view"), QJsonObject{{QStringLiteral("centre"), view.centre}, {QStringLiteral("span"), view.span}}}});
        for (int i = 0; i < 20; ++i)
            QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
        const std::vector<double> times = panOver(figure, moves);
        const double median = times[times.size() / 2], p99 = times[times.size() * 99 / 100];
        std::printf("%-20s %10.2f %10.2f %10.0f\n", view.name, median, p99, 1000 / median);
        std::fflush(stdout);
        fast = fast && p99 < 1000.0 / 60;
    }
    return fast ? 0 : 1;
}
