// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <span>
#include <variant>

namespace quantoscope {

class Profile;

/// What a person set once and for all. What is open and shown is page memory (session.h).
struct Settings {
    QString theme = QStringLiteral("system");   ///< "system" or the name of a theme.
    double zoom = 1;
    int windowWidth = 1440;
    int windowHeight = 900;
    bool windowIsMaximized = false;
    bool hasSeenStart = false;                  ///< The three doors are shown once.
    QStringList recentFiles;                    ///< Latest first.

    friend bool operator==(const Settings&, const Settings&) = default;
};

/// One setting: its key in settings.json and its member; the default is the member's of `Settings{}`.
struct SettingRow {
    const char* key;
    std::variant<QString Settings::*, double Settings::*, int Settings::*, bool Settings::*, QStringList Settings::*>
        member;
};
std::span<const SettingRow> settingRows();

/// Missing keys and keys of another type keep their default.
Settings settingsFrom(const QJsonObject&);
QJsonObject toJson(const Settings&);

Settings readSettings(Profile&);
Result<void> writeSettings(Profile&, const Settings&);

/// Puts a file at the head of the list, once, and keeps the latest ten.
void rememberFile(Settings&, const QString& path);

}  // namespace quantoscope
