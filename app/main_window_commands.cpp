// SPDX-License-Identifier: GPL-3.0-or-later
// What the window does on a key, from the palette or from a menu: the commands, export, theme, zoom,
// presenter mode and saving.
#include "app/durable_file.h"
#include "app/history.h"
#include "app/main_window.h"
#include "app/page.h"
#include "app/palette_view.h"
#include "app/picture.h"
#include "app/presenter_bar.h"
#include "app/rail.h"
#include "app/save_queue.h"
#include "app/top_line.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace quantoscope {

QAction* MainWindow::addCommand(const QString& text, const QKeySequence& key, const QString& otherWords,
                                const std::function<void()>& run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setWhatsThis(otherWords);   // Further words under which the palette finds it.
    connect(action, &QAction::triggered, this, run);
    addAction(action);
    return action;
}

void MainWindow::addCommands()
{
    int number = 0;
    for (const PageRow& row : pages()) {
        // No text: the palette lists pages from their own table.
        addCommand({}, QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + number++)), {},
                   [this, id = QString(QLatin1String(row.id))] { showPage(id); });
    }
    addCommand({}, Qt::CTRL | Qt::Key_K, {}, [this] { m_palette->open(); });
    addCommand(tr("Open a model …"), Qt::CTRL | Qt::Key_O, tr("file safetensors gguf npy"), [this] { openDialog(); });
    addCommand(tr("Open the sample model"), {}, tr("small language model"), [this] { m_workspace.openSampleModel(); });
    addCommand(tr("Undo"), Qt::CTRL | Qt::Key_Z, tr("back"), [this] { m_workspace.undoStack().undo(); });
    auto* redo = addCommand(tr("Redo"), Qt::CTRL | Qt::SHIFT | Qt::Key_Z, tr("again"),
                            [this] { m_workspace.undoStack().redo(); });
    redo->setShortcuts({Qt::CTRL | Qt::SHIFT | Qt::Key_Z, Qt::CTRL | Qt::Key_Y});
    addCommand(tr("Ghost"), Qt::Key_G, tr("keep this picture pale behind the next"), [this] {
        if (page())
            page()->toggleGhost();
    });
    addCommand(tr("Export and copy …"), Qt::CTRL | Qt::Key_E, tr("save picture png svg pdf csv link command line share"),
               [this] { showExportMenu(); });
    addCommand(tr("Presenter mode"), Qt::Key_F11, tr("projector lecture full screen beamer"),
               [this] { setPresenting(!m_isPresenting); });
    auto* larger = addCommand(tr("Larger text"), Qt::CTRL | Qt::Key_Plus, tr("zoom in"), [this] { changeZoom(1.1); });
    larger->setShortcuts({Qt::CTRL | Qt::Key_Plus, Qt::CTRL | Qt::Key_Equal});
    addCommand(tr("Smaller text"), Qt::CTRL | Qt::Key_Minus, tr("zoom out"), [this] { changeZoom(1 / 1.1); });
    addCommand(tr("Text at 100 %"), Qt::CTRL | Qt::Key_0, tr("zoom reset"), [this] { changeZoom(0); });
    for (const Theme& t : themes()) {
        const QString name = QLatin1String(t.name);
        addCommand(tr("Theme: %1").arg(name), {}, tr("setting colours appearance"), [this, name] { setThemeSetting(name); });
    }
    addCommand(tr("Theme: as the system"), {}, tr("setting colours appearance"),
               [this] { setThemeSetting(QStringLiteral("system")); });
    addCommand(tr("First start"), {}, tr("three doors learn explore open welcome"), [this] { showStart(); });
    addCommand(tr("Forget recent files"), {}, tr("setting privacy"), [this] {
        m_settings.recentFiles.clear();
        saveSettings();
    });
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    // What the rail and the top line leave is the page's: its letters and Esc work wherever the Tab key has led. Handed
    // over, not sent: Qt would send what the page leaves, too, back to its window.
    const QWidget* focus = focusWidget();
    if (Figure* shown = page(); shown && focus != shown && !shown->isAncestorOf(focus))
        static_cast<QObject*>(shown)->event(event);
    else
        QMainWindow::keyPressEvent(event);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    // A line of text takes Ctrl+Z for its own undo even where it has nothing to undo: then the window's.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const auto* field = qobject_cast<QLineEdit*>(watched);
        const bool isUndo = key->matches(QKeySequence::Undo) && field && !field->isUndoAvailable();
        const bool isRedo = key->matches(QKeySequence::Redo) && field && !field->isRedoAvailable();
        if (isUndo || isRedo) {
            event->ignore();
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::fillModelMenu()
{
    QMenu* menu = m_topLine->modelMenu();
    menu->clear();
    menu->addAction(tr("Open a file …\tCtrl+O"), this, &MainWindow::openDialog);
    menu->addAction(tr("Sample model"), this, [this] { m_workspace.openSampleModel(); });
    menu->addSection(tr("Synthetic weights"));
    for (const SyntheticDistribution& row : syntheticDistributions()) {
        const auto text = [](std::string_view words) { return QString::fromUtf8(words.data(), qsizetype(words.size())); };
        SyntheticRecipe recipe;
        recipe.distribution = row.id;
        menu->addAction(menuLine(text(row.name), text(row.sentence)), this,
                        [this, recipe] { m_workspace.openSynthetic(recipe); });
    }
    if (m_settings.recentFiles.isEmpty())
        return;
    menu->addSection(tr("Recent"));
    for (const QString& path : std::as_const(m_settings.recentFiles)) {
        const QFileInfo file(path);
        menu->addAction(menuLine(file.fileName(), QDir::toNativeSeparators(file.path())), this,
                        [this, path] { openFile(path); });
    }
}

void MainWindow::openDialog()
{
    const QString last = m_settings.recentFiles.value(0);
    const QString path = QFileDialog::getOpenFileName(this, tr("Open a model"), QFileInfo(last).path());
    if (!path.isEmpty())
        openFile(path);
}

void MainWindow::fillExportMenu(QMenu* menu)
{
    if (!page())
        return;
    menu->addSection(tr("This page as a picture"));
    menu->addAction(tr("Copy picture"), this, [this] { QApplication::clipboard()->setPixmap(page()->grab()); });
    for (const char* suffix : {"png", "svg", "pdf"}) {
        const QString name = QLatin1String(suffix);
        menu->addAction(tr("Save as %1 …").arg(name.toUpper()), this, [this, name] { exportPicture(name); });
    }
    menu->addSection(tr("What it shows"));
    QAction* csv = menu->addAction(tr("Save its numbers as CSV …"), this, &MainWindow::exportCsv);
    csv->setEnabled(page()->hasCsv());
    menu->addAction(tr("Copy link"), this, [this] { QApplication::clipboard()->setText(linkText(presentLink())); });
    QAction* command = menu->addAction(tr("Copy command line"), this,
                                       [this] { QApplication::clipboard()->setText(page()->commandLine()); });
    command->setEnabled(!page()->commandLine().isEmpty());
}

void MainWindow::showExportMenu()
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillExportMenu(menu);
    if (menu->isEmpty())
        return menu->deleteLater();
    const QPoint corner = m_stack->mapToGlobal(QPoint(m_stack->width() - menu->sizeHint().width() - space::gap, space::gap));
    menu->popup(corner);
}

void MainWindow::contextMenuEvent(QContextMenuEvent* event)
{
    if (!page() || !page()->rect().contains(page()->mapFromGlobal(event->globalPos())))
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillExportMenu(menu);
    menu->popup(event->globalPos());
}

QString MainWindow::saveName(const QString& filter, const QString& suffix)
{
    QString path = QFileDialog::getSaveFileName(this, tr("Save"), QStringLiteral("%1.%2").arg(pageId(), suffix), filter);
    if (!path.isEmpty() && QFileInfo(path).suffix().compare(suffix, Qt::CaseInsensitive) != 0)
        path += u'.' + suffix;
    return path;
}

void MainWindow::exportPicture(const QString& suffix)
{
    const QString path = saveName(tr("%1 picture (*.%2)").arg(suffix.toUpper(), suffix), suffix);
    if (path.isEmpty())
        return;
    if (const auto written = writePicture(*page(), path); !written)
        showProblem(QString::fromStdString(written.error().message));
}

void MainWindow::exportCsv()
{
    const QString path = saveName(tr("Table (*.csv)"), QStringLiteral("csv"));
    if (path.isEmpty())
        return;
    if (const auto written = writeDurably(path, page()->csv()); !written)
        showProblem(QString::fromStdString(written.error().message));
}

void MainWindow::applyThemeSetting()
{
    const Theme* wanted = findTheme(m_settings.theme);
    setTheme(m_isPresenting ? ThemeId::Projector : wanted ? wanted->id : systemTheme());
}

void MainWindow::setThemeSetting(const QString& name)
{
    m_settings.theme = name;
    applyThemeSetting();
    saveSettings();
}

void MainWindow::changeZoom(double factor)
{
    m_settings.zoom = factor == 0 ? 1 : std::clamp(std::round(m_settings.zoom * factor * 100) / 100, 0.75, 2.5);
    setZoom(m_settings.zoom);
    saveSettings();
}

void MainWindow::setPresenting(bool presenting)
{
    if (presenting == m_isPresenting || (presenting && !page()))
        return;
    m_isPresenting = presenting;
    m_rail->setVisible(!presenting);
    m_topLine->setVisible(!presenting);
    m_presenterBar->setVisible(presenting);
    if (presenting) {
        m_wasFullScreen = isFullScreen();
        if (!m_isStill)
            showFullScreen();
    } else if (!m_wasFullScreen && !m_isStill) {
        setWindowState(windowState() & ~Qt::WindowFullScreen);
    }
    fitPresenterText();
    applyThemeSetting();
    if (page()) {
        page()->setPresenting(presenting);
        m_presenterBar->setKeys(page()->keys() << std::pair(tr("F11"), tr("back")));
        if (!page()->isAncestorOf(focusWidget()))
            page()->setFocus();   // The keys that the bar names are the page's.
    }
}

void MainWindow::fitPresenterText()
{
    // At least 1/40 of the height, so that the last row reads it; larger types keep their distance.
    const double smallest = m_isPresenting ? std::max(height() / 40.0, 11.0) : 0;
    setSmallestText(std::ceil(smallest));
    setZoom(m_isPresenting ? std::max(m_settings.zoom, smallest / 13 / 1.16) : m_settings.zoom);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    if (m_isPresenting)
        fitPresenterText();
}

void MainWindow::showEvent(QShowEvent* event)
{
    QMainWindow::showEvent(event);
    // After the first picture is on the screen, never before.
    if (!m_isStill)
        QTimer::singleShot(400, &m_workspace, &Workspace::findDevices);
}

void MainWindow::saveSettings()
{
    m_saves->save(QStringLiteral("settings"), toJson(m_settings));
}

void MainWindow::saveSession()
{
    if (!m_isStill)
        m_saves->save(QStringLiteral("session"), toJson(session()));
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!m_isStill) {
        if (!isMaximized() && !isFullScreen()) {
            m_settings.windowWidth = width();
            m_settings.windowHeight = height();
        }
        m_settings.windowIsMaximized = isMaximized();
        saveSettings();
        saveSession();
        // Nobody reads a bar in a window that closes.
        if (const auto saved = m_saves->finish(); !saved)
            std::fprintf(stderr, "quantoscope: %s\n", saved.error().message.c_str());
    }
    QMainWindow::closeEvent(event);
}

}  // namespace quantoscope
