// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QJsonObject>
#include <QString>

namespace quantoscope {

/// A page and what it shows, as text that can be mailed: "quantoscope:" and base64url of compact JSON.
struct Link {
    QString page;
    QJsonObject state;       ///< Figure::state()
    QJsonObject workspace;   ///< Workspace::state()

    friend bool operator==(const Link&, const Link&) = default;
};

QString linkText(const Link&);
/// Whether a text means to be one, for the palette and the command line.
bool looksLikeLink(const QString& text);
Result<Link> parseLink(const QString& text);

}  // namespace quantoscope
