// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/reference_page.h"

#include "app/glossary.h"
#include "app/page.h"
#include "app/pages/reference/format_table.h"
#include "app/pages/reference/glossary_view.h"
#include "app/pages/reference/gpu_timeline.h"
#include "app/workspace.h"
#include "core/formats/number_format.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace quantoscope {

ReferencePage::ReferencePage(Workspace& workspace, QWidget* parent)
    : Figure(parent)
    , m_tabs(new TabStrip(this))
    , m_count(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this))
    , m_formats(new FormatTable(this))
    , m_stack(new QStackedLayout)
{
    m_tabs->addTab(QStringLiteral("formats"), tr("Formats"));
    m_tabs->addTab(QStringLiteral("gpus"), tr("GPUs"));
    m_tabs->addTab(QStringLiteral("glossary"), tr("Glossary"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::padding, space::normal, space::padding, space::padding);
    column->setSpacing(space::normal);
    auto* line = new QHBoxLayout;
    line->addWidget(m_tabs);
    line->addStretch(1);
    line->addWidget(m_count);
    column->addLayout(line);
    column->addLayout(m_stack, 1);
    m_stack->addWidget(m_formats);

    connect(m_tabs, &TabStrip::chosen, this, [this](const QString& id) {
        showTab(id);
        emit changed(tr("show another tab"), {});
    });
    connect(m_formats, &FormatTable::formatOpened, &workspace, &Workspace::requestFormat);
    connect(m_formats, &FormatTable::changed, this, [this](const QString& text) { emit changed(text, {}); });
    showTab(QStringLiteral("formats"));
}

GlossaryView* ReferencePage::glossaryView()
{
    if (!m_glossary) {
        m_glossary = new GlossaryView(this);
        m_stack->addWidget(m_glossary);
        if (!m_term.isEmpty())
            m_glossary->setCurrent(m_term);
        connect(m_glossary, &GlossaryView::changed, this, [this](const QString& text) { emit changed(text, {}); });
    }
    return m_glossary;
}

GpuTimeline* ReferencePage::gpuTimeline()
{
    if (!m_gpus) {
        m_gpus = new GpuTimeline(this);
        m_stack->addWidget(m_gpus);
        m_gpus->setGpu(m_gpu);
        m_gpus->setQuantity(m_quantity);
        connect(m_gpus, &GpuTimeline::changed, this, [this](const QString& text) { emit changed(text, {}); });
    }
    return m_gpus;
}

void ReferencePage::showTab(const QString& id)
{
    m_tabs->setCurrent(id);
    if (m_tabs->current() == u"glossary") {
        m_stack->setCurrentWidget(glossaryView());
        m_count->setText(tr("%1 terms").arg(glossary().size()));
    } else if (m_tabs->current() == u"gpus") {
        m_stack->setCurrentWidget(gpuTimeline());
        m_count->setText(tr("%1 GPUs, every number with its source").arg(m_gpus->gpuCount()));
    } else {
        m_stack->setCurrentWidget(m_formats);
        m_count->setText(tr("%1 formats, %2 more of IEEE P3109").arg(numberFormats().size()).arg(formatsOf("p3109").size()));
    }
}

QJsonObject ReferencePage::state() const
{
    return {{QStringLiteral("tab"), m_tabs->current()},
            {QStringLiteral("format"), m_formats->current()},
            {QStringLiteral("sort"), m_formats->sortColumn()},
            {QStringLiteral("descending"), m_formats->isDescending()},
            {QStringLiteral("gpu"), m_gpus ? m_gpus->gpu() : m_gpu},
            {QStringLiteral("quantity"), m_gpus ? m_gpus->quantity() : m_quantity},
            {QStringLiteral("term"), m_glossary ? m_glossary->current() : m_term}};
}

void ReferencePage::setState(const QJsonObject& state)
{
    if (state.contains(u"sort"))
        m_formats->setSorting(state[u"sort"].toInt(-1), state[u"descending"].toBool());
    m_formats->setCurrent(state[u"format"].toString());
    m_gpu = state[u"gpu"].toString();
    m_quantity = state[u"quantity"].toString();
    if (m_gpus) {
        m_gpus->setGpu(m_gpu);
        m_gpus->setQuantity(m_quantity);
    }
    m_term = state[u"term"].toString();
    if (m_glossary)
        m_glossary->setCurrent(m_term);
    showTab(state[u"tab"].toString(m_tabs->current()));
}

QByteArray ReferencePage::csv() const
{
    if (m_tabs->current() == u"gpus")
        return m_gpus->csv();
    return m_tabs->current() == u"formats" ? m_formats->csv() : QByteArray();
}

QString ReferencePage::commandLine() const
{
    return m_tabs->current() == u"formats" ? QStringLiteral("qscope formats && qscope formats --family p3109") : QString();
}

void ReferencePage::focusInEvent(QFocusEvent*)
{
    if (m_formats->isVisible())
        m_formats->setFocus();
}

void ReferencePage::setPresenting(bool presenting)
{
    m_count->setVisible(!presenting);
}

Figure* makeReferencePage(Workspace& workspace, QWidget* parent)
{
    return new ReferencePage(workspace, parent);
}

}  // namespace quantoscope
