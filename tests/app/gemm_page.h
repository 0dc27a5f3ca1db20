// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the GEMM page share: a product that is measured in a blink, and the page with its figures in.
#pragma once

#include "app/pages/gemm/gemm_figure.h"
#include "app/workspace.h"

#include <QJsonObject>
#include <QTest>

namespace quantoscope::test {

/// The state of a page with a small product, and with these of its fields changed.
inline QJsonObject smallProblem(const QJsonObject& changes = {})
{
    GemmState state;
    state.shape = {48, 40, 64};
    state.seconds = 0.02;
    QJsonObject json = state.toJson();
    for (auto change = changes.begin(); change != changes.end(); ++change)
        json[change.key()] = change.value();
    return json;
}

/// The same, looking at this view, with these of the view's own fields changed.
inline QJsonObject smallProblemAt(const char* view, const QJsonObject& changes = {})
{
    QJsonObject json = smallProblem({{QStringLiteral("view"), QLatin1String(view)}});
    if (!changes.isEmpty())
        json[QLatin1String(view)] = changes;
    return json;
}

/// Large enough for every view at once.
inline void showLarge(GemmFigure& page)
{
    page.resize(1300, 850);
    page.show();
}

/// False where it still computes after a minute.
[[nodiscard]] inline bool showSettled(GemmFigure& page)
{
    showLarge(page);
    return QTest::qWaitFor([&] { return page.isSettled(); }, 60000);
}
[[nodiscard]] inline bool showSettled(GemmFigure& page, const QJsonObject& state)
{
    page.setState(state);
    return showSettled(page);
}

}  // namespace quantoscope::test
