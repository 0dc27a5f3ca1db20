// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/ladder_panel.h"

#include "app/pages/gemm/ladder_rungs.h"
#include "widgets/controls.h"
#include "widgets/rung_chart.h"
#include "widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

LadderPanel::LadderPanel(QWidget* parent)
    : QWidget(parent)
    , m_chart(new RungChart(this))
    , m_measure(new PushButton(tr("Measure the ladder"), PushButton::Role::Quiet, this))
    , m_head(new TextLabel({}, 12, QFont::Normal, TextTone::Normal, this))
    , m_source(new QPlainTextEdit(this))
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::gap);
    auto* left = new QVBoxLayout;
    left->setSpacing(space::tight);
    left->addWidget(m_chart, 1);
    left->addWidget(m_measure, 0, Qt::AlignLeft);
    line->addLayout(left, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(space::tight);
    m_head->setWordWrap(true);
    m_head->setTextInteractionFlags(Qt::TextSelectableByMouse);
    right->addWidget(m_head);
    m_source->setReadOnly(true);
    m_source->setTabChangesFocus(true);
    m_source->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_source->setFrameShape(QFrame::NoFrame);
    m_source->setFont(monoFont(11));
    m_source->setMinimumHeight(40);
    m_source->setAccessibleName(tr("Source of the kernel"));
    right->addWidget(m_source, 1);
    line->addLayout(right, 1);
    connect(m_measure, &PushButton::clicked, this, &LadderPanel::measureRequested);
    connect(m_chart, &RungChart::chosen, this, [this](const QString& id) {
        setSelected(id);
        emit chosen(id);
    });
}

void LadderPanel::setRungs(std::vector<GemmKernel> rungs, const std::string& deviceKind)
{
    m_rungs = std::move(rungs);
    m_deviceKind = deviceKind;
    setSelected(m_selected);
    setRuns({}, {});
}

void LadderPanel::setRuns(const std::map<std::string, GemmRun>& runs, const std::map<std::string, QString>& obstacles)
{
    std::vector<RungChart::Row> rows;
    for (const GemmKernel& rung : m_rungs) {
        RungChart::Row row{QString::fromStdString(rung.id), QString::fromStdString(rung.name), {}, tr("not measured yet")};
        if (const auto run = runs.find(rung.id); run != runs.end())
            row.run = run->second;
        else if (const auto obstacle = obstacles.find(rung.id); obstacle != obstacles.end())
            row.word = obstacle->second;
        rows.push_back(std::move(row));
    }
    m_chart->setRows(std::move(rows));
}

void LadderPanel::setSelected(const QString& kernel)
{
    const bool isKnown = std::ranges::any_of(m_rungs, [&](const GemmKernel& rung) { return QString::fromStdString(rung.id) == kernel; });
    m_selected = isKnown || m_rungs.empty() ? kernel : QString::fromStdString(m_rungs.front().id);
    m_chart->setSelected(m_selected);
    showSource();
}

/// A text edit keeps the size of type it was given: after a change of theme or for presenters it gets the new one.
void LadderPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        m_source->setFont(monoFont(11));
}

void LadderPanel::showSource()
{
    const RungSource source = readRungSource(m_selected.toStdString(), m_deviceKind);
    QString words;
    for (const GemmKernel& rung : m_rungs)
        if (QString::fromStdString(rung.id) == m_selected)
            words = QString::fromStdString(rung.name) + QStringLiteral(": ") + QString::fromStdString(rung.sentence) + u' ';
    m_head->setText(words + source.head);
    m_source->setVisible(!source.code.isEmpty());
    if (source.code != m_source->toPlainText())
        m_source->setPlainText(source.code);
    m_source->setToolTip(source.file);
}

}  // namespace quantoscope
