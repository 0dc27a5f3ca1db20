// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/gemm/growth_panel.h"

#include "widgets/controls.h"
#include "widgets/line_chart.h"
#include "widgets/plot_text.h"

#include <QHBoxLayout>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

constexpr int intervals[] = {32, 64, 128, 256, 512, 1024};
/// Where readings are taken: the K of gpu.md's table and of many a layer.
constexpr std::int64_t usualLength = 4096;

const GrowthPoint* usualPoint(const GrowthCurve& curve)
{
    const auto found = std::ranges::find(curve.points, usualLength, &GrowthPoint::k);
    return found == curve.points.end() ? nullptr : &*found;
}

}  // namespace

GrowthPanel::GrowthPanel(QWidget* parent)
    : ComputedPanel(tr("Error against K"), parent)
    , m_job(Pool::Bulk)
    , m_data(new SegmentedControl(this))
    , m_measure(new SegmentedControl(this))
    , m_promotion(new ChoiceButton(this))
{
    m_data->setAccessibleName(tr("Values"));
    m_data->addSegment(QStringLiteral("normal"), tr("both signs"), tr("Products of N(0, 1): errors of both signs meet small sums"));
    m_data->addSegment(QStringLiteral("magnitudes"), tr("one sign"), tr("Products of |N(0, 1)|: the sum grows with K, and what is cut off always errs to one side"));
    m_measure->setAccessibleName(tr("Error"));
    m_measure->addSegment(QStringLiteral("relative"), tr("of the sum"), tr("√Σ error² / √Σ exact²"));
    m_measure->addSegment(QStringLiteral("normwise"), tr("of |a|·|b|, with bounds"), tr("The largest |error| / (|a|ᵀ|b|): what the bounds are about"));
    m_promotion->setAccessibleName(tr("Promotion interval of FP8 sums"));
    for (const int interval : intervals)
        m_promotion->addChoice(QString::number(interval), tr("FP8 promoted every %1").arg(interval), tr("products, then the sum moves into FP32"));
    controls()->addWidget(m_data);
    controls()->addWidget(m_measure);
    controls()->addWidget(m_promotion);
    controls()->addStretch(1);
    setTabOrder(m_promotion, &chart());

    connect(m_data, &SegmentedControl::chosen, this, [this](const QString& id) {
        m_state.data = id;
        emit changed(tr("choose the values"), {});
        refresh();
        emit needed();
    });
    connect(m_measure, &SegmentedControl::chosen, this, [this](const QString& id) {
        m_state.measure = id;
        emit changed(tr("choose an error"), {});
        refresh();
    });
    connect(m_promotion, &ChoiceButton::chosen, this, [this](const QString& id) {
        m_state.promoteEvery = id.toInt();
        m_state.method = QStringLiteral("fp8_promoted");
        emit changed(tr("choose a promotion interval"), {});
        m_promotion->setCurrent(id);
        refresh();
        emit needed();
    });
    connect(&chart(), &LineChart::chosen, this, [this](const QString& id) {
        m_state.method = id;
        emit changed(tr("choose a way to sum"), QStringLiteral("growth"));
        refresh();
    });
    setState({});
}

void GrowthPanel::setState(const GrowthState& state)
{
    m_state = state;
    m_data->setCurrent(state.data);
    m_measure->setCurrent(state.measure);
    m_promotion->setCurrent(QString::number(state.promoteEvery), tr("FP8 promoted every %1").arg(state.promoteEvery));
    refresh();
    ask();
}

bool GrowthPanel::isKnown() const
{
    return !m_curves.empty() && m_known.data == m_state.data && m_known.promoteEvery == m_state.promoteEvery;
}

void GrowthPanel::compute()
{
    if (isKnown())
        return;
    GrowthQuestion question;
    question.data = m_state.data == QLatin1String("magnitudes") ? GrowthData::Magnitudes : GrowthData::Normal;
    question.methods.assign(sumMethods().begin(), sumMethods().end());
    for (SumMethod& method : question.methods)
        if (method.id == "fp8_promoted")
            method.unit.promoteEvery = m_state.promoteEvery;
    m_job.start([question](const Progress& progress) { return measureErrorGrowth(question, progress); },
                [this, asked = m_state](Result<std::vector<GrowthCurve>> curves) {
                    if (curves) {
                        m_curves = std::move(*curves);
                        m_known = asked;
                    } else if (curves.error().kind != Error::Kind::Cancelled) {
                        emit problem(QString::fromStdString(curves.error().message));
                    }
                    refresh();
                    emit computed();
                });
    refresh();
}

void GrowthPanel::refresh()
{
    const bool isNormwise = m_state.measure == QLatin1String("normwise");
    LineChart::Content content;
    content.xTitle = tr("K: products in one sum");
    content.yTitle = isNormwise ? tr("error of |a|·|b|") : tr("relative error");
    content.isShare = true;
    content.emptyText = tr("Summing 64 dot products of each length, in every way …");
    QStringList spoken;
    for (const GrowthCurve& curve : m_curves) {
        const QString id = text(curve.method.id);
        LineChart::Line line{id, text(curve.method.name), {}, false, curve.method.isModel(), id != m_state.method};
        if (curve.method.isModel())
            line.name += tr(" (model)");
        LineChart::Line bound{QStringLiteral("bound"), tr("γ: no more than"), {}, true}, probable{QStringLiteral("probable"), tr("99 % below"), {}, true};
        for (const GrowthPoint& point : curve.points) {
            line.points.emplace_back(double(point.k), isNormwise ? point.normwise : point.relative);
            bound.points.emplace_back(double(point.k), point.bound);
            probable.points.emplace_back(double(point.k), point.probableBound);
        }
        if (const GrowthPoint* usual = usualPoint(curve))
            spoken << tr("%1: %2 at K = 4096").arg(line.name, percentText(isNormwise ? usual->normwise : usual->relative));
        content.lines.push_back(std::move(line));
        if (id == m_state.method && isNormwise) {
            content.lines.push_back(std::move(bound));
            content.lines.push_back(std::move(probable));
        }
    }
    content.spoken = spoken.join(QStringLiteral("; "));
    chart().setContent(std::move(content));
    chart().setSelected(m_state.method);
    explain();
}

/// What the chosen way does, what it makes of K = 4096, and what is promised about it.
void GrowthPanel::explain()
{
    const auto chosen = std::ranges::find_if(m_curves, [this](const GrowthCurve& curve) { return text(curve.method.id) == m_state.method; });
    const GrowthPoint* usual = chosen == m_curves.end() ? nullptr : usualPoint(*chosen);
    if (!usual) {
        setWords(tr("Operands are E4M3, so that products are exact and all of the error is that of the sums. Click a line for its bounds."));
        return;
    }
    QString words = chosen->method.isModel() ? tr("Model of a matrix unit, computed on the processor: ") : QString();
    words += text(chosen->method.sentence) + u' ';
    words += tr("At K = 4096: %1 of the sum, %2 of |a|·|b|. ").arg(percentText(usual->relative), percentText(usual->normwise));
    words += std::isinf(usual->bound) ? tr("No guarantee: K · u is above 1. ") : tr("Guaranteed: below %1. ").arg(percentText(usual->bound));
    words += std::isinf(usual->probableBound) ? tr("No probabilistic bound: cutting off errs to one side.")
                                              : tr("With 99 % probability below %1.").arg(percentText(usual->probableBound));
    setWords(words);
}

QVariantMap GrowthPanel::readings() const
{
    QVariantMap all;
    for (const GrowthCurve& curve : m_curves) {
        if (const GrowthPoint* usual = usualPoint(curve)) {
            all.insert(QStringLiteral("growth.%1.relative").arg(text(curve.method.id)), usual->relative);
            all.insert(QStringLiteral("growth.%1.normwise").arg(text(curve.method.id)), usual->normwise);
        }
    }
    return all;
}

QByteArray GrowthPanel::csv() const
{
    QByteArray table = "method,isModel,K,relative,normwise,bound,probableBound\n";
    for (const GrowthCurve& curve : m_curves) {
        for (const GrowthPoint& point : curve.points) {
            table += csvLine({text(curve.method.id), curve.method.isModel() ? QStringLiteral("true") : QStringLiteral("false"), QString::number(point.k)},
                             {point.relative, point.normwise, point.bound, point.probableBound});
        }
    }
    return m_curves.empty() ? QByteArray() : table;
}

}  // namespace quantoscope
