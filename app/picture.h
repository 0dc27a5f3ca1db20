// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QString>

class QWidget;

namespace quantoscope {

/// Draws a widget into a file of the kind its suffix says: png (at the widget's scale), svg or pdf
/// (vectors). The file appears whole or not at all.
Result<void> writePicture(QWidget&, const QString& path);

}  // namespace quantoscope
