// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/page.h"

class QPlainTextEdit;
class QStackedLayout;

namespace quantoscope {

class QuantizeFigure;
class TextLabel;
class WordsPanel;
class Workspace;

/// The Quantize page: the figure on the tensor and scheme of the workspace, what is shown while there
/// is no tensor, and the sheet for pasted numbers.
class QuantizePage : public Figure {
    Q_OBJECT

public:
    explicit QuantizePage(Workspace&, QWidget* parent = nullptr);

    QJsonObject state() const override;
    void setState(const QJsonObject&) override;
    QVariantMap readings() const override;
    bool isSettled() const override;
    QString commandLine() const override;
    QByteArray csv() const override;
    void showOnlyControls(const QStringList&) override;
    void setPresenting(bool) override;
    QList<std::pair<QString, QString>> keys() const override;
    void toggleGhost() override;

    QuantizeFigure* figure() const { return m_figure; }
    WordsPanel* words() const { return m_words; }

protected:
    void showEvent(QShowEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    QWidget* makeEmptyState();
    QWidget* makePasteSheet();
    void followWorkspace();
    void usePastedNumbers();
    void arrangeWords();

    Workspace& m_workspace;
    QuantizeFigure* m_figure;
    QStackedLayout* m_stack;
    WordsPanel* m_words;
    bool m_isPresenting = false, m_showsAll = true;
    QWidget* m_empty;
    QWidget* m_paste;
    QPlainTextEdit* m_pasteField = nullptr;
    TextLabel* m_pasteProblem = nullptr;
    bool m_isStale = true;
};

}  // namespace quantoscope
