// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

class QStackedWidget;

namespace quantoscope {

class Figure;
class Workspace;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Workspace& workspace);
    void showPage(const QString& id);
    Figure* page() const;

private:
    Workspace& m_workspace;
    QStackedWidget* m_stack;
};

}  // namespace quantoscope
