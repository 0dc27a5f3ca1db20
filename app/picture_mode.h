// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

#include <functional>

namespace quantoscope {

class MainWindow;

/// Runs the event loop until this has been true at several looks and for a while; false when it takes longer than that.
bool waitUntilSettled(const std::function<bool()>& isSettled, int secondsAtMost);

/// Waits until everything on the page is computed and writes the window into a file (`--picture`).
/// The error is a sentence; nothing is written before the page is settled.
Result<void> drawWindow(MainWindow&, const QString& path, int secondsAtMost = 120);

}  // namespace quantoscope
