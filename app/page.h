// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/figure.h"

#include <span>

namespace quantoscope {

class Workspace;

/// One entry of the rail. The rows are in pages.cpp; Ctrl+1 … Ctrl+6 follow their order.
struct PageRow {
    const char* id;      ///< In settings, links and on the command line: "numbers".
    const char* title;   ///< Translated where it is shown.
    const char* icon;    ///< Name in assets/icons.
    Figure* (*make)(Workspace&, QWidget* parent);
};
std::span<const PageRow> pages();
const PageRow* findPage(QStringView id);

// Each defined in its own folder under app/pages.
Figure* makeNumbersPage(Workspace&, QWidget* parent);
Figure* makeQuantizePage(Workspace&, QWidget* parent);
Figure* makeModelsPage(Workspace&, QWidget* parent);
Figure* makeGemmPage(Workspace&, QWidget* parent);
Figure* makeLessonsPage(Workspace&, QWidget* parent);
Figure* makeReferencePage(Workspace&, QWidget* parent);

}  // namespace quantoscope
