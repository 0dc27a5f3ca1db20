// SPDX-License-Identifier: GPL-3.0-or-later
// The window with a model of very many tensors: from the file to the first painted rows, a key, a wheel, a letter in the
// search and in the list of tensors, another scheme, the export menu, and the end of the program in mid-scan.
//
// window_models_benchmark [TENSORS… | FILE…]   prints for each the median, the 99th percentile and the longest; beside
// them the longest time in which the window's thread answered nothing while the scan went on. Files with that many small
// tensors of four types in layers are made in a temporary folder. Exit status 1 where the window did not answer for 100 ms.
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

void report(const char* what, std::vector<double> times)
{
    std::sort(times.begin(), times.end());
    const double high = times[std::min(times.size() - 1, times.size() * 99 / 100)];
    std::printf("  %-44s median %8.2f ms, 99 %% %8.2f ms, longest %8.2f ms\n", what, times[times.size() / 2], high, times.back());
    std::fflush(stdout);
    holds = holds && times.back() < longestStall;
}

/// The longest time without an answer until something is true.
template <class Until>
double longestGap(Until until, int atMost)
{
    QElapsedTimer whole, gap;
    whole.start();
    double longest = 0;
    while (!until() && whole.elapsed() < atMost) {
        gap.start();
        QApplication::processEvents(QEventLoop::AllEvents);
        longest = std::max(longest, milliseconds(gap));
        ::usleep(200);
    }
    return longest;
}

template <class Cause>
std::vector<double> painted(QWidget* picture, int count, Cause cause)
{
    benchmarks::PaintWatch watch(picture);
    std::vector<double> times;
    for (int i = 0; i < count; ++i) {
        times.push_back(watch.millisecondsUntilPainted([&] { cause(i); }));
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
    report("Down, to the painted rows", painted(rows, 60, [&](int) { press(table, Qt::Key_Down); }));
    report("Page down", painted(rows, 40, [&](int i) { press(table, i % 8 < 4 ? Qt::Key_PageDown : Qt::Key_PageUp); }));
    report("Wheel", painted(rows, 60, [&](int) {
               const QPointF at = QRectF(rows->rect()).center();
               QWheelEvent wheel(at, rows->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
               QApplication::sendEvent(rows, &wheel);
               rows->update();   // At the end of the list nothing would move.
           }));
    report("Mouse over another row", painted(rows, 60, [&](int i) {
               const QPointF at(200, 40 + (i * 37) % std::max(1, rows->height() - 60));
               QMouseEvent move(QEvent::MouseMove, at, rows->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
               QApplication::sendEvent(rows, &move);
               rows->update();
           }));
    table->tensors()->openAll();
    QApplication::processEvents();
    report("Down, all layers open", painted(rows, 60, [&](int) { press(table, Qt::Key_Down); }));
}

void measureSearch(ModelsPage& page)
{
    auto* field = page.findChild<QLineEdit*>(QStringLiteral("tensorSearch"));
    std::vector<double> letters, arranged;
    const QString word = QStringLiteral("ffn_down 4x8");
    for (int i = 0; i < 2 * word.size(); ++i) {
        QElapsedTimer clock;
        clock.start();
        const bool types = i < word.size();
        press(field, types ? Qt::Key_A : Qt::Key_Backspace, types ? word.mid(i, 1) : QString());
        page.repaint();
        QApplication::processEvents();
        letters.push_back(milliseconds(clock));
        longestGap([&] { return clock.elapsed() > 80; }, 80);   // A quick typist.
        if (i == word.size() - 1 || i == 2 * word.size() - 1) {
            longestGap([&] { return !page.table()->tensors()->isArranging(); }, 60000);
            arranged.push_back(milliseconds(clock));
        }
    }
    report("A letter in the search, to the painted page", letters);
    std::printf("  %-44s %8.1f ms and %.1f ms\n", "Last letter and last backspace, to the list", arranged[0], arranged[1]);
}

void measurePalette(MainWindow& window)
{
    auto* palette = window.findChild<PaletteView*>();
    auto* field = palette->findChild<QLineEdit*>();
    std::vector<double> opened, letters;
    for (int i = 0; i < 3; ++i) {
        QElapsedTimer clock;
        clock.start();
        palette->open(QStringLiteral("tensors"), QPoint(200, 40));
        window.repaint();
        QApplication::processEvents();
        opened.push_back(milliseconds(clock));
        const QString word = QStringLiteral("12 down");
        for (const QChar letter : word) {
            clock.start();
            press(field, Qt::Key_A, letter);
            window.repaint();
            QApplication::processEvents();
            letters.push_back(milliseconds(clock));
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
    QElapsedTimer clock;
    clock.start();
    benchmarks::PaintWatch watch(table->viewport());
    window->openFile(path);
    const double opening = longestGap([&] { return table->tensors()->rowCount() > 0; }, 60000);
    table->viewport()->repaint();
    std::printf("  opened and its rows painted after %.1f ms; longest without an answer %.2f ms\n", milliseconds(clock), opening);
    report("Scan: longest without an answer", {longestGap([&] { return !page->scan()->isRunning(); }, 6000)});
    std::printf("  after six seconds %.1f %% scanned, %.0f MB resident\n", page->scan()->fraction() * 100, residentMegabytes());
    measureTable(table);
    measureSearch(*page);
    measurePalette(*window);
    clock.start();
    window->chooseScheme(QStringLiteral("int8"));
    page->repaint();
    report("Another scheme, to the painted page", {milliseconds(clock)});
    report("then: longest without an answer", {longestGap([&] { return !page->scan()->isRunning(); }, 2000)});
    clock.start();
    table->tensors()->setSort({TensorColumn::Sqnr, false});
    report("Sort by SQNR: longest without an answer", {std::max(milliseconds(clock), longestGap([&] { return false; }, 4000))});
    clock.start();
    window->showPage(QStringLiteral("quantize"));
    window->repaint();
    report("The Quantize page, first time, painted", {milliseconds(clock)});
    longestGap([] { return false; }, 500);
    clock.start();
    window->close();
    window.reset();
    workspace.reset();
    stopAllJobs();
    report("closed in mid-work", {milliseconds(clock)});
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
