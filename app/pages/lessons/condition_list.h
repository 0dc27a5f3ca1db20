// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learning/lesson.h"

#include <QVariantMap>
#include <QWidget>

namespace quantoscope {

/// The conditions of a check by doing, each with its tick and its present value.
class ConditionList : public QWidget {
    Q_OBJECT

public:
    explicit ConditionList(const std::vector<LessonCondition>& conditions, QWidget* parent = nullptr);
    void setReadings(const QVariantMap& readings);
    /// Once answered it stays ticked, whatever the figure shows later.
    void setDone(bool done);
    bool allMet() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    struct Row {
        LessonCondition condition;
        QString value;
        bool isMet = false;
    };
    std::vector<Row> m_rows;
    bool m_isDone = false;
};

/// Whether every condition of a question holds for the readings of a figure.
bool allMet(const LessonQuestion&, const QVariantMap& readings);

}  // namespace quantoscope
