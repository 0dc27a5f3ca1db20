// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/lessons/lesson_library.h"
#include "app/lessons/lesson_progress.h"

#include <QAbstractButton>
#include <QScrollArea>

class QVBoxLayout;

namespace quantoscope {

/// One lesson of the list: number, title, what it builds on, minutes, how far one is.
class LessonEntry : public QAbstractButton {
    Q_OBJECT

public:
    struct Words {
        QString id, number, title, about, minutes, status, problem;
        double share = 0;
        bool isDone = false;
        bool isSuggested = false;   ///< The one to go on with.
    };
    LessonEntry(const Words& words, QWidget* parent);
    QString id() const { return m_words.id; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {320, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    Words m_words;
};

/// All lessons, in order.
class LessonList : public QScrollArea {
    Q_OBJECT

public:
    explicit LessonList(QWidget* parent = nullptr);
    void show(const LessonLibrary& library, const LessonProgress& progress);
    const QList<LessonEntry*>& entries() const { return m_entries; }
    void focusFirst();

signals:
    void chosen(const QString& id);

private:
    QVBoxLayout* m_column;
    QList<QWidget*> m_parts;
    QList<LessonEntry*> m_entries;
};

}  // namespace quantoscope
