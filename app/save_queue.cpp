// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/save_queue.h"

#include "app/durable_file.h"

#include <QJsonDocument>

namespace quantoscope {

SaveQueue::SaveQueue(Profile& profile, QObject* parent)
    : QObject(parent)
    , m_profile(profile)
{
    m_thread.setMaxThreadCount(1);
}

SaveQueue::~SaveQueue()
{
    m_thread.waitForDone();
}

void SaveQueue::save(const QString& name, const QJsonObject& object)
{
    const QString path = m_profile.fileToWrite(name);
    if (path.isEmpty()) {
        (void)m_profile.writeJson(name, object);   // In memory, which cannot fail.
        return;
    }
    {
        QMutexLocker lock(&m_mutex);
        const bool waits = m_waiting.contains(path);
        m_waiting.insert(path, object);
        if (waits)
            return;
    }
    m_thread.start([this, path] {
        QJsonObject newest;
        {
            QMutexLocker lock(&m_mutex);
            newest = m_waiting.take(path);
        }
        const auto written = writeDurably(path, QJsonDocument(newest).toJson(QJsonDocument::Indented));
        QMutexLocker lock(&m_mutex);
        if (written) {
            m_problems.remove(path);
            return;
        }
        const QString sentence = QString::fromStdString(written.error().message);
        m_problems.insert(path, sentence);
        QMetaObject::invokeMethod(this, [this, sentence] { emit failed(sentence); }, Qt::QueuedConnection);
    });
}

Result<void> SaveQueue::finish()
{
    m_thread.waitForDone();
    QMutexLocker lock(&m_mutex);
    if (m_problems.isEmpty())
        return {};
    return failure(Error::Kind::Unreadable, m_problems.cbegin().value().toStdString());
}

}  // namespace quantoscope
