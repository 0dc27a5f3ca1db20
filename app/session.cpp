// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session.h"

#include "app/profile.h"

namespace quantoscope {

Session readSession(Profile& profile)
{
    const QJsonObject object = profile.readJson(QStringLiteral("session"));
    Session session{object[u"page"].toString(), object[u"workspace"].toObject(), {}};
    const QJsonObject pages = object[u"pages"].toObject();
    for (auto page = pages.begin(); page != pages.end(); ++page)
        session.pages.insert(page.key(), page.value().toObject());
    return session;
}

QJsonObject toJson(const Session& session)
{
    QJsonObject pages;
    for (auto page = session.pages.begin(); page != session.pages.end(); ++page)
        pages[page.key()] = page.value();
    return {{QStringLiteral("page"), session.page}, {QStringLiteral("workspace"), session.workspace}, {QStringLiteral("pages"), pages}};
}

Result<void> writeSession(Profile& profile, const Session& session)
{
    return profile.writeJson(QStringLiteral("session"), toJson(session));
}

}  // namespace quantoscope
