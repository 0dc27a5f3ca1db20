// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/obstacle_list.h"

#include "widgets/controls.h"
#include "widgets/theme.h"

#include "widgets/house_style.h"

#include <QEvent>
#include <QGridLayout>
#include <QPainter>

namespace quantoscope {

namespace {

/// Over a scroll area that the keys scroll, which by itself shows nothing of having the focus.
class FocusRing : public QWidget {
public:
    explicit FocusRing(QWidget* area) : QWidget(area)
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
        area->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) {
            setVisible(event->type() == QEvent::FocusIn);
            raise();
        }
        setGeometry(parentWidget()->rect());
        return false;
    }
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        drawFocusRing(painter, rect(), 5);
    }
};

}  // namespace

ObstacleList::ObstacleList(QWidget* parent)
    : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("What cannot run here, and why"));
    auto* content = new QWidget(this);
    m_grid = new QGridLayout(content);
    m_grid->setContentsMargins(space::tight, space::tight, space::tight, space::tight);   // Of the ring of focus.
    m_grid->setHorizontalSpacing(space::gap);
    m_grid->setVerticalSpacing(space::small);
    m_grid->setColumnStretch(1, 1);
    setWidget(content);
    content->setAutoFillBackground(false);   // setWidget turns it on
    new FocusRing(this);
}

QString ObstacleList::text() const
{
    QStringList lines;
    for (const Row& row : m_rows)
        lines << row.name + QStringLiteral(": ") + row.reason;
    return lines.join(QLatin1Char('\n'));
}

void ObstacleList::setRows(const std::vector<Row>& rows)
{
    if (rows == m_rows)
        return;
    m_rows = rows;
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int line = 0;
    for (const Row& row : rows) {
        auto* name = new TextLabel(row.name, 12, QFont::DemiBold);
        auto* reason = new TextLabel(row.reason, 12, QFont::Normal, TextTone::Muted);
        reason->setWordWrap(true);
        m_grid->addWidget(name, line, 0, Qt::AlignTop);
        m_grid->addWidget(reason, line++, 1, Qt::AlignTop);
    }
    if (rows.empty())
        m_grid->addWidget(new TextLabel(tr("Every kernel of this device can run this shape."), 12, QFont::Normal, TextTone::Muted), 0, 0, 1, 2);
    m_grid->setRowStretch(line + 1, 1);
}

}  // namespace quantoscope
