// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/start_report.h"

#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QTimer>
#include <QWidget>

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace quantoscope {

namespace {

qint64 residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

/// Sees the first painting of the window.
class FirstPaint : public QObject {
public:
    FirstPaint(QWidget& window, qint64 startedAt)
        : QObject(&window)
        , m_startedAt(startedAt)
    {
        window.installEventFilter(this);
    }

    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint) {
            watched->removeEventFilter(this);
            // The children are painted and the result flushed within the same event; this comes after it.
            QTimer::singleShot(0, this, [this] { report(); });
        }
        return false;
    }

private:
    void report()
    {
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        const double milliseconds = double(std::chrono::nanoseconds(now).count() - m_startedAt) / 1e6;
        // Idle: whatever starts after the first picture has had its time.
        QTimer::singleShot(2500, this, [milliseconds] {
            std::printf("first paint %.1f ms, resident %.1f MB\n", milliseconds, double(residentBytes()) / 1e6);
            std::fflush(stdout);
            QApplication::quit();
        });
    }

    qint64 m_startedAt;
};

}  // namespace

void reportStart(QWidget& window)
{
    if (const qint64 startedAt = qEnvironmentVariable("QUANTOSCOPE_REPORT_START").toLongLong(); startedAt > 0)
        new FirstPaint(window, startedAt);
}

}  // namespace quantoscope
