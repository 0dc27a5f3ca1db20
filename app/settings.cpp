// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include "app/profile.h"

#include <QJsonArray>

#include <algorithm>

namespace quantoscope {

namespace {

const SettingRow rows[] = {
    {"theme", &Settings::theme},
    {"zoom", &Settings::zoom},
    {"windowWidth", &Settings::windowWidth},
    {"windowHeight", &Settings::windowHeight},
    {"windowIsMaximized", &Settings::windowIsMaximized},
    {"hasSeenStart", &Settings::hasSeenStart},
    {"recentFiles", &Settings::recentFiles},
};

void read(const QJsonValue& value, QString& member)
{
    member = value.toString(member);
}
void read(const QJsonValue& value, double& member)
{
    member = value.toDouble(member);
}
void read(const QJsonValue& value, int& member)
{
    member = value.toInt(member);
}
void read(const QJsonValue& value, bool& member)
{
    member = value.toBool(member);
}
void read(const QJsonValue& value, QStringList& member)
{
    if (!value.isArray())
        return;
    member.clear();
    for (const QJsonValue& entry : value.toArray()) {
        if (entry.isString())
            member << entry.toString();
    }
}

QJsonValue write(const QString& member) { return member; }
QJsonValue write(double member) { return member; }
QJsonValue write(int member) { return member; }
QJsonValue write(bool member) { return member; }
QJsonValue write(const QStringList& member) { return QJsonArray::fromStringList(member); }

}  // namespace

std::span<const SettingRow> settingRows()
{
    return rows;
}

Settings settingsFrom(const QJsonObject& object)
{
    Settings settings;
    for (const SettingRow& row : rows) {
        std::visit([&](auto member) { read(object[QLatin1String(row.key)], settings.*member); }, row.member);
    }
    // A hand-edited file must not make a window that cannot be used.
    settings.zoom = std::clamp(settings.zoom, 0.75, 2.5);
    settings.windowWidth = std::clamp(settings.windowWidth, 640, 16384);
    settings.windowHeight = std::clamp(settings.windowHeight, 480, 16384);
    return settings;
}

QJsonObject toJson(const Settings& settings)
{
    QJsonObject object;
    for (const SettingRow& row : rows) {
        std::visit([&](auto member) { object[QLatin1String(row.key)] = write(settings.*member); }, row.member);
    }
    return object;
}

Settings readSettings(Profile& profile)
{
    return settingsFrom(profile.readJson(QStringLiteral("settings")));
}

Result<void> writeSettings(Profile& profile, const Settings& settings)
{
    return profile.writeJson(QStringLiteral("settings"), toJson(settings));
}

void rememberFile(Settings& settings, const QString& path)
{
    settings.recentFiles.removeAll(path);
    settings.recentFiles.prepend(path);
    while (settings.recentFiles.size() > 10)
        settings.recentFiles.removeLast();
}

}  // namespace quantoscope
