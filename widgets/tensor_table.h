// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/sparkline.h"
#include "widgets/tensor_table_model.h"

#include <QTableView>
#include <QTimer>

#include <optional>
#include <vector>

namespace quantoscope {

class TensorHeader;

/// The tensors of a model in a table, with layers that fold. Only what is on the screen is asked of the
/// model and painted, so 500 000 rows scroll like fifty.
class TensorTable : public QTableView {
    Q_OBJECT

public:
    explicit TensorTable(QWidget* parent = nullptr);

    TensorTableModel* tensors() const { return m_model; }

    /// Marks a tensor as chosen, scrolls to it if asked; emits nothing.
    void setChosen(std::optional<std::uint32_t> tensor, bool scrolls);
    std::optional<std::uint32_t> chosen() const { return m_chosen; }
    /// The tensors on the screen, top to bottom; of folded layers the first thousand.
    std::vector<std::uint32_t> visibleTensors() const;
    std::vector<TensorColumn> visibleColumns() const;
    const DotScale& dotScale() const { return m_dotScale; }

signals:
    void tensorChosen(std::uint32_t tensor);      ///< By the person: arrows or a click.
    void tensorOpened(std::uint32_t tensor);      ///< Enter or a double click.
    void sortChosen(TensorColumn column, bool descending);
    void foldingChanged();                        ///< By the person.
    void rowCopied(const QString& text);
    void viewChanged();                           ///< Other rows are on the screen.

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void leaveEvent(QEvent*) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyboardSearch(const QString&) override {}   // Letters are commands of the page.
    void focusInEvent(QFocusEvent*) override;
    void focusOutEvent(QFocusEvent*) override;

private:
    void layOutColumns();
    void adaptDotScale();
    void sortBy(int section);
    void keepChosen();
    void setFolded(int row, bool open);
    void drawRow(QPainter&, int row, const QRect& area) const;
    void drawLayerRow(QPainter&, int row, const TensorLine&, const QRect& area) const;
    void drawTensorRow(QPainter&, int row, const TensorLine&, const QRect& area) const;
    void drawSqnr(QPainter&, const QRectF& cell, std::uint32_t tensor, const QString& words) const;
    void drawStrip(QPainter&, const QRectF& area, const TensorLine&) const;
    QRectF cellRect(TensorColumn, const QRect& row) const;

    TensorTableModel* m_model;
    TensorHeader* m_header;
    std::optional<std::uint32_t> m_chosen;
    DotScale m_dotScale;
    QString m_scaleScheme;   ///< The scheme that m_dotScale was made for.
    int m_hoveredRow = -1;
    bool m_isChoosing = false;
    QTimer m_viewTimer;   ///< One notice for a whole movement of the wheel.
};

}  // namespace quantoscope
