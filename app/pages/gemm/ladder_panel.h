// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gemm/gemm_backend.h"

#include <QWidget>

#include <map>

class QPlainTextEdit;

namespace quantoscope {

class PushButton;
class RungChart;
class TextLabel;

/// The ladder of kernels: speeds at the left; at the right what the chosen rung does that the one before did
/// not, in the words at the head of its file, and the file itself.
class LadderPanel : public QWidget {
    Q_OBJECT

public:
    explicit LadderPanel(QWidget* parent = nullptr);

    void setRungs(std::vector<GemmKernel> rungs, const std::string& deviceKind);
    void setRuns(const std::map<std::string, GemmRun>& runs, const std::map<std::string, QString>& obstacles);
    void setSelected(const QString& kernel);
    QString selected() const { return m_selected; }
    bool hasRungs() const { return !m_rungs.empty(); }

signals:
    void chosen(const QString& kernel);
    void measureRequested();

protected:
    void changeEvent(QEvent*) override;

private:
    void showSource();

    std::vector<GemmKernel> m_rungs;
    std::string m_deviceKind;
    QString m_selected;
    RungChart* m_chart;
    PushButton* m_measure;
    TextLabel* m_head;
    QPlainTextEdit* m_source;
};

}  // namespace quantoscope
