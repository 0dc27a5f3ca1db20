// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/controls.h"

#include <QColor>

namespace quantoscope {

/// The colour of a tone in the present theme, for whoever paints text without a TextLabel.
QColor toneColour(TextTone);

}  // namespace quantoscope
