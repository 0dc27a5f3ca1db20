// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/number_row.h"
#include "widgets/controls.h"

class QMenu;
class QScrollArea;

namespace quantoscope {

/// The heads of the columns: what the colours mean, the typed number in base two above the bits it
/// became, the labels of the error axis.
class RowsHeader : public QWidget {
    Q_OBJECT

public:
    explicit RowsHeader(QWidget* parent = nullptr);
    void show(std::shared_ptr<const NumbersContent> content, const RowColumns& columns);
    PushButton* formatsButton() const { return m_formats; }
    int heightFor(const RowColumns& columns) const;

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    void paintLegend(QPainter&);
    void paintExpansion(QPainter&) const;
    void paintHeads(QPainter&) const;

    std::shared_ptr<const NumbersContent> m_content;
    RowColumns m_columns;
    PushButton* m_formats;
    double m_legendEnd = 0;
};

/// One row a chosen format, under one header. Rows are dragged or moved with Alt+Up and Alt+Down,
/// removed with Delete, added from the menu under "Formats".
class RowsCard : public Card {
    Q_OBJECT

public:
    explicit RowsCard(QWidget* parent = nullptr);

    void show(const NumbersState& state, std::shared_ptr<const NumbersContent> content,
              const std::optional<NumbersContent>& ghost);
    /// The menu under "Formats": every row of the format table, those chosen ticked.
    void fillMenu(QMenu& menu, const QStringList& chosen) const;
    void setCompact(bool compact);
    void setEditsFormats(bool edits);   ///< Rows can be added, removed, moved; scales typed.
    void setHeaderVisible(bool visible);
    /// Shows one row and hides the others, which stay rows; empty shows all.
    void setOnlyRow(const QString& id);
    NumberRow* row(const QString& id) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    /// Formats that a person built, offered beside those of the table.
    void setSavedFormats(const QStringList& ids) { m_saved = ids; }

signals:
    void codeEdited(const QString& format, quantoscope::Code code, const QString& text, const QString& mergeKey);
    void settingsEdited(const QString& format, double scale, qint64 zeroPoint);
    void stepRequested(const QString& format, quantoscope::NumberStep step);
    void selected(const QString& format);
    void formatsEdited(const QStringList& formats, const QString& text, const QString& mergeKey);
    void digitsToggled();
    void problem(const QString& sentence);

protected:
    void resizeEvent(QResizeEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void changeEvent(QEvent*) override;
    bool eventFilter(QObject*, QEvent*) override;

private:
    QStringList m_saved;
    QString m_only;
    bool shows(const NumberRow* row) const { return m_only.isEmpty() || row->id() == m_only; }
    void arrange();
    NumberRow* makeRow(const QString& id);
    void showMenu();
    void moveRow(const QString& id, int toIndex, const QString& mergeKey);
    void removeRow(const QString& id);
    void rowDragged(const QString& id, int y);
    QStringList ids() const;
    NumberRow::Shown shownFor(int index, const RowColumns& columns) const;
    int contentHeight(double width) const;

    RowsHeader* m_header;
    QScrollArea* m_scroll;
    QWidget* m_list;
    std::vector<NumberRow*> m_rows;   ///< In the order shown; a row keeps its widget while it moves.
    NumbersState m_state;
    std::shared_ptr<const NumbersContent> m_content;
    std::optional<NumbersContent> m_ghost;
    bool m_compact = false;
    bool m_editsFormats = true;
    int m_drag = 0;
};

}  // namespace quantoscope
