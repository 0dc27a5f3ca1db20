// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scheme_words.h"

#include "core/quantization/element.h"
#include "widgets/controls.h"

#include <QCoreApplication>
#include <QMenu>

namespace quantoscope {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("SchemeEditor", text);
}

}  // namespace

QString nameOfElement(const std::string& id)
{
    return QString::fromStdString(elementName(id));
}

QString nameOfBlock(const std::string& id)
{
    QString name = QString::fromStdString(id);
    const bool isGgml = name.endsWith(u"_ggml");
    if (isGgml)
        name.chop(5);
    const bool isBitsAndBytes = name.endsWith(u"_bnb");
    if (isBitsAndBytes)
        name.chop(4);
    name = name.toUpper();
    return isGgml ? name + QStringLiteral(" ggml") : isBitsAndBytes ? name + QStringLiteral(" bitsandbytes") : name;
}

QString nameOfFit(Fit fit)
{
    switch (fit) {
    case Fit::Optimal: return tr("optimal k-means");
    case Fit::Lloyd: return tr("Lloyd’s alternation");
    case Fit::Quantile: return tr("equal shares");
    case Fit::ByHand: break;
    }
    return tr("by hand");
}

QString nameOfRule(std::optional<PowerOfTwoRule> rule)
{
    if (!rule)
        return tr("to the nearest");
    switch (*rule) {
    case PowerOfTwoRule::Floor: return tr("rounded down");
    case PowerOfTwoRule::Ceil: return tr("rounded up");
    case PowerOfTwoRule::Even: return tr("as the element rounds");
    case PowerOfTwoRule::RoundUpRatio: break;
    }
    return tr("least that clips nothing");
}

std::optional<PowerOfTwoRule> ruleOf(const QString& id)
{
    return id == u"nearest" ? std::nullopt : std::optional(PowerOfTwoRule(id.toInt()));
}

QString codebookId(int levels)
{
    return QStringLiteral("levels=%1").arg(levels);
}

QAction* addMenuChoice(QMenu* menu, const QString& id, const QString& text, const QString& explanation, char letter)
{
    QString line = menuLine(text, explanation);
    const qsizetype end = line.indexOf(u'\t');
    const qsizetype at = letter ? line.indexOf(QLatin1Char(letter), 0, Qt::CaseInsensitive) : -1;
    if (at >= 0 && (end < 0 || at < end))
        line.insert(at, u'&');
    QAction* action = menu->addAction(line);
    action->setData(id);
    action->setCheckable(true);
    action->setToolTip(explanation);
    action->setProperty("choice", text);
    return action;
}

QAction* addLetterChoice(ChoiceButton* button, const QString& id, const QString& text, const QString& explanation, char letter)
{
    return addMenuChoice(button->menu(), id, text, explanation, letter);
}

QMenu* addPart(ChoiceButton* button, const QString& title)
{
    QMenu* part = button->menu()->addMenu(menuText(title));
    part->setToolTipsVisible(true);
    return part;
}

void tickChoice(QMenu* menu, const QString& id)
{
    for (QAction* action : menu->actions()) {
        if (action->menu())
            tickChoice(action->menu(), id);
        else if (action->isCheckable())
            action->setChecked(action->data().toString() == id);
    }
}

}  // namespace quantoscope
