// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/palette.h"

#include <QWidget>

class QLineEdit;
class QListView;

namespace quantoscope {

class BackgroundJob;
class Card;
class MainWindow;
class PaletteModel;
class TextLabel;

/// The palette (Ctrl+K): a field and what it finds, over the window. Esc or a click beside it closes
/// it; it blocks nothing. Opened on one source it is that thing's filterable list.
class PaletteView : public QWidget {
    Q_OBJECT

public:
    explicit PaletteView(MainWindow& window);
    void open(const QString& onlySource = {}, const QPoint& at = {}, const QString& query = {});
    void close();
    /// The titles now listed, best first.
    QStringList titles() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void mousePressEvent(QMouseEvent*) override;
    void paintEvent(QPaintEvent*) override;

private:
    void search(const QString& query);
    void list(const QString& query, const TensorHits* tensors);
    void place();
    void runCurrent();

    MainWindow& m_window;
    Card* m_card;
    QLineEdit* m_field;
    QListView* m_list;
    TextLabel* m_nothing;
    PaletteModel* m_model;
    BackgroundJob* m_finding;   ///< Among the names of a very large model.
    bool m_runsWhenFound = false;
    QString m_onlySource;
    QPoint m_at;
    QWidget* m_focusBefore = nullptr;
};

}  // namespace quantoscope
