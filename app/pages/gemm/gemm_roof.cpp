// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GemmFigure about limits: the roof of this computer, measured, or a GPU's by its datasheet or its
// recorded run; and a word for whatever lies above one.
#include "app/pages/gemm/gemm_figure.h"

#include "app/pages/gemm/recorded_backend.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/error_speed_plot.h"
#include "widgets/plot_text.h"
#include "widgets/roofline_plot.h"

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// "FP16", as the datasheet's kinds are called in words.
QString kindName(const std::string& kind)
{
    return QString::fromStdString(rateKindName(kind));
}

QString rateText(double teraflops)
{
    return teraflops >= 1 ? roundedNumber(teraflops, 3) + QStringLiteral(" TFLOP/s") : roundedNumber(teraflops * 1000, 3) + QStringLiteral(" GFLOP/s");
}

/// "FP16", "FP16 and BF16", "FP16 and 5 more": the marks themselves lie above the line for all to see.
QString shortList(const QStringList& names)
{
    if (names.size() == 1)
        return names.front();
    return names.size() == 2 ? GemmFigure::tr("%1 and %2").arg(names[0], names[1]) : GemmFigure::tr("%1 and %2 more").arg(names[0]).arg(names.size() - 1);
}

}  // namespace

/// What the FP32 kernel reached on the page's own shape is a measurement of the roof as well.
void GemmFigure::raiseRoof()
{
    if (m_backend->device().kind != "cpu" || !(m_ceilings.teraflops > 0))
        return;
    for (const MeasuredKernel& each : m_measured)
        if (each.kernel.id == "fp32")
            m_ceilings.teraflops = std::max(m_ceilings.teraflops, each.fastest());
    refreshRoof();
}

/// The datasheet of the present device; read when the first GPU is chosen.
const GpuDatasheet* GemmFigure::datasheet()
{
    const DeviceInfo device = m_backend->device();
    if (device.kind != "gpu")
        return nullptr;
    if (m_sheets.empty()) {
        if (auto sheets = loadGpuDatasheets())
            m_sheets = std::move(*sheets);
        else
            emit problem(QString::fromStdString(sheets.error().message));
    }
    return findGpuDatasheet(m_sheets, device.name);
}

Roofline GemmFigure::cpuRoofline() const
{
    if (!(m_ceilings.teraflops > 0))
        return {};
    return {m_ceilings.gigabytesPerSecond, tr("memory, measured: %1 GB/s").arg(roundedNumber(m_ceilings.gigabytesPerSecond, 2)),
            {{m_ceilings.teraflops, tr("FP32, measured: %1").arg(rateText(m_ceilings.teraflops))}}};
}

/// By the datasheet, where there is one; of a recorded run the copy it measured is the slope.
Roofline GemmFigure::gpuRoofline()
{
    Roofline roofline;
    const GpuDatasheet* sheet = datasheet();
    if (sheet) {
        roofline.gigabytesPerSecond = sheet->gigabytesPerSecond.value;
        roofline.slope = tr("memory, datasheet: %1 GB/s").arg(roundedNumber(sheet->gigabytesPerSecond.value, 3));
        for (const auto& [kind, rate] : sheet->teraflops)
            if (std::ranges::any_of(m_measured, [&](const MeasuredKernel& each) { return rateKindOf(each.kernel.id) == kind; }))
                roofline.roofs.push_back({rate.value, tr("%1, datasheet: %2").arg(kindName(kind), roundedNumber(rate.value, 3))});
    }
    const auto recorded = std::ranges::find(m_recorded, m_state.device, &RecordedFile::deviceId);
    if (recorded != m_recorded.end() && recorded->sweep && recorded->sweep->copyBytesPerSecond > 0) {
        roofline.gigabytesPerSecond = recorded->sweep->copyBytesPerSecond * 1e-9;
        roofline.slope = tr("memory, measured copy: %1 GB/s").arg(roundedNumber(roofline.gigabytesPerSecond, 3));
        if (roofline.roofs.empty())
            if (const double best = recorded->sweep->bestTeraflops("bf16"); best > 0)
                roofline.roofs.push_back({best, tr("BF16, best measured: %1").arg(rateText(best))});
    }
    return roofline;
}

/// "76 % of the datasheet's 989 TFLOP/s", and why where it is above all of it. Empty where nothing is known.
QString GemmFigure::shareText(const MeasuredKernel& each)
{
    const GpuDatasheet* sheet = datasheet();
    const auto rate = sheet ? sheet->teraflops.find(rateKindOf(each.kernel.id)) : decltype(sheet->teraflops.end()){};
    if (!sheet || rate == sheet->teraflops.end())
        return {};
    const double share = each.run.teraflops / rate->second.value;
    QString words = tr("%1 of the %2 TFLOP/s that its datasheet has for %3 (%4).")
                        .arg(percentText(share), roundedNumber(rate->second.value, 4), kindName(rate->first), QString::fromStdString(rate->second.source));
    if (!rate->second.note.empty())
        words += u' ' + tr("Note: %1.").arg(QString::fromStdString(rate->second.note));
    if (share > 1)
        words += u' ' + tr("Above all of it: the clock was higher than the one the datasheet reckons with.");
    const double bytes = each.run.gigabytesPerSecond / sheet->gigabytesPerSecond.value;
    words += u' ' + tr("%1 of its memory's %2 GB/s.").arg(percentText(bytes), roundedNumber(sheet->gigabytesPerSecond.value, 4));
    if (bytes > 1)
        words += u' ' + tr("Above all of it: the operands stay in the second-level cache.");
    return words;
}

/// The roof, and a word for every mark that lies above it.
void GemmFigure::refreshRoof()
{
    const bool isCpu = m_backend->device().kind == "cpu";
    m_roofline->setRoofline(isCpu ? cpuRoofline() : gpuRoofline());
    std::vector<ErrorSpeedPlot::Peak> peaks;
    if (const GpuDatasheet* sheet = datasheet())
        for (const char* kind : {"fp32", "tf32", "fp16", "fp8", "fp4"})
            if (const auto rate = sheet->teraflops.find(kind); rate != sheet->teraflops.end())
                peaks.push_back({tr("%1 peak %2, datasheet").arg(kindName(kind), roundedNumber(rate->second.value, 4)), rate->second.value});
    m_plot->setPeaks(std::move(peaks));

    QStringList own, cached, busy, above;
    for (const MeasuredKernel& each : m_measured) {
        if (!isCpu) {
            if (shareText(each).contains(tr("Above all of it")))
                above << each.name();
            continue;
        }
        switch (whyAboveRoof(each.kernel, each.run, m_ceilings)) {
        case AboveRoof::No: break;
        case AboveRoof::OwnPeak: own << each.name(); break;
        case AboveRoof::Cache: cached << each.name(); break;
        case AboveRoof::BusyMachine: busy << each.name(); break;
        }
    }
    QStringList words;
    if (!own.isEmpty())
        words << tr("%1 (integers: own peak)").arg(shortList(own));
    if (!cached.isEmpty())
        words << tr("%1 (in the cache)").arg(shortList(cached));
    if (!busy.isEmpty())
        words << tr("%1 (machine was busy)").arg(shortList(busy));
    if (!above.isEmpty())
        words << tr("%1 (click its mark)").arg(shortList(above));
    if (!words.isEmpty())
        words = QStringList(tr("Above the roof: %1.").arg(words.join(QStringLiteral(", "))));
    if (isCpu && !(m_ceilings.teraflops > 0))
        words << tr("The roof is measured after the first run.");
    m_roofText->setText(words.join(u' '));
    m_roofText->setVisible(!words.isEmpty());
    m_roofButton->setVisible(!busy.isEmpty());
}

}  // namespace quantoscope
