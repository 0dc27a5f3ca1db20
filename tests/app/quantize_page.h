// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the Quantize page share: a figure with weights of its own, a hand on its handles and its words.
#pragma once

#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/quantize_page.h"
#include "app/workspace.h"
#include "widgets/clip_handle.h"
#include "widgets/controls.h"
#include "widgets/histogram_view.h"
#include "widgets/scheme_editor.h"

#include <QMenu>
#include <QTest>
#include <QTimer>

namespace quantoscope::quantize_tests {

inline constexpr const char* recipe = "normal,count=65536,seed=7";

inline void showSettled(QuantizeFigure& figure, const QJsonObject& state)
{
    figure.resize(1280, 800);
    figure.show();
    figure.setState(state);
    QTRY_VERIFY_WITH_TIMEOUT(figure.isSettled() && figure.study().error(), 20000);
}
inline QJsonObject stateOf(const char* scheme)
{
    return {{QStringLiteral("scheme"), QLatin1String(scheme)}, {QStringLiteral("synthetic"), QLatin1String(recipe)}};
}
inline void drag(QuantizeFigure& figure, int byPixels)
{
    ClipHandle* handle = figure.histogram()->highHandle();
    const QPoint grip(ClipHandle::reach, 60);
    QTest::mousePress(handle, Qt::LeftButton, {}, grip);
    for (int step = 1; step <= 4; ++step) {
        // The handle moves along with the mouse, so each position is relative to where it went.
        QTest::mouseMove(handle, grip + QPoint(byPixels / 4, 0));
        QCoreApplication::processEvents();
    }
    QTest::mouseRelease(handle, Qt::LeftButton, {}, grip);
}

inline bool isShown(QuantizePage& page, const char* scheme)
{
    return page.isSettled() && schemeText(page.figure()->study().scheme()) == scheme && page.figure()->study().error();
}
/// One click on a word, one on what it offers.
inline void clickTwice(QuantizePage& page, const char* word, const QString& id)
{
    ChoiceButton* button = page.figure()->editor()->word(QLatin1String(word));
    QTimer::singleShot(0, button, [button, id] {
        QMenu* menu = button->menu();
        for (QAction* action : menu->actions()) {
            if (action->data().toString() == id)
                QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        }
        menu->close();
    });
    QTest::mouseClick(button, Qt::LeftButton);
}

}  // namespace quantoscope::quantize_tests
