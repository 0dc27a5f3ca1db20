// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QEventLoop>
#include <QTimer>
#include <QWidget>

#include <ctime>

namespace quantoscope::benchmarks {

/// Milliseconds in which this thread had a core.
inline double ownMilliseconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) * 1e-6;
}

/// The time between two movements of a hand. The loop sleeps as the window's own does: a thread that spins here looks
/// to the scheduler like one more computation and waits its turn behind all others, which no window does.
inline void restFor(int milliseconds)
{
    QEventLoop loop;
    QTimer::singleShot(milliseconds, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

/// Counts finished repaints of a widget.
class PaintWatch : public QObject {
public:
    explicit PaintWatch(QWidget* picture) : m_picture(picture) { m_picture->installEventFilter(this); }
    ~PaintWatch() override { m_picture->removeEventFilter(this); }

    /// Milliseconds from here to the end of the next repaint, which `cause` asks for.
    template <class Cause>
    double millisecondsUntilPainted(Cause cause)
    {
        const int before = m_paints;
        QElapsedTimer clock;
        clock.start();
        cause();
        while (m_paints == before && clock.elapsed() < 1000)
            QCoreApplication::processEvents();
        return double(clock.nsecsElapsed()) * 1e-6;
    }

    bool eventFilter(QObject*, QEvent* event) override
    {
        m_paints += event->type() == QEvent::Paint;
        return false;
    }

private:
    QWidget* m_picture;
    int m_paints = 0;
};

}  // namespace quantoscope::benchmarks
