// SPDX-License-Identifier: Apache-2.0
#include "tests/run_classes.h"

#include <QCoreApplication>

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    return quantoscope::test::runClasses(argc, argv);
}
