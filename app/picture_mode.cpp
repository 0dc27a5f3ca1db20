// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/picture_mode.h"

#include "app/main_window.h"
#include "app/picture.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QThread>

namespace quantoscope {

bool waitUntilSettled(const std::function<bool()>& isSettled, int secondsAtMost)
{
    // Settled means so at every look for a while: an answer that arrives may start the next computation, and a
    // layout may take a second pass. On a busy machine a single turn of the event loop can take longer than that
    // while, so it is counted from a look on that found things settled, and the turn after it counts as well.
    const QDeadlineTimer deadline(qint64(secondsAtMost) * 1000);
    QElapsedTimer quiet;
    for (int looks = 0; looks < 3 || quiet.elapsed() < 150;) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        if (!isSettled())
            looks = 0;
        else if (++looks == 1)
            quiet.start();
        if (deadline.hasExpired())
            return false;
        QThread::msleep(2);
    }
    return true;
}

Result<void> drawWindow(MainWindow& window, const QString& path, int secondsAtMost)
{
    const auto tooSlow = [&] {
        return failure(Error::Kind::Cancelled,
                       QCoreApplication::translate("Picture", "The page was still computing after %1 s; no picture was written.")
                           .arg(secondsAtMost)
                           .toStdString());
    };
    const auto isSettled = [&] { return window.isSettled(); };
    if (!waitUntilSettled(isSettled, secondsAtMost))
        return tooSlow();
    // A script must not take a picture of an error for the picture it asked for.
    if (!window.problem().isEmpty())
        return failure(Error::Kind::Unreadable, window.problem().toStdString());
    window.setStill();
    if (!waitUntilSettled(isSettled, secondsAtMost))
        return tooSlow();
    return writePicture(window, path);
}

}  // namespace quantoscope
