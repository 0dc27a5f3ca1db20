// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/learning/lesson.h"

#include <QStringList>
#include <QWidget>

#include <map>

class QPainter;

namespace quantoscope {

/// A lesson in a hall: title and question in large type, and the hall's tally of a prediction. Nothing
/// locks: answers are counted with the digit keys until the lecturer reveals, and after that too.
class PresentedLesson : public QWidget {
    Q_OBJECT

public:
    explicit PresentedLesson(QWidget* parent);

    /// From the first stage of a screen, or its last (going back).
    void showScreen(const Lesson& lesson, int screen, bool fromItsEnd);
    /// False where the screen has no stage left in that direction.
    bool next();
    bool back();
    /// A tally fills the window; else the figure does and this is its headline.
    bool isTally() const { return m_stage < int(m_predictions.size()); }
    /// A digit counts an answer, Backspace takes it back, R reveals. False for every other key.
    bool takeKey(int key);
    bool isRevealed() const { return m_revealed.contains(m_stage) && isTally(); }
    std::vector<int> tally() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

signals:
    void stageChanged();

protected:
    void paintEvent(QPaintEvent*) override;

private:
    struct Option {
        QString text;
        bool isRight = false;
    };
    struct Prediction {
        const LessonQuestion* question;
        std::vector<Option> options;
        int step;
    };
    void setStage(int stage);
    double paintHead(QPainter&) const;
    void paintTally(QPainter&, double top) const;
    QString headline() const;
    const std::vector<int>& votes() const;

    Lesson m_lesson;
    int m_screen = 0;
    int m_stage = 0;
    std::vector<Prediction> m_predictions;
    std::map<std::pair<int, int>, std::vector<int>> m_votes;   ///< By screen and step, in the order given.
    QList<int> m_revealed;
};

}  // namespace quantoscope
