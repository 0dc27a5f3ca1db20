// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QJsonObject>
#include <QVariant>
#include <QWidget>

namespace quantoscope {

/// Something a person looks at and changes: a page, or a part of one that a lesson embeds. Its whole
/// state is one JSON object, and one mechanism built on it serves undo, page memory, links, pictures,
/// lessons and lectures.
class Figure : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    /// All that decides what is shown, small enough for a link. Keys are words; unknown keys are ignored.
    virtual QJsonObject state() const = 0;
    /// Shows a state; missing keys keep their default. Never records an undo step.
    virtual void setState(const QJsonObject&) = 0;
    /// Present values by name, for a lesson's checks: {"relativeError": 3e-4, "code": "0x4248"}.
    virtual QVariantMap readings() const { return {}; }
    /// False while something is still being computed: a picture waits for it.
    virtual bool isSettled() const { return true; }
    /// The command line that reproduces the numbers, empty where there is none.
    virtual QString commandLine() const { return {}; }
    /// The numbers shown, as CSV, empty where there are none.
    virtual QByteArray csv() const { return {}; }
    /// Whether csv() would have any: a menu asks, and a table of half a million rows is not written for that.
    virtual bool hasCsv() const { return !csv().isEmpty(); }
    /// In a lesson: names of the controls to leave visible; everything else that only sets is hidden.
    virtual void showOnlyControls(const QStringList&) {}
    /// Presenter mode (F11): page only, large type, keys only.
    virtual void setPresenting(bool) {}
    /// "V value", "G ghost": shown in the presenter's last line.
    virtual QList<std::pair<QString, QString>> keys() const { return {}; }
    /// Keeps the present picture as a pale ghost on frozen axes, or drops it (G).
    virtual void toggleGhost() {}

signals:
    /// The person changed what is shown. `text` names the step for undo ("flip bit 7"); steps with the
    /// same non-empty mergeKey that follow each other become one (a drag).
    void changed(const QString& text, const QString& mergeKey);
    /// Readings changed, for whatever reason.
    void readingsChanged();
    void settled();
    /// A sentence for the bar at the top of the page; empty takes it away.
    void problem(const QString& sentence);
};

}  // namespace quantoscope
