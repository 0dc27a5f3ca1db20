// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_figure.h"

#include <QJsonObject>

#include <memory>

namespace quantoscope::test {

inline constexpr const char* numbersTabs[] = {"line", "stairs", "values", "arithmetic", "build", "block"};

/// The Numbers page, shown on one of its tabs.
inline std::unique_ptr<NumbersFigure> numbersPage(const char* tab, QJsonObject state = {})
{
    auto page = std::make_unique<NumbersFigure>();
    page->resize(1340, 840);
    state[QStringLiteral("tab")] = QLatin1String(tab);
    page->setState(state);
    page->show();
    return page;
}

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
