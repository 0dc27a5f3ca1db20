// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/rows_card.h"

#include "widgets/format_menu.h"

#include <QMenu>

// The menu under "Formats": every row of the format table, the IEEE P3109 family by width and precision, and
// what a person built.

namespace quantoscope {

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

}  // namespace

void RowsCard::fillMenu(QMenu& menu, const QStringList& chosen) const
{
    const auto add = [chosen](QMenu* part, const NumberFormat& format, const QString& words) {
        QAction* action = part->addAction(words);
        action->setCheckable(true);
        action->setChecked(chosen.contains(text(format.id)));
        action->setToolTip(text(format.sentence));
        action->setData(text(format.id));
    };
    const FormatMenu formats([](const NumberFormat&) { return true; }, add);
    for (const FormatFamily& family : formatFamilies()) {
        if (!family.isListed) {
            formats.addFamily(&menu, family);
            continue;
        }
        menu.addAction(text(family.name))->setEnabled(false);
        formats.addRows(&menu, family);
        menu.addSeparator();
    }
    if (!m_saved.isEmpty()) {
        menu.addAction(tr("Your formats"))->setEnabled(false);
        formats.addOwn(&menu, m_saved);
    }
    menu.setToolTipsVisible(true);
}

}  // namespace quantoscope
