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

}  // namespace quantoscope::test
