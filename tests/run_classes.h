// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/test_case.h"

#include <cstdio>

namespace quantoscope::test {

/// Runs the class named by the first argument, or all; further arguments are Qt Test's own. `before` and `after` stand
/// around each of them. Returns how many tests failed, 2 where no class has the name.
inline int runClasses(int argc, char** argv, void (*before)() = [] {}, void (*after)() = [] {})
{
    const auto run = [&](const auto& make) {
        before();
        const auto object = make();
        const int failures = QTest::qExec(object.get(), argc, argv);
        after();
        return failures;
    };
    if (argc > 1 && classes().contains(argv[1])) {
        const auto& make = classes().at(argv[1]);
        argv[1] = argv[0];
        --argc;
        ++argv;
        return run(make);
    }
    if (argc > 1 && argv[1][0] != '-') {
        std::fprintf(stderr, "No test class is called %s.\n", argv[1]);
        return 2;
    }
    int failures = 0;
    for (const auto& [name, make] : classes())
        failures += run(make);
    return failures;
}

}  // namespace quantoscope::test
