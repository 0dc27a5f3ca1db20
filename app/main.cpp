// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_window.h"
#include "app/options.h"
#include "app/page.h"
#include "app/picture_mode.h"
#include "app/start_report.h"
#include "app/workspace.h"
#include "widgets/background_job.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QSocketNotifier>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

using namespace quantoscope;

namespace {

int signalPipe[2];

/// Ctrl+C in the terminal closes the window as its close button does: everything is saved.
void closeOnSignal(QApplication& application)
{
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    const auto handler = [](int) {
        const char byte = 1;
        [[maybe_unused]] const ssize_t written = ::write(signalPipe[1], &byte, 1);
    };
    std::signal(SIGINT, handler);
    std::signal(SIGTERM, handler);
    auto* notifier = new QSocketNotifier(signalPipe[0], QSocketNotifier::Read, &application);
    QObject::connect(notifier, &QSocketNotifier::activated, &application, [notifier] {
        notifier->setEnabled(false);
        QApplication::closeAllWindows();
        QApplication::quit();
    });
}

/// A picture must not talk about the desktop that is not there.
void keepQuietAboutTheDesktop(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    if (type != QtDebugMsg && !message.startsWith(u"QStandardPaths: ") && !message.startsWith(u"This plugin does not support"))
        std::fprintf(stderr, "%s\n", qPrintable(message));
}

int fail(const std::string& sentence, int status)
{
    std::fprintf(stderr, "quantoscope: %s\n", sentence.c_str());
    return status;
}

/// What must be known before Qt looks at the screen.
void prepareEnvironment(const Options& options)
{
    if (!options.picture.isEmpty()) {
        // The same picture on every machine: no display, and no font size of a desktop's choosing.
        qputenv("QT_QPA_PLATFORM", "offscreen");
        qputenv("QT_FONT_DPI", "96");
        qputenv("QT_SCALE_FACTOR", QByteArray::number(options.scale > 0 ? options.scale : 1));
        qInstallMessageHandler(keepQuietAboutTheDesktop);
    } else if (options.scale > 0) {
        qputenv("QT_SCALE_FACTOR", QByteArray::number(options.scale));
    }
}

/// Shows what the command line and the page memory ask for.
void showFirst(MainWindow& window, const Options& options, bool isFirstStart)
{
    const bool isPicture = !options.picture.isEmpty();
    const bool namesSomething = !options.page.isEmpty() || !options.opened.isEmpty();
    if (options.page == u"start" || (isFirstStart && !namesSomething && !isPicture)) {
        window.showStart();
    } else {
        Session session = isPicture ? Session() : readSession(window.workspace().profile());
        if (!options.opened.isEmpty())
            session.workspace = {};   // What is named replaces what was open.
        if (!options.page.isEmpty())
            session.page = options.page;
        window.restore(session);
    }
    if (!options.opened.isEmpty())
        window.openFile(options.opened);
    if (options.seed)
        window.setSeed(*options.seed);
    if (options.isPresenting)
        window.setPresenting(true);
}

int run(QApplication& application, const Options& options)
{
    const bool isPicture = !options.picture.isEmpty();
    Workspace workspace;
    // A picture depends on nobody's settings unless a profile is named.
    if (!isPicture || !options.profile.isEmpty())
        workspace.setProfile(Profile::open(options.profile));
    Settings settings = readSettings(workspace.profile());
    if (!options.theme.isEmpty())
        settings.theme = options.theme;
    else if (isPicture)
        settings.theme = QStringLiteral("light");
    const Theme* wanted = findTheme(settings.theme);
    const ThemeId system = systemTheme();
    loadFonts();
    setTheme(wanted ? wanted->id : system);
    setZoom(settings.zoom);

    MainWindow window(workspace, settings);
    if (isPicture)
        window.setStill();
    window.resize(options.size.isValid() ? options.size : QSize(settings.windowWidth, settings.windowHeight));
    showFirst(window, options, !settings.hasSeenStart);
    QStringList notices = workspace.profile().takeProblems();
    if (const QString banner = workspace.profile().banner(); !banner.isEmpty())
        notices << banner;
    if (!notices.isEmpty())
        window.showProblem(notices.join(u' '));
    if (!isPicture && !options.size.isValid() && settings.windowIsMaximized)
        window.showMaximized();
    else
        window.show();

    if (isPicture) {
        const auto drawn = drawWindow(window, options.picture);
        return drawn ? 0 : fail(drawn.error().message, 1);
    }
    reportStart(window);
    closeOnSignal(application);
    return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv)
{
    QCoreApplication::setApplicationName(QStringLiteral("quantoscope"));
    QCoreApplication::setApplicationVersion(QStringLiteral(QUANTOSCOPE_VERSION));
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments << QString::fromLocal8Bit(argv[i]);
    const auto options = parseOptions(arguments);
    if (!options)
        return fail(options.error().message, 2);
    if (options->wantsHelp || options->wantsVersion) {
        const QString text = options->wantsHelp ? optionsHelp() : QStringLiteral("quantoscope " QUANTOSCOPE_VERSION "\n");
        std::fputs(text.toLocal8Bit().constData(), stdout);
        return 0;
    }
    const bool isOffscreen = !options->picture.isEmpty() || arguments.contains(QStringLiteral("-platform"));
    if (const QString obstacle = displayObstacle(); !isOffscreen && !obstacle.isEmpty())
        return fail(obstacle.toStdString() + " Without one, qscope does the same in a terminal, and --picture FILE draws a page.", 1);

    prepareEnvironment(*options);
    QApplication application(argc, argv);
    QGuiApplication::setDesktopFileName(QStringLiteral("quantoscope"));
    const int status = run(application, *options);
    stopAllJobs();
    return status;
}
