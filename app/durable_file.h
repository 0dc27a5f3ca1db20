// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QByteArray>
#include <QString>

namespace quantoscope {

/// Writes a whole file so that it is there after a power cut, or says why not; what stood there before stays
/// until then. Every file that the window writes goes through here, because QSaveFile alone hides a failed sync.
Result<void> writeDurably(const QString& path, const QByteArray& bytes);

}  // namespace quantoscope
