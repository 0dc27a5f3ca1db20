// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/lessons/lesson_library.h"
#include "app/lessons/lesson_progress.h"
#include "app/page.h"

class QStackedLayout;

namespace quantoscope {

class LessonList;
class LessonView;
class ProgressCells;
class PushButton;
class TextLabel;
class Workspace;

/// The Lessons page: the list, and the lesson that is open.
///
/// Keys of its state: lesson (its id, number or file name; empty: the list), screen, figure (the state
/// of its figure), allControls.
class LessonsPage : public Figure {
    Q_OBJECT

public:
    explicit LessonsPage(Workspace& workspace, QWidget* parent = nullptr);
    /// Another folder of lessons than the program's own.
    void openFolder(const QString& folder);

    QJsonObject state() const override;
    void setState(const QJsonObject&) override;
    QVariantMap readings() const override;
    bool isSettled() const override;
    QString commandLine() const override;
    QByteArray csv() const override;
    void setPresenting(bool) override;
    QList<std::pair<QString, QString>> keys() const override;
    void toggleGhost() override;

    LessonLibrary& library() { return m_library; }
    LessonProgress& progress() { return m_progress; }
    LessonView* view() const { return m_view; }
    LessonList* list() const { return m_list; }
    bool showsList() const { return m_lesson.isEmpty(); }
    QString progressLine() const;

protected:
    void showEvent(QShowEvent*) override;
    void focusInEvent(QFocusEvent*) override;

private:
    void layOut();
    void openLesson(const QString& name, bool isStep);
    void showList();
    void refresh();
    void reload();
    Figure* figure() const;

    Workspace& m_workspace;
    LessonLibrary m_library;
    LessonProgress m_progress;
    QString m_lesson;             ///< Id of the open one; empty: the list.
    bool m_isPresenting = false;
    QWidget* m_header;
    PushButton* m_back;
    TextLabel* m_number;
    TextLabel* m_title;
    TextLabel* m_about;
    TextLabel* m_saved;
    ProgressCells* m_cells;
    TextLabel* m_problems;
    QStackedLayout* m_stack;
    LessonList* m_list;
    LessonView* m_view;
};

}  // namespace quantoscope
