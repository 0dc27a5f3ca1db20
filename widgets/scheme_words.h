// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/quantization_scheme.h"

#include <QString>

class QAction;
class QMenu;

namespace quantoscope {

class ChoiceButton;

// What the words of a scheme's sentence are called where they can be chosen.

/// "int4" → "INT4", "log2_4" → "4-bit powers of two".
QString nameOfElement(const std::string& id);
/// "q4_k" → "Q4_K", "mxfp4_ggml" → "MXFP4 ggml".
QString nameOfBlock(const std::string& id);
QString nameOfFit(Fit);
/// Without one a step becomes the nearest power of two.
QString nameOfRule(std::optional<PowerOfTwoRule>);
/// Of a row of the rule's menu: a number, or "nearest".
std::optional<PowerOfTwoRule> ruleOf(const QString& id);
/// "levels=16", as the element menu has it.
QString codebookId(int levels);

/// One choice in a menu; `letter` is the key that chooses it while the menu is open, 0 for none.
QAction* addMenuChoice(QMenu* menu, const QString& id, const QString& text, const QString& explanation = {}, char letter = 0);
/// The same at the end of a button's own menu, or of a part of it.
QAction* addLetterChoice(ChoiceButton* button, const QString& id, const QString& text, const QString& explanation, char letter);
QMenu* addPart(ChoiceButton* button, const QString& title);
/// The one choice with this id has the tick, in all parts of the menu.
void tickChoice(QMenu* menu, const QString& id);

}  // namespace quantoscope
