// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/lessons/lesson_text.h"

#include <QAbstractButton>

namespace quantoscope {

/// One answer on offer: a key, a text that wraps, and what became of it.
class ChoiceRow : public QAbstractButton {
    Q_OBJECT

public:
    enum class Mark { Open, Chosen, Wrong, Right };

    ChoiceRow(int number, const QString& text, QWidget* parent);
    void setMark(Mark);
    Mark mark() const { return m_mark; }
    /// In a prediction what is chosen wears the prediction's colour.
    void setIsPrediction(bool);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, 28}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void enterEvent(QEnterEvent*) override { update(); }
    void leaveEvent(QEvent*) override { update(); }
    void changeEvent(QEvent*) override;

private:
    int m_number;
    LessonDocument m_document;
    Mark m_mark = Mark::Open;
    bool m_isPrediction = false;
};

}  // namespace quantoscope
