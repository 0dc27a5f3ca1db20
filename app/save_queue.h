// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/profile.h"

#include <QMutex>
#include <QObject>
#include <QThreadPool>

namespace quantoscope {

/// Saves what the window remembers by itself (page memory, settings) without holding up a frame: a save waits for the
/// disk, which takes milliseconds on a good one and seconds on a busy one. One after another, so that what was given
/// last is what stands there; of a name that waits only the newest is written. Lives in the window's thread.
class SaveQueue : public QObject {
    Q_OBJECT

public:
    explicit SaveQueue(Profile& profile, QObject* parent = nullptr);
    ~SaveQueue() override;   ///< Everything given is written before.

    void save(const QString& name, const QJsonObject& object);
    /// Waits until everything given is written or has failed, and says what failed last; called when the window closes.
    Result<void> finish();

signals:
    void failed(const QString& sentence);

private:
    Profile& m_profile;
    QThreadPool m_thread;
    QMutex m_mutex;                        ///< Of what follows.
    QHash<QString, QJsonObject> m_waiting;
    QHash<QString, QString> m_problems;    ///< By name, of those whose last save failed.
};

}  // namespace quantoscope
