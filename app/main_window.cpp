// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_window.h"

#include "app/history.h"
#include "app/page.h"
#include "app/palette_view.h"
#include "app/presenter_bar.h"
#include "app/rail.h"
#include "app/save_queue.h"
#include "app/start_page.h"
#include "app/top_line.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace quantoscope {

MainWindow::MainWindow(Workspace& workspace, const Settings& settings)
    : m_workspace(workspace)
    , m_settings(settings)
    , m_rail(new Rail(this))
    , m_topLine(new TopLine(workspace, this))
    , m_problem(new ProblemBar(this))
    , m_progress(new ProgressLine(this))
    , m_stack(new QStackedWidget(this))
    , m_presenterBar(new PresenterBar(this))
    , m_palette(new PaletteView(*this))
    , m_history(new History(workspace, [this] { return presentLink(); }, [this](const Link& link) { showLink(link); }))
    , m_saves(new SaveQueue(workspace.profile(), this))
{
    m_history->setParent(this);
    setAcceptDrops(true);
    setMinimumSize(640, 480);
    setAccessibleName(QStringLiteral("Quantoscope"));
    layOut();
    connectWorkspace();
    addCommands();
    qApp->installEventFilter(this);

    // Written a moment after the last change, and once more at the end.
    m_saving.setSingleShot(true);
    m_saving.setInterval(1500);
    connect(&m_saving, &QTimer::timeout, this, &MainWindow::saveSession);
    connect(m_history, &History::recorded, this, [this] { m_saving.start(); });
    connect(m_saves, &SaveQueue::failed, this, &MainWindow::showProblem);
    refreshTitle();
}

MainWindow::~MainWindow()
{
    qApp->removeEventFilter(this);
}

void MainWindow::layOut()
{
    auto* whole = new QWidget(this);
    auto* line = new QHBoxLayout(whole);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    line->addWidget(m_rail);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    line->addLayout(column, 1);
    column->addWidget(m_topLine);
    auto* notices = new QVBoxLayout;
    notices->setContentsMargins(space::gap, 0, space::gap, 0);
    notices->setSpacing(space::small);
    for (QWidget* notice : {static_cast<QWidget*>(m_problem), static_cast<QWidget*>(m_progress)})
        notices->addWidget(notice);
    column->addLayout(notices);
    column->addWidget(m_stack, 1);
    column->addWidget(m_presenterBar);
    m_presenterBar->hide();
    // A bar that appears pushes the page down; its room above exists only while it is shown.
    m_problem->setContentsMargins(0, 0, 0, 0);
    setCentralWidget(whole);
    // Where the keyboard is before anybody pressed Tab: no control wears a focus ring at start.
    m_stack->setFocusPolicy(Qt::ClickFocus);
    m_stack->setFocus();

    connect(m_rail, &Rail::pageChosen, this, [this](const QString& id) { showPage(id); });
    connect(m_rail, &Rail::themeSwitched, this, [this] {
        const auto all = themes();
        setThemeSetting(QLatin1String(all[(std::size_t(theme().id) + 1) % all.size()].name));
    });
    connect(m_topLine, &TopLine::searchRequested, this, [this] { m_palette->open(); });
    connect(m_topLine, &TopLine::tensorListRequested, this, [this](const QPoint& below) {
        m_palette->open(QStringLiteral("tensors"), m_topLine->mapTo(this, below));
    });
    connect(m_topLine, &TopLine::schemeChosen, this, &MainWindow::chooseScheme);
    connect(m_topLine, &TopLine::editSchemeRequested, this, [this] { showPage(QStringLiteral("quantize")); });
    connect(m_topLine->modelMenu(), &QMenu::aboutToShow, this, &MainWindow::fillModelMenu);
}

void MainWindow::connectWorkspace()
{
    connect(&m_workspace, &Workspace::pageRequested, this, &MainWindow::showPage);
    connect(&m_workspace, &Workspace::formatRequested, this, &MainWindow::showFormat);
    connect(&m_workspace, &Workspace::problem, this, &MainWindow::showProblem);
    connect(&m_workspace, &Workspace::modelChanged, this, [this] {
        refreshTitle();
        if (m_workspace.modelPath().isEmpty())
            return;
        rememberFile(m_settings, m_workspace.modelPath());
        saveSettings();
    });
    connect(&m_workspace, &Workspace::openingChanged, this, [this] {
        if (!m_workspace.isOpening())
            return m_progress->end();
        m_progress->begin(tr("Opening %1").arg(QFileInfo(m_workspace.openingPath()).fileName()));
    });
    connect(m_progress, &ProgressLine::cancelRequested, &m_workspace, &Workspace::cancelOpening);
}

Figure* MainWindow::makePage(const QString& id)
{
    if (auto* made = m_stack->findChild<Figure*>(id, Qt::FindDirectChildrenOnly))
        return made;
    const PageRow* row = findPage(id);
    if (!row)
        return nullptr;
    Figure* figure = row->make(m_workspace, m_stack);
    figure->setObjectName(id);
    m_stack->addWidget(figure);
    if (m_session.pages.contains(id))
        figure->setState(m_session.pages.value(id));
    connect(figure, &Figure::changed, this, [this, figure](const QString& text, const QString& mergeKey) {
        if (figure == page())
            m_history->record(text, mergeKey);
    });
    // In a lecture the keys change with what is shown: a lesson's tally has others than its figure.
    connect(figure, &Figure::readingsChanged, this, [this, figure] {
        if (m_isPresenting && figure == page())
            m_presenterBar->setKeys(figure->keys() << std::pair(tr("F11"), tr("back")));
    });
    connect(figure, &Figure::problem, this, [this, figure](const QString& sentence) {
        if (figure == page())
            showProblem(sentence);
    });
    return figure;
}

void MainWindow::showPage(const QString& id, const QJsonObject& state)
{
    Figure* figure = makePage(id);
    if (!figure)
        return;
    if (Figure* before = page(); before && before != figure) {
        m_session.pages.insert(pageId(), before->state());
        showProblem({});
        before->setPresenting(false);
    }
    if (!state.isEmpty()) {
        m_history->rebase();
        figure->setState(state);
    }
    const bool isAnother = m_stack->currentWidget() != figure;
    m_stack->setCurrentWidget(figure);
    m_rail->setCurrent(id);
    figure->setPresenting(m_isPresenting);
    m_presenterBar->setKeys(figure->keys() << std::pair(tr("F11"), tr("back")));
    m_history->rebase();
    m_saving.start();
    refreshTitle();
    // The keyboard goes on in the page, not in the rail it came from; and to the page itself, not to the first
    // field that the stack would choose, so that the page's own keys work at once.
    if (isAnother || !figure->isAncestorOf(focusWidget()))
        figure->setFocus();
}

void MainWindow::showStart()
{
    if (!m_start) {
        m_start = new StartPage(m_stack);
        m_stack->addWidget(m_start);
        connect(m_start, &StartPage::pageChosen, this, &MainWindow::showPage);
        connect(m_start, &StartPage::fileWanted, this, &MainWindow::openDialog);
        connect(m_start, &StartPage::sampleWanted, this, [this] {
            m_workspace.openSampleModel();
            showPage(findPage(u"models") ? QStringLiteral("models") : QLatin1String(pages().front().id));
        });
    }
    setPresenting(false);
    m_stack->setCurrentWidget(m_start);
    m_rail->setCurrent({});
    if (!m_settings.hasSeenStart) {
        m_settings.hasSeenStart = true;
        saveSettings();
    }
}

Figure* MainWindow::page() const
{
    return qobject_cast<Figure*>(m_stack->currentWidget());
}

QString MainWindow::pageId() const
{
    return page() ? page()->objectName() : QString();
}

bool MainWindow::hasModel() const
{
    return m_workspace.model() != nullptr;
}

Link MainWindow::presentLink() const
{
    return {pageId(), page() ? page()->state() : QJsonObject(), m_workspace.state()};
}

void MainWindow::showLink(const Link& link)
{
    showProblem({});
    m_workspace.setState(link.workspace);
    const QString said = problem();   // A change of page takes it away.
    Figure* figure = makePage(link.page);
    if (!figure)
        return showProblem(tr("The link names a page “%1”, which this program does not have.").arg(link.page));
    if (figure != page())
        showPage(link.page);
    figure->setState(link.state);
    if (!said.isEmpty())
        showProblem(said);
}

void MainWindow::openLink(const QString& text)
{
    const auto link = parseLink(text);
    if (!link)
        return showProblem(QString::fromStdString(link.error().message));
    showLink(*link);
    m_history->rebase();
}

void MainWindow::openFile(const QString& path)
{
    if (looksLikeLink(path))
        return openLink(path);
    m_workspace.openModel(path);
    if (m_stack->currentWidget() == m_start && m_start && !pages().empty())
        showPage(findPage(u"models") ? QStringLiteral("models") : QLatin1String(pages().front().id));
}

void MainWindow::chooseTensor(const QString& name)
{
    m_workspace.chooseTensor(name);
}

void MainWindow::chooseScheme(const QString& text)
{
    if (const auto scheme = parseScheme(text.toStdString()))
        m_workspace.setScheme(*scheme);
    else
        showProblem(QString::fromStdString(scheme.error().message));
}

void MainWindow::showFormat(const QString& id)
{
    Figure* numbers = makePage(QStringLiteral("numbers"));
    if (!numbers)
        return showProblem(tr("This program was built without the Numbers page."));
    QJsonObject state = numbers->state();   // Whole: what a state lacks goes back to its default.
    QJsonArray formats = state[u"formats"].toArray();
    if (!formats.contains(id))
        formats.append(id);
    state[u"formats"] = formats;
    state[u"selected"] = id;
    showPage(QStringLiteral("numbers"), state);
}

void MainWindow::restore(const Session& session)
{
    m_session = session;
    m_workspace.setState(session.workspace);
    const QString id = findPage(session.page) ? session.page
                       : pages().empty()      ? QString()
                                              : QString(QLatin1String(pages().front().id));
    showPage(id);
}

Session MainWindow::session() const
{
    Session session = m_session;
    if (page()) {
        session.page = pageId();
        session.pages.insert(pageId(), page()->state());
    }
    session.workspace = m_workspace.state();
    return session;
}

void MainWindow::setSeed(quint64 seed)
{
    if (m_workspace.syntheticRecipe()) {
        SyntheticRecipe recipe = *m_workspace.syntheticRecipe();
        recipe.seed = seed;
        m_workspace.openSynthetic(recipe);
    }
    QuantizationScheme scheme = m_workspace.scheme();
    scheme.rounding.seed = seed;
    m_workspace.setScheme(scheme);
    if (!page())
        return;
    QJsonObject state = page()->state();
    if (!state.contains(u"seed"))
        return;
    state[u"seed"] = qint64(seed);
    page()->setState(state);
}

bool MainWindow::isSettled() const
{
    return !m_workspace.isOpening() && !m_workspace.isCounting() && (!page() || page()->isSettled());
}

void MainWindow::setStill()
{
    m_isStill = true;
    QApplication::setCursorFlashTime(0);
    m_topLine->setShowsDevices(false);
    if (QWidget* focused = focusWidget())
        focused->clearFocus();
}

void MainWindow::showProblem(const QString& sentence)
{
    m_problem->showSentence(sentence);
    // Room above the bar while it is there.
    auto* notices = static_cast<QVBoxLayout*>(centralWidget()->layout()->itemAt(1)->layout()->itemAt(1)->layout());
    notices->setContentsMargins(space::gap, sentence.isEmpty() ? 0 : space::normal, space::gap, 0);
}

QString MainWindow::problem() const
{
    return m_problem->sentence();
}

void MainWindow::refreshTitle()
{
    const QString name = m_workspace.model() ? QString::fromStdString(m_workspace.model()->name()) : QString();
    setWindowTitle(name.isEmpty() ? QStringLiteral("Quantoscope") : tr("%1 – Quantoscope").arg(name));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls() || looksLikeLink(event->mimeData()->text()))
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (looksLikeLink(event->mimeData()->text()))
        openLink(event->mimeData()->text());
    else if (!urls.isEmpty() && urls.front().isLocalFile())
        openFile(urls.front().toLocalFile());
    else if (!urls.isEmpty())
        showProblem(tr("Only files of this computer can be opened; “%1” lies elsewhere.").arg(urls.front().toDisplayString()));
    event->acceptProposedAction();
}

}  // namespace quantoscope
