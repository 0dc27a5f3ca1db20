// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/background_job.h"
#include "widgets/theme.h"

#include "tests/run_classes.h"

#include <QApplication>

using namespace quantoscope;

/// Every class finds the program's own fonts and the light theme, whatever the one before it chose, and leaves no job behind.
int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const auto prepare = [] {
        loadFonts();
        setTheme(ThemeId::Light);
    };
    return test::runClasses(argc, argv, prepare, stopAllJobs);
}
