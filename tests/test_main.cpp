// SPDX-License-Identifier: Apache-2.0
#include "tests/test_case.h"

#ifdef QT_WIDGETS_LIB
#include <QApplication>
using Application = QApplication;
#else
#include <QCoreApplication>
using Application = QCoreApplication;
#endif

#include <cstdio>

/// Runs the classes named by the first argument, or all; further arguments are Qt Test's own.
int main(int argc, char** argv)
{
    Application application(argc, argv);
    const auto& classes = quantoscope::test::classes();
    if (argc > 1 && classes.contains(argv[1])) {
        const auto object = classes.at(argv[1])();
        argv[1] = argv[0];
        return QTest::qExec(object.get(), argc - 1, argv + 1);
    }
    if (argc > 1 && argv[1][0] != '-') {
        std::fprintf(stderr, "No test class is called %s.\n", argv[1]);
        return 2;
    }
    int failures = 0;
    for (const auto& [name, make] : classes)
        failures += QTest::qExec(make().get(), argc, argv);
    return failures;
}
