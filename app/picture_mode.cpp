// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/picture_mode.h"

#include "app/main_window.h"
#include "app/picture.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QThread>

namespace quantoscope {

Result<void> drawWindow(MainWindow& window, const QString& path, int secondsAtMost)
{
    // Settled means so for a while: an answer that arrives may start the next computation, and a
    // layout may take a second pass.
    const QDeadlineTimer deadline(qint64(secondsAtMost) * 1000);
    QElapsedTimer quiet;
    quiet.start();
    while (quiet.elapsed() < 150) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        if (!window.isSettled())
            quiet.restart();
        if (deadline.hasExpired())
            return failure(Error::Kind::Cancelled,
                           QCoreApplication::translate("Picture", "The page was still computing after %1 s; no picture was written.")
                               .arg(secondsAtMost)
                               .toStdString());
        QThread::msleep(2);
    }
    // A script must not take a picture of an error for the picture it asked for.
    if (!window.problem().isEmpty())
        return failure(Error::Kind::Unreadable, window.problem().toStdString());
    window.setStill();
    QCoreApplication::processEvents();
    return writePicture(window, path);
}

}  // namespace quantoscope
