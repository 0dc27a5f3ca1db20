// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/format_menu.h"

#include "widgets/controls.h"

#include <QCoreApplication>
#include <QMenu>

#include <map>
#include <set>

namespace quantoscope {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("FormatMenu", text);
}

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

QMenu* partOf(QMenu* menu, const QString& title)
{
    QMenu* part = menu->addMenu(menuText(title));
    part->setToolTipsVisible(true);
    return part;
}

QString wordsOf(const NumberFormat& format)
{
    const FloatFormat& kind = *format.asFloat();
    const bool isExtended = kind.specials == SpecialCodes::P3109Extended;
    const QString words = kind.isSigned ? (isExtended ? tr("signed, with ∞") : tr("signed, finite"))
                                        : (isExtended ? tr("unsigned, with ∞") : tr("unsigned, finite"));
    return tr("%1: %2").arg(text(format.name), words);
}

}  // namespace

void FormatMenu::addRows(QMenu* menu, const FormatFamily& family) const
{
    for (const NumberFormat& format : formatsOf(family.id))
        if (m_accepts(format))
            m_add(menu, format, text(format.name));
}

void FormatMenu::addFamily(QMenu* menu, const FormatFamily& family) const
{
    const auto rows = formatsOf(family.id);
    if (std::none_of(rows.begin(), rows.end(), m_accepts))
        return;
    QMenu* part = partOf(menu, text(family.name));
    if (family.isListed)
        addRows(part, family);
    else
        addByWidth(part, family);
}

void FormatMenu::addByWidth(QMenu* menu, const FormatFamily& family) const
{
    std::set<int> widths;
    for (const NumberFormat& format : formatsOf(family.id))
        if (m_accepts(format))
            widths.insert(bitsOf(format));
    for (const int bits : widths) {
        QMenu* width = partOf(menu, tr("%1 bits").arg(bits));
        const auto fill = [*this, width, bits, family = family.id] {
            if (!width->isEmpty())
                return;
            std::map<int, QMenu*> precisions;
            for (const NumberFormat& format : formatsOf(family)) {
                if (bitsOf(format) != bits || !m_accepts(format))
                    continue;
                const int precision = format.asFloat()->mantissaBits + 1;
                QMenu*& place = precisions[precision];
                if (!place)
                    place = partOf(width, tr("precision %1").arg(precision));
                m_add(place, format, wordsOf(format));
            }
        };
        QObject::connect(width, &QMenu::aboutToShow, width, fill);
    }
}

void FormatMenu::addOwn(QMenu* menu, const QStringList& ids) const
{
    for (const QString& id : ids)
        if (const NumberFormat* format = findNumberFormat(id.toStdString()); format && m_accepts(*format))
            m_add(menu, *format, text(format->name));
}

}  // namespace quantoscope
