// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/result.h"

#include <QStringList>

namespace quantoscope {

class Profile;

/// Ids of the formats that the person built and kept. The file may be anybody's: only ids that are formats,
/// and not more than a menu can show.
QStringList builtFormats(Profile&);
Result<void> keepBuiltFormats(Profile&, const QStringList& ids);

}  // namespace quantoscope
