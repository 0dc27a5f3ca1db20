// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/gpu_timeline.h"

#include "app/pages/reference/datasheet_table.h"
#include "widgets/controls.h"
#include "widgets/line_chart.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <map>

namespace quantoscope {

GpuTimeline::GpuTimeline(QWidget* parent)
    : QWidget(parent)
    , m_quantities(new SegmentedControl(this))
    , m_gpus(new ChoiceButton(this))
    , m_chart(new LineChart(tr("What GPUs promised over the years"), this))
    , m_table(new DatasheetTable)
    , m_story(new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card(this);
    card->setTitle(tr("GPUs for computing centres"), tr("datasheets, dense; the best of each year"));
    auto* line = new QHBoxLayout;
    line->setSpacing(space::small);
    m_quantities->setAccessibleName(tr("Quantity"));
    m_quantities->addSegment(QStringLiteral("rate"), tr("Operations"));
    m_quantities->addSegment(QStringLiteral("balance"), tr("Bytes for one operation"));
    m_quantities->addSegment(QStringLiteral("memory"), tr("Memory"));
    line->addWidget(m_quantities);
    line->addStretch(1);
    m_gpus->setAccessibleName(tr("GPU whose numbers are shown"));
    line->addWidget(m_gpus);
    card->body()->addLayout(line);
    card->body()->addWidget(m_chart, 3);
    m_story->setWordWrap(true);
    card->body()->addWidget(m_story);
    auto* area = new QScrollArea(card);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->viewport()->setAutoFillBackground(false);
    area->setAccessibleName(tr("Numbers and their sources"));
    area->setWidget(m_table);
    m_table->setAutoFillBackground(false);
    card->body()->addWidget(area, 2);
    column->addWidget(card);

    if (auto sheets = loadGpuDatasheets())
        m_sheets = std::move(*sheets);
    else
        m_problem = QString::fromStdString(sheets.error().message);
    for (const GpuDatasheet& sheet : m_sheets)
        m_gpus->addChoice(QString::fromStdString(sheet.id), QString::fromStdString(sheet.name),
                          sheet.isForComputingCentres ? tr("%1, %2").arg(QString::fromStdString(sheet.architecture)).arg(int(sheet.year.value))
                                                      : tr("%1, %2, desktop").arg(QString::fromStdString(sheet.architecture)).arg(int(sheet.year.value)));
    connect(m_quantities, &SegmentedControl::chosen, this, [this](const QString& id) {
        setQuantity(id);
        emit changed(tr("choose a quantity"));
    });
    connect(m_gpus, &ChoiceButton::chosen, this, [this](const QString& id) {
        setGpu(id);
        emit changed(tr("choose a GPU"));
    });
    refresh();
}

void GpuTimeline::setGpu(const QString& id)
{
    if (std::ranges::any_of(m_sheets, [&](const GpuDatasheet& sheet) { return QString::fromStdString(sheet.id) == id; }))
        m_gpu = id;
    refresh();
}

void GpuTimeline::setQuantity(const QString& id)
{
    if (id == u"rate" || id == u"balance" || id == u"memory")
        m_quantity = id;
    refresh();
}

/// How much the largest numbers exceed those of the oldest GPU.
QString GpuTimeline::growthWords() const
{
    if (m_sheets.empty())
        return {};
    const GpuDatasheet& first = *std::ranges::min_element(m_sheets, {}, [](const GpuDatasheet& sheet) { return sheet.year.value; });
    double size = 0, bandwidth = 0, rate = 0, firstRate = 0;
    for (const auto& [kind, number] : first.teraflops)
        firstRate = std::max(firstRate, number.value);
    for (const GpuDatasheet& sheet : m_sheets) {
        size = std::max(size, sheet.memoryGigabytes.value / first.memoryGigabytes.value);
        bandwidth = std::max(bandwidth, sheet.gigabytesPerSecond.value / first.gigabytesPerSecond.value);
        for (const auto& [kind, number] : sheet.teraflops)
            rate = std::max(rate, number.value / firstRate);
    }
    return tr("Against the %1, memory grew %2 times and its bandwidth %3 times; arithmetic, in ever narrower formats, %4 times.")
        .arg(QString::fromStdString(first.name), roundedNumber(size, 2), roundedNumber(bandwidth, 2), roundedNumber(rate, 2));
}

void GpuTimeline::refresh()
{
    m_quantities->setCurrent(m_quantity);
    m_gpus->setCurrent(m_gpu);
    LineChart::Content content;
    content.across = LineChart::Across::Years;
    content.xTitle = tr("year");
    content.emptyText = m_problem;
    QStringList spoken;
    const auto addLine = [&](const QString& id, const QString& name, auto valueOf) {
        std::map<double, double> best;   // A year's best.
        for (const GpuDatasheet& sheet : m_sheets)
            if (const std::optional<double> value = sheet.isForComputingCentres ? valueOf(sheet) : std::nullopt) {
                double& present = best.try_emplace(sheet.year.value, *value).first->second;
                present = m_quantity == u"balance" ? std::min(present, *value) : std::max(present, *value);
            }
        LineChart::Line line{id, name, {}};
        for (const auto& [year, value] : best)
            line.points.emplace_back(year, value);
        if (!best.empty())
            spoken << tr("%1: %2 in %3, %4 in %5").arg(name, roundedNumber(best.begin()->second, 3)).arg(int(best.begin()->first))
                          .arg(roundedNumber(best.rbegin()->second, 3)).arg(int(best.rbegin()->first));
        content.lines.push_back(std::move(line));
    };
    if (m_quantity == u"memory") {
        content.yTitle = tr("GB, GB/s");
        addLine(QStringLiteral("size"), tr("Memory, GB"), [](const GpuDatasheet& sheet) { return std::optional(sheet.memoryGigabytes.value); });
        addLine(QStringLiteral("bandwidth"), tr("Bandwidth, GB/s"), [](const GpuDatasheet& sheet) { return std::optional(sheet.gigabytesPerSecond.value); });
        m_story->setText(growthWords());
    } else {
        const bool isBalance = m_quantity == u"balance";
        content.yTitle = isBalance ? tr("bytes for one operation") : tr("tera-operations a second");
        for (const RateKind& kind : rateKinds()) {
            if (kind.id == "tf32" || kind.id == "fp16_acc16")
                continue;   // Shown below with the GPU's numbers; here they would lie on the others' lines.
            const std::string id(kind.id);
            addLine(QString::fromStdString(id), QString::fromStdString(rateKindName(id)), [&](const GpuDatasheet& sheet) -> std::optional<double> {
                if (isBalance)
                    return sheet.bytesPerOperation(id);
                const auto rate = sheet.teraflops.find(id);
                return rate == sheet.teraflops.end() ? std::nullopt : std::optional(rate->second.value);
            });
        }
        m_story->setText(isBalance ? tr("Every narrower format asks for fewer bytes, and gets far fewer still: that is why the same kernel that arithmetic limited is limited by memory today.")
                                   : tr("Half the bits, twice the rate or more. INT4 came with Turing and is gone with Hopper; FP8 came with Hopper, FP4 with Blackwell, and Blackwell Ultra gives INT8 up."));
    }
    const auto chosen = std::ranges::find_if(m_sheets, [this](const GpuDatasheet& sheet) { return QString::fromStdString(sheet.id) == m_gpu; });
    if (chosen != m_sheets.end()) {
        content.cursor = chosen->year.value;
        content.cursorText = QString::fromStdString(chosen->name);
        m_table->setSheet(*chosen);
    }
    content.spoken = spoken.join(QStringLiteral("; "));
    m_chart->setContent(std::move(content));
}

QByteArray GpuTimeline::csv() const
{
    QByteArray table = "gpu,year,quantity,value,source,address,note\n";
    for (const GpuDatasheet& sheet : m_sheets) {
        const auto add = [&](const std::string& quantity, const PublishedNumber& number) {
            const auto quoted = [](const std::string& text) { return '"' + QByteArray::fromStdString(text).replace('"', "\"\"") + '"'; };
            table += quoted(sheet.name) + ',' + QByteArray::number(int(sheet.year.value)) + ',' + QByteArray::fromStdString(quantity) + ','
                   + QByteArray::number(number.value, 'g', 9) + ',' + quoted(number.source) + ',' + quoted(number.address) + ',' + quoted(number.note) + '\n';
        };
        for (const auto& [kind, number] : sheet.teraflops)
            add(kind + " TFLOP/s", number);
        add("memory GB", sheet.memoryGigabytes);
        add("bandwidth GB/s", sheet.gigabytesPerSecond);
    }
    return table;
}

}  // namespace quantoscope
