// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/options.h"

#include "app/page.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <dlfcn.h>

#include <algorithm>
#include <iterator>

namespace quantoscope {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Options", text);
}

QString pageIds()
{
    QStringList ids;
    for (const PageRow& row : pages())
        ids << QLatin1String(row.id);
    return ids.join(QStringLiteral(", "));
}

/// Each returns what is wrong with the value, empty where nothing is.
QString readPage(Options& options, const QString& value)
{
    options.page = value;
    return findPage(value) || value == u"start" ? QString() : tr("“%1” is no page; there are %2.").arg(value, pageIds());
}
QString readTheme(Options& options, const QString& value)
{
    options.theme = value;
    return findTheme(value) ? QString() : tr("“%1” is no theme; there are light, dark and projector.").arg(value);
}
QString readSize(Options& options, const QString& value)
{
    const QStringList sides = value.split(u'x');
    if (sides.size() == 2)
        options.size = {sides[0].toInt(), sides[1].toInt()};
    const bool fits = options.size.width() >= 640 && options.size.height() >= 480 && options.size.width() <= 16384
                      && options.size.height() <= 16384;
    return fits ? QString() : tr("“%1” is no size; write it as 1440x900, from 640x480 to 16384x16384.").arg(value);
}
QString readScale(Options& options, const QString& value)
{
    options.scale = value.toDouble();
    return options.scale >= 0.5 && options.scale <= 4 ? QString() : tr("“%1” is no scale; it is a number from 0.5 to 4.").arg(value);
}
QString readSeed(Options& options, const QString& value)
{
    bool ok = false;
    options.seed = value.toULongLong(&ok);
    return ok ? QString() : tr("“%1” is no seed; it is a whole number from 0 on.").arg(value);
}
QString readProfile(Options& options, const QString& value)
{
    options.profile = value;
    return value.isEmpty() ? tr("--profile needs a folder.") : QString();
}
QString readPicture(Options& options, const QString& value)
{
    options.picture = value;
    const QString suffix = QFileInfo(value).suffix().toLower();
    const bool known = suffix == u"png" || suffix == u"svg" || suffix == u"pdf";
    return known ? QString() : tr("--picture needs a file that ends in .png, .svg or .pdf, not “%1”.").arg(value);
}

struct Row {
    const char* name;
    const char* value;      ///< What stands for the value in the help.
    const char* sentence;
    QString (*read)(Options&, const QString&);
};
const Row rows[] = {
    {"page", "NAME", "the page to show", readPage},
    {"theme", "NAME", "light, dark or projector", readTheme},
    {"size", "WxH", "size of the window in pixels at 100 %", readSize},
    {"scale", "S", "pixels of the screen per pixel at 100 %, 0.5 to 4", readScale},
    {"seed", "N", "seed of everything random on the page", readSeed},
    {"profile", "DIR", "folder of settings, page memory and progress", readProfile},
    {"picture", "FILE", "draw the page into a .png, .svg or .pdf and end; needs no display", readPicture},
};

struct Flag {
    const char* name;
    const char* sentence;
    bool Options::*member;
};
const Flag flags[] = {
    {"presenter", "start in presenter mode", &Options::isPresenting},
    {"help", "print this", &Options::wantsHelp},
    {"version", "print the version", &Options::wantsVersion},
};

tl::unexpected<Error> wrongUsage(const QString& sentence)
{
    return failure(Error::Kind::Usage, sentence.toStdString());
}

}  // namespace

Result<Options> parseOptions(const QStringList& arguments)
{
    Options options;
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        const QString& argument = arguments[i];
        if (argument == u"-platform" || argument == u"-style") {   // Qt's own, read by QApplication.
            ++i;
            continue;
        }
        if (argument == u"-h") {
            options.wantsHelp = true;
            continue;
        }
        if (!argument.startsWith(u"--")) {
            if (argument.startsWith(u'-') && argument.size() > 1)
                return wrongUsage(tr("There is no option %1; --help lists them.").arg(argument));
            if (!options.opened.isEmpty())
                return wrongUsage(tr("One file or link can be opened at a time; “%1” is a second one.").arg(argument));
            options.opened = argument;
            continue;
        }
        const QString name = argument.mid(2).section(u'=', 0, 0);
        const auto flag = std::ranges::find_if(flags, [&](const Flag& f) { return name == QLatin1String(f.name); });
        if (flag != std::end(flags)) {
            options.*flag->member = true;
            continue;
        }
        const auto row = std::ranges::find_if(rows, [&](const Row& r) { return name == QLatin1String(r.name); });
        if (row == std::end(rows))
            return wrongUsage(tr("There is no option --%1; --help lists them.").arg(name));
        const bool isJoined = argument.contains(u'=');
        if (!isJoined && i + 1 >= arguments.size())
            return wrongUsage(tr("--%1 needs a value.").arg(name));
        const QString value = isJoined ? argument.section(u'=', 1) : arguments[++i];
        if (const QString wrong = row->read(options, value); !wrong.isEmpty())
            return wrongUsage(wrong);
    }
    return options;
}

QString optionsHelp()
{
    QString text = tr("quantoscope [MODEL-FILE | quantoscope:LINK] [options]\n\nSee number formats and quantization. "
                      "The same from a terminal: qscope.\n\n");
    for (const Row& row : rows)
        text += QStringLiteral("  --%1 %2").arg(QLatin1String(row.name), QLatin1String(row.value)).leftJustified(22) + tr(row.sentence) + u'\n';
    for (const Flag& flag : flags)
        text += QStringLiteral("  --%1").arg(QLatin1String(flag.name)).leftJustified(22) + tr(flag.sentence) + u'\n';
    return text;
}

QString displayObstacle()
{
    if (qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        return {};
    const QString wayland = qEnvironmentVariable("WAYLAND_DISPLAY");
    if (!wayland.isEmpty()) {
        const QString socket = wayland.startsWith(u'/') ? wayland : qEnvironmentVariable("XDG_RUNTIME_DIR") + u'/' + wayland;
        if (QFileInfo::exists(socket))
            return {};
    }
    const QByteArray display = qgetenv("DISPLAY");
    if (display.isEmpty())
        return tr("There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).");
    // Qt's xcb plugin aborts where it cannot connect; asking first makes that a sentence.
    void* library = ::dlopen("libxcb.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return {};
    const auto connectTo = reinterpret_cast<void* (*)(const char*, int*)>(::dlsym(library, "xcb_connect"));
    const auto hasError = reinterpret_cast<int (*)(void*)>(::dlsym(library, "xcb_connection_has_error"));
    const auto disconnect = reinterpret_cast<void (*)(void*)>(::dlsym(library, "xcb_disconnect"));
    if (!connectTo || !hasError || !disconnect)
        return {};
    void* connection = connectTo(nullptr, nullptr);
    const bool failed = hasError(connection) != 0;
    disconnect(connection);
    return failed ? tr("The display “%1” does not answer.").arg(QString::fromLocal8Bit(display)) : QString();
}

}  // namespace quantoscope
