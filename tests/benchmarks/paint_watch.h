// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QWidget>

namespace quantoscope::benchmarks {

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
