// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/float_format.h"

namespace quantoscope {

class BitView;

/// Teaches Qt's accessibility about bit views: a group with one check box a bit. May be called often.
void installBitViewAccessibility();
void announceBitChanges(BitView&, Code before);   ///< Says which boxes were ticked or cleared.
void announceBitFocus(BitView&);

}  // namespace quantoscope
