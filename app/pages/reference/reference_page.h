// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/figure.h"

class QStackedLayout;

namespace quantoscope {

class FormatTable;
class GlossaryView;
class GpuTimeline;
class TabStrip;
class TextLabel;
class Workspace;

/// What one looks up: the format table, GPUs over the years and the glossary.
/// State: {"tab": "formats" | "gpus" | "glossary", "gpu": id, "quantity": id, "format": id, "sort": column, "descending": bool, "term": id}.
class ReferencePage : public Figure {
    Q_OBJECT

public:
    ReferencePage(Workspace& workspace, QWidget* parent);
    QJsonObject state() const override;
    void setState(const QJsonObject&) override;
    QByteArray csv() const override;
    QString commandLine() const override;
    void setPresenting(bool presenting) override;

protected:
    void focusInEvent(QFocusEvent*) override;

private:
    void showTab(const QString& id);
    GlossaryView* glossaryView();   ///< Made when first shown: it reads a file.
    GpuTimeline* gpuTimeline();     ///< Likewise.

    TabStrip* m_tabs;
    TextLabel* m_count;
    FormatTable* m_formats;
    GlossaryView* m_glossary = nullptr;
    GpuTimeline* m_gpus = nullptr;
    QString m_gpu, m_quantity;   ///< Asked for before the timeline was made.
    QString m_term;   ///< Asked for before the glossary was made.
    QStackedLayout* m_stack;
};

}  // namespace quantoscope
