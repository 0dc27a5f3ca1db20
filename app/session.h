// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QHash>
#include <QJsonObject>
#include <QString>

namespace quantoscope {

class Profile;

/// Page memory: what was open, which page was shown, and what each page showed.
struct Session {
    QString page;
    QJsonObject workspace;
    QHash<QString, QJsonObject> pages;   ///< By page id.

    friend bool operator==(const Session&, const Session&) = default;
};

QJsonObject toJson(const Session&);
Session readSession(Profile&);
Result<void> writeSession(Profile&, const Session&);

}  // namespace quantoscope
