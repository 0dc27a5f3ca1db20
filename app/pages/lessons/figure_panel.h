// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/lessons/figure_kinds.h"

#include <QWidget>

#include <optional>

class QVBoxLayout;

namespace quantoscope {

class PushButton;
class TextLabel;
class Veil;
class Workspace;

/// The live figure of a lesson: the very widget of its page, with few controls until all are asked
/// for, and blurred while a prediction is open.
class FigurePanel : public QWidget {
    Q_OBJECT

public:
    explicit FigurePanel(Workspace& workspace, QWidget* parent = nullptr);

    /// Shows a lesson's figure from its start, or in the state it was left in.
    void show(const LessonFigure& wanted, const std::optional<QJsonObject>& state, bool allControls);
    void play(const QJsonObject& state);   ///< "Show me", and what a prediction reveals.
    void setVeiled(bool veiled);
    void setHeaderVisible(bool visible);
    void showAllControls(bool all);

    Figure* figure() const { return m_figure; }
    const LessonFigure& wanted() const { return m_wanted; }
    bool showsAllControls() const { return m_allControls; }

signals:
    void readingsChanged();
    /// The learner changed the figure.
    void edited(const QString& text, const QString& mergeKey);
    void controlsChanged();

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    void make();
    void placeVeil();

    Workspace& m_workspace;
    LessonFigure m_wanted;
    Figure* m_figure = nullptr;
    bool m_allControls = false;
    bool m_isVeiled = false;
    QVBoxLayout* m_column;
    QWidget* m_header;
    TextLabel* m_caption;
    PushButton* m_all;
    PushButton* m_open;
    Veil* m_veil;
};

}  // namespace quantoscope
