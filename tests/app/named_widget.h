// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace quantoscope::test {

/// The widget below `parent` that a screen reader calls by this name.
template <class Widget>
Widget* named(QWidget* parent, const QString& name)
{
    for (Widget* widget : parent->findChildren<Widget*>())
        if (widget->accessibleName() == name)
            return widget;
    return nullptr;
}

}  // namespace quantoscope::test
