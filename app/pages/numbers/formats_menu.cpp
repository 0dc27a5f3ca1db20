// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/rows_card.h"

#include <QMenu>

#include <algorithm>
#include <map>

// The menu under "Formats": every row of the format table, the IEEE P3109 family by width and precision, and
// what a person built.

namespace quantoscope {

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

void addFormat(QMenu& menu, const NumberFormat& format, const QStringList& chosen, const QString& shown = {})
{
    QAction* action = menu.addAction(shown.isEmpty() ? text(format.name) : shown);
    action->setCheckable(true);
    action->setChecked(chosen.contains(text(format.id)));
    action->setToolTip(text(format.sentence));
    action->setData(text(format.id));
}

/// Five hundred formats, found in two steps: width, then precision.
void addP3109(QMenu& menu, const FormatFamily& family, const QStringList& chosen)
{
    std::map<int, QMenu*> widths;
    std::map<std::pair<int, int>, QMenu*> precisions;
    QMenu* all = menu.addMenu(text(family.name));
    for (const NumberFormat& format : formatsOf(family.id)) {
        const FloatFormat& kind = *format.asFloat();
        const int bits = kind.bits(), precision = kind.mantissaBits + 1;
        QMenu*& width = widths[bits];
        if (!width)
            width = all->addMenu(RowsCard::tr("%1 bits").arg(bits));
        QMenu*& place = precisions[{bits, precision}];
        if (!place)
            place = width->addMenu(RowsCard::tr("precision %1").arg(precision));
        const bool isExtended = kind.specials == SpecialCodes::P3109Extended;
        const QString words = kind.isSigned ? (isExtended ? RowsCard::tr("signed, with ∞") : RowsCard::tr("signed, finite"))
                                            : (isExtended ? RowsCard::tr("unsigned, with ∞") : RowsCard::tr("unsigned, finite"));
        addFormat(*place, format, chosen, QStringLiteral("%1: %2").arg(text(format.name), words));
        place->setToolTipsVisible(true);
    }
}

}  // namespace

void RowsCard::fillMenu(QMenu& menu, const QStringList& chosen) const
{
    for (const FormatFamily& family : formatFamilies()) {
        if (!family.isListed) {
            addP3109(menu, family, chosen);
            continue;
        }
        menu.addAction(text(family.name))->setEnabled(false);
        for (const NumberFormat& format : formatsOf(family.id))
            addFormat(menu, format, chosen);
        menu.addSeparator();
    }
    if (!m_saved.isEmpty()) {
        menu.addAction(tr("Your formats"))->setEnabled(false);
        for (const QString& id : m_saved)
            if (const NumberFormat* format = findNumberFormat(id.toStdString()))
                addFormat(menu, *format, chosen);
    }
    menu.setToolTipsVisible(true);
}

}  // namespace quantoscope
