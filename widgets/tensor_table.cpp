// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tensor_table.h"

#include "widgets/tensor_table_header.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace quantoscope {

TensorTable::TensorTable(QWidget* parent)
    : QTableView(parent)
    , m_model(new TensorTableModel(this))
    , m_header(nullptr)
{
    setModel(m_model);
    setHorizontalHeader(m_header = new TensorHeader(this));
    m_header->setVisible(true);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(12);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setCornerButtonEnabled(false);
    setMouseTracking(true);
    setAccessibleName(tr("Tensors"));

    m_viewTimer.setSingleShot(true);
    m_viewTimer.setInterval(30);
    connect(&m_viewTimer, &QTimer::timeout, this, &TensorTable::viewChanged);
    connect(m_header, &QHeaderView::sectionClicked, this, &TensorTable::sortBy);
    connect(m_model, &TensorTableModel::arranged, this, &TensorTable::keepChosen);
    connect(m_model, &QAbstractItemModel::layoutChanged, this, [this] { m_viewTimer.start(); });
    connect(m_model, &QAbstractItemModel::dataChanged, this, &TensorTable::adaptDotScale);
    connect(this, &QAbstractItemView::doubleClicked, this, [this](const QModelIndex& index) {
        if (const auto tensor = m_model->tensorAt(index.row()))
            emit tensorOpened(*tensor);
    });
    layOutColumns();
}

/// Columns give way from the least important, until the names have room.
void TensorTable::layOutColumns()
{
    const double scale = theme().typeScale;
    verticalHeader()->setDefaultSectionSize(std::max(int(std::lround(27 * scale)), QFontMetrics(uiFont(13)).height() + 8));
    const int room = viewport()->width();
    const auto widthOf = [&](int column) {
        const double text = columnRow(TensorColumn(column)).width * scale;
        return int(std::lround(text));
    };
    int total = 0;
    for (int column = 0; column < tensorColumnCount; ++column)
        total += widthOf(column);
    std::vector<bool> isShown(tensorColumnCount, true);
    while (total > room) {
        int least = -1;
        for (int column = 1; column < tensorColumnCount; ++column) {
            const int keep = columnRow(TensorColumn(column)).keep;
            if (isShown[std::size_t(column)] && keep > 0 && (least < 0 || keep < columnRow(TensorColumn(least)).keep))
                least = column;
        }
        if (least < 0)
            break;
        isShown[std::size_t(least)] = false;
        total -= widthOf(least);
    }
    for (int column = 1; column < tensorColumnCount; ++column) {
        setColumnHidden(column, !isShown[std::size_t(column)]);
        setColumnWidth(column, widthOf(column));
    }
    setColumnWidth(0, std::max(80, widthOf(0) + room - total));
    m_viewTimer.start();
}

std::vector<TensorColumn> TensorTable::visibleColumns() const
{
    std::vector<TensorColumn> columns;
    for (int column = 0; column < tensorColumnCount; ++column)
        if (!isColumnHidden(column))
            columns.push_back(TensorColumn(column));
    return columns;
}

/// Round ends that hold every known value of the tensors on the screen and the threshold.
void TensorTable::adaptDotScale()
{
    double low = m_model->threshold(), high = low;
    for (const std::uint32_t tensor : visibleTensors()) {
        const TensorFacts* facts = m_model->facts(tensor);
        if (!facts || facts->sqnrState != TensorFacts::Sqnr::Known || !std::isfinite(facts->sqnrDb))
            continue;
        low = std::min(low, facts->sqnrDb);
        high = std::max(high, facts->sqnrDb);
    }
    DotScale scale{std::floor((low - 1) / 6) * 6, std::ceil((high + 1) / 6) * 6, m_model->threshold()};
    // Grows at once and shrinks never while the same scheme is shown: dots must not wander while one scrolls.
    if (m_dotScale.threshold == scale.threshold && m_scaleScheme == m_model->schemeName()) {
        scale.low = std::min(scale.low, m_dotScale.low);
        scale.high = std::max(scale.high, m_dotScale.high);
    }
    m_scaleScheme = m_model->schemeName();
    if (scale.low == m_dotScale.low && scale.high == m_dotScale.high && scale.threshold == m_dotScale.threshold)
        return;
    m_dotScale = scale;
    m_header->viewport()->update();
    viewport()->update();
}

std::vector<std::uint32_t> TensorTable::visibleTensors() const
{
    std::vector<std::uint32_t> visible;
    const auto order = m_model->shownTensors();
    if (m_model->rowCount() == 0)
        return visible;
    const int first = std::max(0, rowAt(0));
    const int last = rowAt(viewport()->height() - 1);
    const int end = last < 0 ? m_model->rowCount() : last + 1;
    for (int row = first; row < end && visible.size() < 1000; ++row) {
        const auto [from, to] = m_model->tensorsOf(m_model->line(row));
        for (std::uint32_t place = from; place < to && visible.size() < 1000; ++place)
            visible.push_back(order[place]);
    }
    return visible;
}

void TensorTable::setChosen(std::optional<std::uint32_t> tensor, bool scrolls)
{
    m_chosen = tensor;
    const int row = tensor ? m_model->rowOf(*tensor) : -1;
    const bool wasChoosing = std::exchange(m_isChoosing, true);
    if (row >= 0 && m_model->tensorAt(row) == tensor) {
        setCurrentIndex(m_model->index(row, 0));
        if (scrolls)
            scrollTo(m_model->index(row, 0), EnsureVisible);
    } else {
        clearSelection();
    }
    m_isChoosing = wasChoosing;
    viewport()->update();
}

void TensorTable::keepChosen()
{
    setChosen(m_chosen, true);
    adaptDotScale();
    m_viewTimer.start();
}

void TensorTable::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    const auto tensor = m_model->tensorAt(current.row());
    if (m_isChoosing || !current.isValid() || !tensor || tensor == m_chosen)
        return;
    m_chosen = tensor;
    viewport()->update();
    emit tensorChosen(*tensor);
}

void TensorTable::sortBy(int section)
{
    const auto column = TensorColumn(section);
    const TensorSort& now = m_model->sort();
    // What is looked for first: the lowest SQNR, the largest of every other number.
    const bool largestFirst = columnRow(column).isNumber && column != TensorColumn::Sqnr && column != TensorColumn::Min;
    emit sortChosen(column, now.column == column ? !now.descending : largestFirst);
}

void TensorTable::setFolded(int row, bool open)
{
    const TensorLine line = m_model->line(row);
    const bool wasChoosing = std::exchange(m_isChoosing, true);
    bool changed = false;
    if (line.kind == TensorLine::Kind::Tensor) {
        // Left on a tensor goes to its layer, as in every tree.
        for (int above = row - 1; !open && line.depth > 0 && above >= 0; --above) {
            if (m_model->line(above).kind != TensorLine::Kind::Tensor) {
                setCurrentIndex(m_model->index(above, 0));
                break;
            }
        }
    } else if (m_model->isOpen(row) != open) {
        m_model->toggle(row);
        changed = true;
    } else if (!open) {
        changed = m_model->gather(row);
    }
    m_isChoosing = wasChoosing;
    viewport()->update();
    if (changed)
        emit foldingChanged();
}

void TensorTable::keyPressEvent(QKeyEvent* event)
{
    const int row = currentIndex().row();
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    switch (plain ? event->key() : 0) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const bool opens = event->key() == Qt::Key_Right;
        if (event->modifiers() & Qt::ShiftModifier) {
            opens ? m_model->openAll() : m_model->foldAll();
            emit foldingChanged();
        } else {
            setFolded(row, opens);
        }
        return;
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (const auto tensor = m_model->tensorAt(row))
            emit tensorOpened(*tensor);
        else
            setFolded(row, !m_model->isOpen(row));
        return;
    case Qt::Key_C:
        if (row >= 0) {
            const QString text = m_model->rowText(row);
            QApplication::clipboard()->setText(text);
            emit rowCopied(text);
        }
        return;
    default:
        break;
    }
    // What the table has no use for (letters) belongs to the page and the window.
    const bool isMovement = event->key() >= Qt::Key_Home && event->key() <= Qt::Key_PageDown;
    if (isMovement)
        QTableView::keyPressEvent(event);
    else
        event->ignore();
}

void TensorTable::mousePressEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    const bool isLayer = index.isValid() && event->button() == Qt::LeftButton && !m_model->tensorAt(index.row());
    QTableView::mousePressEvent(event);
    if (isLayer)
        setFolded(index.row(), !m_model->isOpen(index.row()));
}

void TensorTable::mouseMoveEvent(QMouseEvent* event)
{
    QTableView::mouseMoveEvent(event);
    const int row = rowAt(event->pos().y());
    if (row == m_hoveredRow)
        return;
    m_hoveredRow = row;
    viewport()->update();
}

void TensorTable::leaveEvent(QEvent* event)
{
    m_hoveredRow = -1;
    viewport()->update();
    QTableView::leaveEvent(event);
}

void TensorTable::focusInEvent(QFocusEvent* event)
{
    QTableView::focusInEvent(event);
    viewport()->update();
}

void TensorTable::focusOutEvent(QFocusEvent* event)
{
    QTableView::focusOutEvent(event);
    viewport()->update();
}

void TensorTable::scrollContentsBy(int dx, int dy)
{
    QTableView::scrollContentsBy(dx, dy);
    m_viewTimer.start();
}

void TensorTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    layOutColumns();
}

void TensorTable::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        if (m_header)
            layOutColumns();
        viewport()->update();
    }
}

}  // namespace quantoscope
