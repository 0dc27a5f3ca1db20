// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

namespace quantoscope {

class MainWindow;

/// Waits until everything on the page is computed and writes the window into a file (`--picture`).
/// The error is a sentence; nothing is written before the page is settled.
Result<void> drawWindow(MainWindow&, const QString& path, int secondsAtMost = 120);

}  // namespace quantoscope
