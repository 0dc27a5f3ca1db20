// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/page.h"
#include "widgets/tensor_table_order.h"

#include <QElapsedTimer>

#include <optional>

class QHBoxLayout;
class QStackedLayout;

namespace quantoscope {

class Card;
class FileSheet;
class FilterBar;
class ModelScan;
class ProgressLine;
class PushButton;
class TabStrip;
class TensorPanel;
class TensorTable;
class TextLabel;
class Workspace;

/// The Models page: which tensors of the open model will hurt under the scheme of the top line, and why.
///
/// Keys of its state: tab (tensors, file), sort, descending, search, type, below, threshold, outliers,
/// byLayer, open and loose (names of layers), panel (tab, focus [row, column], lens). The chosen tensor is
/// the workspace's.
class ModelsPage : public Figure {
    Q_OBJECT

public:
    explicit ModelsPage(Workspace&, QWidget* parent = nullptr);
    ~ModelsPage() override;

    QJsonObject state() const override;
    void setState(const QJsonObject&) override;
    QVariantMap readings() const override;
    bool isSettled() const override;
    QString commandLine() const override;
    QByteArray csv() const override;
    bool hasCsv() const override;
    void setPresenting(bool) override;
    QList<std::pair<QString, QString>> keys() const override;

    TensorTable* table() const { return m_table; }
    TensorPanel* panel() const { return m_panel; }
    ModelScan* scan() const { return m_scan; }

protected:
    void showEvent(QShowEvent*) override;
    void focusInEvent(QFocusEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    QWidget* makeEmptyState();
    QWidget* makeModelSheet();
    void connectParts();
    void arrange();
    void followModel();
    void followTensor();
    void followScheme();
    void followScan();
    void refreshPanel();
    void refreshFilterBar();
    void refreshSummary();
    void refreshVerdict();
    void showTab(const QString& id);
    void setFilter(const TensorFilter&);
    void setThreshold(double db);
    void chooseWanted();
    void openInQuantize(std::uint32_t tensor);
    std::optional<std::uint32_t> chosenIndex() const;
    QString schemeName() const;

    Workspace& m_workspace;
    QStackedLayout* m_stack;
    QWidget* m_empty;
    QWidget* m_sheet;
    TabStrip* m_tabs;
    TextLabel* m_summary;
    QWidget* m_tensorsSheet;
    QHBoxLayout* m_columns;
    FileSheet* m_file;
    FilterBar* m_bar;
    TensorTable* m_table;
    TensorPanel* m_panel;
    ModelScan* m_scan;
    TextLabel* m_verdict;
    TextLabel* m_hints;
    ProgressLine* m_progress;
    PushButton* m_resume;
    double m_threshold = 18;
    bool m_isStale = true;
    bool m_isSchemeStale = false;   ///< Another scheme was chosen while this page was hidden.
    QJsonObject m_wantedState;   ///< Of a model that is not open yet.
    bool m_isPresenting = false;
    bool m_wasSettled = true;
    QElapsedTimer m_sinceArranged;
};

}  // namespace quantoscope
