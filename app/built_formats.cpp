// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/built_formats.h"

#include "app/profile.h"
#include "core/formats/number_format.h"

#include <QJsonArray>

namespace quantoscope {

QStringList builtFormats(Profile& profile)
{
    constexpr int most = 100;
    QStringList ids;
    for (const QJsonValue& value : profile.readJson(QStringLiteral("formats"))[QStringLiteral("built")].toArray()) {
        const QString id = value.toString();
        if (ids.size() < most && !ids.contains(id) && id.startsWith(QStringLiteral("float:")) && findNumberFormat(id.toStdString()))
            ids << id;
    }
    return ids;
}

Result<void> keepBuiltFormats(Profile& profile, const QStringList& ids)
{
    return profile.writeJson(QStringLiteral("formats"), {{QStringLiteral("built"), QJsonArray::fromStringList(ids)}});
}

}  // namespace quantoscope
