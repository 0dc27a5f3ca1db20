// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_window.h"
#include "app/page.h"
#include "app/workspace.h"
#include "widgets/background_job.h"
#include "widgets/theme.h"

#include <QApplication>

using namespace quantoscope;

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    loadFonts();
    setTheme(systemTheme());
    Workspace workspace;
    MainWindow window(workspace);
    if (!pages().empty())
        window.showPage(QLatin1String(pages().front().id));
    window.resize(1440, 900);
    window.show();
    const int status = application.exec();
    stopAllJobs();
    return status;
}
