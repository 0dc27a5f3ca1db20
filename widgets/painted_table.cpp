// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/painted_table.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>
#include <QWidget>

#include <map>

namespace quantoscope {

namespace {

PaintedTable* tableOf(QObject* object)
{
    return dynamic_cast<PaintedTable*>(object);
}

/// One cell, without a widget of its own.
class AccessibleCell : public QAccessibleInterface, public QAccessibleTableCellInterface, public QAccessibleActionInterface {
public:
    AccessibleCell(QWidget* widget, int row, int column) : m_widget(widget), m_row(row), m_column(column) {}

    bool isValid() const override
    {
        const PaintedTable* table = tableOf(m_widget);
        return table && m_row < table->tableRows() && m_column < table->tableColumns();
    }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return m_widget ? m_widget->window()->windowHandle() : nullptr; }
    QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(m_widget); }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessible::Role role() const override { return QAccessible::Cell; }
    void setText(QAccessible::Text, const QString&) override {}
    QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return {};
        return kind == QAccessible::Name    ? tableOf(m_widget)->cellName(m_row, m_column)
             : kind == QAccessible::Value   ? tableOf(m_widget)->cellValue(m_row, m_column)
                                            : QString();
    }
    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect place = tableOf(m_widget)->cellPlace(m_row, m_column);
        return {m_widget->mapToGlobal(place.topLeft()), place.size()};
    }
    QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.selectable = state.focusable = true;
        state.selected = tableOf(m_widget)->isCellChosen(m_row, m_column);
        state.focused = state.selected && m_widget->hasFocus();
        state.invisible = !m_widget->isVisible();
        state.disabled = !m_widget->isEnabled();
        return state;
    }

    void* interface_cast(QAccessible::InterfaceType type) override
    {
        if (type == QAccessible::TableCellInterface)
            return static_cast<QAccessibleTableCellInterface*>(this);
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
    }
    bool isSelected() const override { return state().selected; }
    QList<QAccessibleInterface*> columnHeaderCells() const override { return {}; }
    QList<QAccessibleInterface*> rowHeaderCells() const override { return {}; }
    int columnIndex() const override { return m_column; }
    int rowIndex() const override { return m_row; }
    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    QAccessibleInterface* table() const override { return parent(); }

    QStringList actionNames() const override { return {pressAction(), setFocusAction()}; }
    void doAction(const QString& action) override
    {
        if (!isValid())
            return;
        if (action == setFocusAction())
            m_widget->setFocus(Qt::OtherFocusReason);
        if (action == pressAction() || action == setFocusAction())
            tableOf(m_widget)->chooseCell(m_row, m_column);
    }
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    QPointer<QWidget> m_widget;
    int m_row, m_column;
};

class AccessibleTable : public QAccessibleWidget, public QAccessibleTableInterface {
public:
    explicit AccessibleTable(QWidget* widget) : QAccessibleWidget(widget, QAccessible::Table) {}
    ~AccessibleTable() override
    {
        for (const auto& [place, id] : m_cells)
            QAccessible::deleteAccessibleInterface(id);
    }

    void* interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::TableInterface ? static_cast<QAccessibleTableInterface*>(this) : QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value || kind == QAccessible::Description ? object()->property("chartDescription").toString()
                                                                              : QAccessibleWidget::text(kind);
    }

    // Cells line by line.
    int childCount() const override { return rowCount() * columnCount(); }
    QAccessibleInterface* child(int index) const override
    {
        return index >= 0 && index < childCount() ? cellAt(index / columnCount(), index % columnCount()) : nullptr;
    }
    int indexOfChild(const QAccessibleInterface* child) const override
    {
        const auto* cell = dynamic_cast<const AccessibleCell*>(child);
        return cell ? cell->rowIndex() * columnCount() + cell->columnIndex() : -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override
    {
        const QPoint point = widget()->mapFromGlobal(QPoint(x, y));
        for (int row = 0; row < rowCount(); ++row)
            for (int column = 0; column < columnCount(); ++column)
                if (table().cellPlace(row, column).contains(point))
                    return cellAt(row, column);
        return nullptr;
    }
    QAccessibleInterface* focusChild() const override { return widget()->hasFocus() ? chosenCell() : nullptr; }

    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }
    QAccessibleInterface* cellAt(int row, int column) const override
    {
        if (row < 0 || column < 0 || row >= rowCount() || column >= columnCount())
            return nullptr;
        const auto [place, isNew] = m_cells.try_emplace({row, column}, 0);
        if (isNew)
            place->second = QAccessible::registerAccessibleInterface(new AccessibleCell(widget(), row, column));
        return QAccessible::accessibleInterface(place->second);
    }
    int rowCount() const override { return table().tableRows(); }
    int columnCount() const override { return table().tableColumns(); }
    QString rowDescription(int row) const override { return table().rowTitle(row); }
    QString columnDescription(int column) const override { return table().columnTitle(column); }
    int selectedCellCount() const override { return chosenCell() ? 1 : 0; }
    QList<QAccessibleInterface*> selectedCells() const override
    {
        QAccessibleInterface* chosen = chosenCell();
        return chosen ? QList{chosen} : QList<QAccessibleInterface*>();
    }
    // A cell is chosen, never a whole row or column.
    int selectedColumnCount() const override { return 0; }
    int selectedRowCount() const override { return 0; }
    QList<int> selectedColumns() const override { return {}; }
    QList<int> selectedRows() const override { return {}; }
    bool isColumnSelected(int) const override { return false; }
    bool isRowSelected(int) const override { return false; }
    bool selectRow(int) override { return false; }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override {}

private:
    PaintedTable& table() const { return *tableOf(widget()); }
    QAccessibleInterface* chosenCell() const
    {
        for (int row = 0; row < rowCount(); ++row)
            for (int column = 0; column < columnCount(); ++column)
                if (table().isCellChosen(row, column))
                    return cellAt(row, column);
        return nullptr;
    }

    mutable std::map<std::pair<int, int>, QAccessible::Id> m_cells;   ///< Those that were asked for.
};

QAccessibleInterface* makeInterface(const QString&, QObject* object)
{
    return tableOf(object) && object->isWidgetType() ? new AccessibleTable(static_cast<QWidget*>(object)) : nullptr;
}

}  // namespace

void installPaintedTableAccessibility()
{
    [[maybe_unused]] static const bool installed = (QAccessible::installFactory(makeInterface), true);
}

void announceChosenCell(QWidget* widget, int row, int column)
{
    const PaintedTable* table = tableOf(widget);
    if (!QAccessible::isActive() || !table)
        return;
    QAccessibleEvent chosen(widget, widget->hasFocus() ? QAccessible::Focus : QAccessible::Selection);
    chosen.setChild(row * table->tableColumns() + column);
    QAccessible::updateAccessibility(&chosen);
}

}  // namespace quantoscope
