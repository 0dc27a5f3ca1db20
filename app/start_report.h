// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace quantoscope {

/// For tests/benchmarks/window_start_benchmark: where QUANTOSCOPE_REPORT_START holds the monotonic
/// clock's nanoseconds at which this program was started, prints the milliseconds from then to the
/// first painted window and, once idle, the resident bytes, and ends.
void reportStart(QWidget& window);

}  // namespace quantoscope
