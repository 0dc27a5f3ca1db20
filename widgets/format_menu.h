// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/formats/number_format.h"

#include <QStringList>

#include <functional>

class QAction;
class QMenu;

namespace quantoscope {

/// The format table as menus. Whatever offers formats builds its menus here, so that no picker lacks a row.
class FormatMenu {
public:
    using Accepts = std::function<bool(const NumberFormat&)>;
    /// Adds one row; `words` is what to call it in this place.
    using Add = std::function<void(QMenu*, const NumberFormat&, const QString& words)>;

    FormatMenu(Accepts accepts, Add add)
        : m_accepts(std::move(accepts))
        , m_add(std::move(add))
    {
    }

    /// The rows of a family, one after another.
    void addRows(QMenu* menu, const FormatFamily& family) const;
    /// A family as a menu of its own, if it has a row to offer. Those that nobody scrolls through (IEEE P3109)
    /// are found by width and precision, and their menus are filled when they are opened.
    void addFamily(QMenu* menu, const FormatFamily& family) const;
    /// What a person built.
    void addOwn(QMenu* menu, const QStringList& ids) const;

private:
    void addByWidth(QMenu* menu, const FormatFamily& family) const;

    Accepts m_accepts;
    Add m_add;
};

}  // namespace quantoscope
