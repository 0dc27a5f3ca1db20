// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learning/lesson.h"

#include <QString>
#include <QWidget>

namespace quantoscope {

/// Read · Predict · Try · Check: what a screen holds, what of it is done, and which screen it is.
class StepStrip : public QWidget {
    Q_OBJECT

public:
    enum class Mark { Open, Present, Done };
    struct Entry {
        LessonStep::Kind kind;
        Mark mark;
        friend bool operator==(const Entry&, const Entry&) = default;
    };

    using QWidget::QWidget;
    void setEntries(const std::vector<Entry>& entries, const QString& place, const QString& shortPlace = {});
    const std::vector<Entry>& entries() const { return m_entries; }
    static QString word(LessonStep::Kind);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    std::vector<Entry> m_entries;
    QString m_place;
    QString m_shortPlace;
};

/// A row of small cells: one a lesson or a screen, filled when done.
class ProgressCells : public QWidget {
    Q_OBJECT

public:
    explicit ProgressCells(QWidget* parent = nullptr);
    /// Each 0 … 1; `present` is outlined in accent, -1 for none.
    void setShares(const std::vector<double>& shares, int present);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    std::vector<double> m_shares;
    int m_present = -1;
};

}  // namespace quantoscope
