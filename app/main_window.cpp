// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/main_window.h"

#include "app/page.h"
#include "app/workspace.h"

#include <QStackedWidget>

namespace quantoscope {

MainWindow::MainWindow(Workspace& workspace)
    : m_workspace(workspace)
    , m_stack(new QStackedWidget(this))
{
    setCentralWidget(m_stack);
    connect(&workspace, &Workspace::pageRequested, this, [this](const QString& id) { showPage(id); });
}

void MainWindow::showPage(const QString& id)
{
    const PageRow* row = findPage(id);
    if (!row)
        return;
    auto* shown = m_stack->findChild<QWidget*>(id, Qt::FindDirectChildrenOnly);
    if (!shown) {
        shown = row->make(m_workspace, m_stack);
        shown->setObjectName(id);
        m_stack->addWidget(shown);
    }
    m_stack->setCurrentWidget(shown);
}

Figure* MainWindow::page() const
{
    return qobject_cast<Figure*>(m_stack->currentWidget());
}

}  // namespace quantoscope
