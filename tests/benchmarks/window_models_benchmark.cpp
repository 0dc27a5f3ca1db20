// SPDX-License-Identifier: GPL-3.0-or-later
// The window with a model of very many tensors: from the file to the first painted rows, a key, a wheel, a letter in the
// search and in the list of tensors, another scheme, the export menu, and the end of the program in mid-scan.
//
// window_models_benchmark [TENSORS… | FILE…]   prints median and 99th percentile by the clock and of the work of the
// window's thread, and the longest time in which it answered nothing while the scan went on. Files with that many small
// tensors of four types in layers are made in a temporary folder. Exit status 1 where the window's thread worked for 100 ms
// without answering.
#include "app/main_window.h"
#include "app/palette_view.h"
#include "app/pages/models/model_scan.h"
#include "app/pages/models/models_page.h"
#include "app/workspace.h"
#include "tests/benchmarks/paint_watch.h"
#include "widgets/background_job.h"
#include "widgets/tensor_table.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QWheelEvent>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <unistd.h>
#include <vector>

using namespace quantoscope;

namespace {

constexpr double longestStall = 100;
bool holds = true;

double milliseconds(const QElapsedTimer& clock)
{
    return double(clock.nsecsElapsed()) * 1e-6;
}

double residentMegabytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return double(file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE)) / 1e6;
}

/// A safetensors file: layers of seven tensors in F32, F16, BF16 and I8, of 32 values each.
bool makeFile(const QString& path, int count)
{
    constexpr const char* rests[] = {"attn_q.weight", "attn_k.weight", "attn_v.weight", "attn_norm.weight", "ffn_up.weight", "ffn_down.weight", "ffn_gate.weight"};
    constexpr const char* types[] = {"F16", "BF16", "F32", "F32", "BF16", "F16", "I8"};
    constexpr int bytes[] = {2, 2, 4, 4, 2, 2, 1};
    QByteArray header = "{";
    qint64 offset = 0;
    for (int i = 0; i < count; ++i) {
        const int kind = i % 7;
        const qint64 end = offset + 32 * bytes[kind];
        header += (i > 0 ? ",\"blk." : "\"blk.") + QByteArray::number(i / 7) + '.' + rests[kind] + "\":{\"dtype\":\"" + types[kind]
            + (kind == 3 ? "\",\"shape\":[32],\"data_offsets\":[" : "\",\"shape\":[4,8],\"data_offsets\":[") + QByteArray::number(offset) + ','
            + QByteArray::number(end) + "]}";
        offset = end;
    }
    header += '}';
    header += QByteArray((8 - header.size() % 8) % 8, ' ');
    QByteArray whole(8, '\0');
    for (int i = 0; i < 8; ++i)
        whole[i] = char(quint64(header.size()) >> (8 * i));
    whole += header;
    whole.reserve(whole.size() + offset);
    quint32 random = 1;
    for (qint64 i = 0; i < offset; ++i)
        whole += char((random = random * 1664525u + 1013904223u) >> 26 | 0x20);
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(whole) == whole.size();
}

/// By the clock, and how much of it the window's thread worked: the rest it waited for a core.
struct Time {
    double wall, own;
};

class Watch {
public:
    void start()
    {
        m_clock.start();
        m_own = benchmarks::ownMilliseconds();
    }
    Time time() const { return {milliseconds(m_clock), benchmarks::ownMilliseconds() - m_own}; }

private:
    QElapsedTimer m_clock;
    double m_own = 0;
};

void report(const char* what, std::vector<Time> times)
{
    const auto at = [&](double Time::* part, double share) {
        std::ranges::sort(times, {}, part);
        return times[std::min(times.size() - 1, std::size_t(double(times.size()) * share))].*part;
    };
    std::printf("  %-44s median %8.2f ms, 99 %% %8.2f ms; own work %8.2f, 99 %% %8.2f ms\n", what, at(&Time::wall, 0.5), at(&Time::wall, 0.99),
                at(&Time::own, 0.5), at(&Time::own, 0.99));
    std::fflush(stdout);
    holds = holds && at(&Time::own, 0.99) < longestStall;
}

/// The longest time without an answer until something is true.
template <class Until>
Time longestGap(Until until, int atMost)
{
    QElapsedTimer whole;
    Watch gap;
    whole.start();
    Time longest{};
    while (!until() && whole.elapsed() < atMost) {
        gap.start();
        QApplication::processEvents(QEventLoop::AllEvents);
        const Time time = gap.time();
        longest = {std::max(longest.wall, time.wall), std::max(longest.own, time.own)};
        ::usleep(200);
    }
    return longest;
}

template <class Cause>
std::vector<Time> painted(QWidget* picture, int count, Cause cause)
{
    benchmarks::PaintWatch watch(picture);
    std::vector<Time> times;
    for (int i = 0; i < count; ++i) {
        const double own = benchmarks::ownMilliseconds();
        const double wall = watch.millisecondsUntilPainted([&] { cause(i); });
        times.push_back({wall, benchmarks::ownMilliseconds() - own});
        QApplication::processEvents();
    }
    return times;
}

void press(QWidget* widget, int key, const QString& text = {})
{
    QKeyEvent down(QEvent::KeyPress, key, Qt::NoModifier, text), up(QEvent::KeyRelease, key, Qt::NoModifier, text);
    QApplication::sendEvent(widget, &down);
    QApplication::sendEvent(widget, &up);
}

void measureTable(TensorTable* table)
{
    QWidget* rows = table->viewport();
    const auto walk = [&](int key) {
        press(table, key);
        rows->update();   // At an end of the list nothing would move.
    };
    table->setCurrentIndex(table->model()->index(0, 0));
    report("Down, to the painted rows", painted(rows, 60, [&](int) { walk(Qt::Key_Down); }));
    report("Page down", painted(rows, 40, [&](int i) { walk(i % 8 < 4 ? Qt::Key_PageDown : Qt::Key_PageUp); }));
    report("Wheel", painted(rows, 60, [&](int) {
               const QPointF at = QRectF(rows->rect()).center();
               QWheelEvent wheel(at, rows->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
               QApplication::sendEvent(rows, &wheel);
               rows->update();
           }));
    report("Mouse over another row", painted(rows, 60, [&](int i) {
               const QPointF at(200, 40 + (i * 37) % std::max(1, rows->height() - 60));
               QMouseEvent move(QEvent::MouseMove, at, rows->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
               QApplication::sendEvent(rows, &move);
               rows->update();
           }));
    table->tensors()->openAll();
    QApplication::processEvents();
    report("Down, all layers open", painted(rows, 60, [&](int) { walk(Qt::Key_Down); }));
}

void measureSearch(ModelsPage& page)
{
    auto* field = page.findChild<QLineEdit*>(QStringLiteral("tensorSearch"));
    std::vector<Time> letters;
    std::vector<double> arranged;
    const QString word = QStringLiteral("ffn_down 4x8");
    for (int i = 0; i < 2 * word.size(); ++i) {
        Watch watch;
        watch.start();
        const bool types = i < word.size();
        press(field, types ? Qt::Key_A : Qt::Key_Backspace, types ? word.mid(i, 1) : QString());
        page.repaint();
        QApplication::processEvents();
        letters.push_back(watch.time());
        longestGap([&] { return watch.time().wall > 80; }, 80);   // A quick typist.
        if (i == word.size() - 1 || i == 2 * word.size() - 1) {
            longestGap([&] { return !page.table()->tensors()->isArranging(); }, 60000);
            arranged.push_back(watch.time().wall);
        }
    }
    report("A letter in the search, to the painted page", letters);
    std::printf("  %-44s %8.1f ms and %.1f ms\n", "Last letter and last backspace, to the list", arranged[0], arranged[1]);
}

void measurePalette(MainWindow& window)
{
    auto* palette = window.findChild<PaletteView*>();
    auto* field = palette->findChild<QLineEdit*>();
    std::vector<Time> opened, letters;
    for (int i = 0; i < 3; ++i) {
        Watch watch;
        watch.start();
        palette->open(QStringLiteral("tensors"), QPoint(200, 40));
        window.repaint();
        QApplication::processEvents();
        opened.push_back(watch.time());
        const QString word = QStringLiteral("12 down");
        for (const QChar letter : word) {
            longestGap([] { return false; }, 60);
            watch.start();
            press(field, Qt::Key_A, letter);
            window.repaint();
            QApplication::processEvents();
            letters.push_back(watch.time());
        }
        press(field, Qt::Key_Escape);
    }
    report("List of tensors, opened", opened);
    report("A letter in the list of tensors", letters);
}

void measure(const QString& path)
{
    auto workspace = std::make_unique<Workspace>();
    auto window = std::make_unique<MainWindow>(*workspace, Settings());
    window->resize(1440, 900);
    window->showPage(QStringLiteral("models"));
    window->show();
    auto* page = qobject_cast<ModelsPage*>(window->page());
    longestGap([] { return false; }, 600);
    std::printf("%s: before it is open %.0f MB resident\n", qPrintable(path), residentMegabytes());

    TensorTable* table = page->table();
    Watch watch;
    watch.start();
    window->openFile(path);
    const Time opening = longestGap([&] { return table->tensors()->rowCount() > 0; }, 60000);
    table->viewport()->repaint();
    std::printf("  opened and its rows painted after %.1f ms\n", watch.time().wall);
    report("Opening: longest without an answer", {opening});
    report("Scan: longest without an answer", {longestGap([&] { return !page->scan()->isRunning(); }, 6000)});
    std::printf("  after six seconds %.1f %% scanned, %.0f MB resident\n", page->scan()->fraction() * 100, residentMegabytes());
    measureTable(table);
    measureSearch(*page);
    measurePalette(*window);
    watch.start();
    window->chooseScheme(QStringLiteral("int8"));
    page->repaint();
    report("Another scheme, to the painted page", {watch.time()});
    report("then: longest without an answer", {longestGap([&] { return !page->scan()->isRunning(); }, 2000)});
    watch.start();
    table->tensors()->setSort({TensorColumn::Sqnr, false});
    const Time sorting = watch.time(), after = longestGap([] { return false; }, 4000);
    report("Sort by SQNR: longest without an answer", {{std::max(sorting.wall, after.wall), std::max(sorting.own, after.own)}});
    watch.start();
    window->showPage(QStringLiteral("quantize"));
    window->repaint();
    report("The Quantize page, first time, painted", {watch.time()});
    longestGap([] { return false; }, 500);
    watch.start();
    for (int i = 0; i < 100; ++i)
        workspace->setScheme(*parseScheme("int5,clip=-0." + std::to_string(100 + i) + ":0.2"));
    std::printf("  %-44s %8.3f ms each\n", "A clip dragged there, beside the frame itself", watch.time().own / 100);
    watch.start();
    window->close();
    window.reset();
    workspace.reset();
    stopAllJobs();
    report("Closed in mid-work", {watch.time()});
}

}  // namespace

int main(int count, char** words)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(count, words);
    loadFonts();
    setTheme(ThemeId::Light);
    const QTemporaryDir folder;
    QStringList wanted = QCoreApplication::arguments().mid(1);
    if (wanted.isEmpty())
        wanted = QStringList{QStringLiteral("20000"), QStringLiteral("100000"), QStringLiteral("500000")};
    for (const QString& each : wanted) {
        bool isNumber = false;
        const int tensors = each.toInt(&isNumber);
        const QString path = isNumber ? folder.filePath(each + QStringLiteral(".safetensors")) : each;
        if (isNumber && !makeFile(path, tensors))
            return 2;
        measure(path);
    }
    return holds ? 0 : 1;
}
