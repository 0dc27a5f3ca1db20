// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/link.h"
#include "app/session.h"
#include "app/settings.h"

#include <QMainWindow>
#include <QTimer>

class QMenu;
class QStackedWidget;

namespace quantoscope {

class Figure;
class History;
class PaletteView;
class PresenterBar;
class ProblemBar;
class ProgressLine;
class Rail;
class SaveQueue;
class StartPage;
class TopLine;
class Workspace;

/// The window: rail, the line model ▸ tensor ▸ scheme, one page, and what every page shares: palette,
/// undo, links, pictures, presenter mode, page memory. Pages are made when first shown.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(Workspace& workspace, const Settings& settings);
    ~MainWindow() override;

    Workspace& workspace() { return m_workspace; }
    const Settings& settings() const { return m_settings; }
    QList<QAction*> commands() const { return actions(); }

    void showPage(const QString& id, const QJsonObject& state = {});
    void showStart();                       ///< The three doors.
    Figure* page() const;                   ///< nullptr while the doors are shown.
    QString pageId() const;
    void openFile(const QString& path);
    void openLink(const QString& text);
    void restore(const Session&);           ///< Page memory of the last time.
    Session session() const;

    /// Gives everything random on the page this seed (`--seed`).
    void setSeed(quint64 seed);

    void chooseTensor(const QString& name);
    void chooseScheme(const QString& text);
    void showFormat(const QString& id);     ///< On Numbers.
    bool hasModel() const;

    void setPresenting(bool presenting);
    bool isPresenting() const { return m_isPresenting; }
    /// For pictures: nothing blinks, nothing has the focus, no device is looked for.
    void setStill();
    /// Nothing is being computed, opened or counted.
    bool isSettled() const;
    void showProblem(const QString& sentence);
    QString problem() const;

protected:
    void closeEvent(QCloseEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void showEvent(QShowEvent*) override;
    void dragEnterEvent(QDragEnterEvent*) override;
    void dropEvent(QDropEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void layOut();
    void connectWorkspace();
    void addCommands();
    QAction* addCommand(const QString& text, const QKeySequence& key, const QString& otherWords,
                        const std::function<void()>& run);
    void fillModelMenu();
    void fillExportMenu(QMenu* menu);
    void showExportMenu();
    void exportPicture(const QString& suffix);
    void exportCsv();
    QString saveName(const QString& filter, const QString& suffix);

    Figure* makePage(const QString& id);
    Link presentLink() const;
    void showLink(const Link& link);
    void applyThemeSetting();
    void setThemeSetting(const QString& name);
    void changeZoom(double factor);
    void fitPresenterText();
    void refreshTitle();
    void saveSettings();
    void saveSession();
    void openDialog();

    Workspace& m_workspace;
    Settings m_settings;
    Session m_session;
    Rail* m_rail;
    TopLine* m_topLine;
    ProblemBar* m_problem;
    ProgressLine* m_progress;
    QStackedWidget* m_stack;
    PresenterBar* m_presenterBar;
    PaletteView* m_palette;
    StartPage* m_start = nullptr;
    History* m_history;
    SaveQueue* m_saves;
    QTimer m_saving;
    bool m_isPresenting = false;
    bool m_isStill = false;
    bool m_wasFullScreen = false;
};

}  // namespace quantoscope
