// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace quantoscope {

/// Whether what a key types can only be the beginning of a number: who begins to type one means the
/// page's number field, wherever the keyboard is.
inline bool beginsNumber(const QString& typed)
{
    return typed.size() == 1 && (typed.front().isDigit() || QStringLiteral(".-+π").contains(typed.front()));
}

}  // namespace quantoscope
