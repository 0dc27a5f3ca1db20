// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/format_table.h"

#include "app/pages/reference/format_delegate.h"
#include "app/pages/reference/format_table_model.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

FormatTable::FormatTable(QWidget* parent)
    : QWidget(parent)
    , m_model(new FormatTableModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_view(new QTableView(this))
    , m_name(new TextLabel({}, 15, QFont::DemiBold, TextTone::Normal, this))
    , m_sentence(new TextLabel({}, 13, QFont::Normal, TextTone::Muted, this))
    , m_open(new PushButton(tr("Open on Numbers"), PushButton::Role::Quiet, this))
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(Qt::UserRole);
    m_view->setModel(m_sorted);
    m_view->setItemDelegate(new FormatDelegate(m_view));
    m_view->setAccessibleName(tr("Formats"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setTabKeyNavigation(false);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setSortIndicatorShown(true);
    m_view->horizontalHeader()->setSectionsClickable(true);
    m_view->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_view->setSortingEnabled(true);
    m_sentence->setWordWrap(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::normal);
    auto* table = new Card(this);
    table->layout()->setContentsMargins(1, 6, 1, 6);
    table->body()->addWidget(m_view);
    column->addWidget(table, 1);
    auto* details = new Card(this);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::gap);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::tight);
    words->addWidget(m_name);
    words->addWidget(m_sentence);
    line->addLayout(words, 1);
    line->addWidget(m_open, 0, Qt::AlignVCenter);
    details->body()->addLayout(line);
    column->addWidget(details);

    connect(m_open, &QAbstractButton::clicked, this, [this] { emit formatOpened(current()); });
    connect(m_view, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == FormatTableModel::Name)
            emit formatOpened(current());
    });
    connect(m_view, &QTableView::activated, this, [this] { emit formatOpened(current()); });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        showCurrent();
        if (!m_isRestoring)
            emit changed(tr("choose a format"));
    });
    connect(m_view->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, [this] {
        if (!m_isRestoring)
            emit changed(tr("sort the formats"));
    });
    setSorting(-1, false);
    setCurrent(QStringLiteral("fp32"));
    fitColumns();
}

QString FormatTable::current() const
{
    const QModelIndex index = m_sorted->mapToSource(m_view->currentIndex());
    return index.isValid() ? formatText(m_model->format(index.row()).id) : QString();
}

void FormatTable::setCurrent(const QString& id)
{
    const int row = m_model->rowOf(id);
    if (row < 0)
        return;
    m_isRestoring = true;
    m_view->setCurrentIndex(m_sorted->mapFromSource(m_model->index(row, 0)));
    m_isRestoring = false;
    showCurrent();
}

int FormatTable::sortColumn() const
{
    return m_sorted->sortColumn();
}

bool FormatTable::isDescending() const
{
    return m_sorted->sortOrder() == Qt::DescendingOrder;
}

void FormatTable::setSorting(int column, bool descending)
{
    m_isRestoring = true;
    m_view->sortByColumn(std::clamp(column, -1, FormatTableModel::ColumnCount - 1),
                         descending ? Qt::DescendingOrder : Qt::AscendingOrder);
    m_isRestoring = false;
}

QByteArray FormatTable::csv() const
{
    return m_model->csv();
}

void FormatTable::showCurrent()
{
    const QModelIndex index = m_sorted->mapToSource(m_view->currentIndex());
    if (!index.isValid())
        return;
    const NumberFormat& format = m_model->format(index.row());
    m_name->setText(formatText(format.name));
    m_sentence->setText(formatText(format.sentence));
    m_open->setAccessibleName(tr("Open %1 on Numbers").arg(m_name->text()));
}

void FormatTable::fitColumns()
{
    m_view->horizontalHeader()->setFont(uiFont(12, QFont::DemiBold));
    m_widthOfNumbers = 0;
    for (int column = 0; column < FormatTableModel::ColumnCount; ++column) {
        int width = QFontMetrics(uiFont(12, QFont::DemiBold)).horizontalAdvance(m_sorted->headerData(column, Qt::Horizontal).toString()) + 34;
        for (int row = 0; row < m_sorted->rowCount(); ++row)
            width = std::max(width, m_view->itemDelegate()->sizeHint({}, m_sorted->index(row, column)).width());
        m_view->setColumnWidth(column, width);
        m_widthOfNumbers += column < FormatTableModel::Sentence ? width : 0;
    }
    hideSentencesWhereNarrow();
    m_view->verticalHeader()->setDefaultSectionSize(m_view->itemDelegate()->sizeHint({}, m_sorted->index(0, 0)).height());
}

void FormatTable::hideSentencesWhereNarrow()
{
    m_view->setColumnHidden(FormatTableModel::Sentence, m_widthOfNumbers + 220 > width());
}

void FormatTable::resizeEvent(QResizeEvent*)
{
    hideSentencesWhereNarrow();
}

void FormatTable::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        fitColumns();
}

}  // namespace quantoscope
