// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/inputs_bar.h"

#include "widgets/clip_slider.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>

#include <array>
#include <cmath>

namespace quantoscope {

namespace {

struct Outliers {
    int columns;
    double factor;
};
constexpr std::array outlierChoices{Outliers{0, 20}, Outliers{2, 5}, Outliers{2, 20}, Outliers{2, 100}, Outliers{8, 20}};

QString outlierId(std::int64_t columns, double factor)
{
    return columns == 0 ? QStringLiteral("none") : QStringLiteral("%1x%2").arg(columns).arg(factor);
}

QString outlierText(std::int64_t columns, double factor)
{
    return columns == 0 ? InputsBar::tr("none") : InputsBar::tr("%1 columns × %2").arg(columns).arg(factor);
}

/// A slider that says what it is worth.
class CorrelationSlider : public ClipSlider {
public:
    using ClipSlider::ClipSlider;
    QString valueText() const override { return fixedNumber(value(), 2); }
};

}  // namespace

InputsBar::InputsBar(QWidget* parent)
    : QWidget(parent)
    , m_source(new ChoiceButton(this))
    , m_made(new QWidget(this))
    , m_correlation(new CorrelationSlider(m_made))
    , m_outliers(new ChoiceButton(m_made))
    , m_seed(new PushButton({}, PushButton::Role::Chip, m_made))
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    line->addWidget(new TextLabel(tr("inputs from"), 13, QFont::Normal, TextTone::Muted, this));
    line->addWidget(m_source);
    m_source->setObjectName(QStringLiteral("inputs"));
    m_source->setAccessibleName(tr("Inputs of the matrix"));
    connect(m_source, &ChoiceButton::chosen, this, &InputsBar::choose);

    auto* made = new QHBoxLayout(m_made);
    made->setContentsMargins(0, 0, 0, 0);
    made->setSpacing(6);
    m_correlationWord = new TextLabel(tr("correlation ρ"), 13, QFont::Normal, TextTone::Muted, m_made);
    made->addWidget(m_correlationWord);
    m_correlation->setObjectName(QStringLiteral("correlation"));
    m_correlation->setAccessibleName(tr("Correlation of neighbouring columns"));
    m_correlation->setRange(0, 0.99, 0.01);
    m_correlation->setFixedWidth(120);
    made->addWidget(m_correlation);
    m_correlationText = new TextLabel({}, 13, QFont::DemiBold, TextTone::Normal, m_made);
    made->addWidget(m_correlationText);
    made->addWidget(new TextLabel(tr("outliers"), 13, QFont::Normal, TextTone::Muted, m_made));
    m_outliers->setObjectName(QStringLiteral("outliers"));
    m_outliers->setAccessibleName(tr("Outlier columns"));
    for (const Outliers& row : outlierChoices)
        m_outliers->addChoice(outlierId(row.columns, row.factor), outlierText(row.columns, row.factor));
    made->addWidget(m_outliers);
    m_seed->setToolTip(tr("Draw other inputs; the seed says which."));
    made->addWidget(m_seed);
    line->addWidget(m_made);
    line->addSpacing(6);
    m_figures = new TextLabel({}, 13, QFont::Normal, TextTone::Muted, this);
    m_figures->setElides(true);
    line->addWidget(m_figures, 1);

    connect(m_correlation, &ValueSlider::moved, this, [this](double value, bool finished) {
        m_synthetic.correlation = std::round(value * 100) / 100;
        emitSynthetic(tr("move the correlation"), QStringLiteral("correlation %1").arg(m_dragNumber));
        m_dragNumber += finished;
    });
    connect(m_correlation, &ValueSlider::bestRequested, this, [this] { m_correlation->moveTo(SyntheticActivations().correlation, true); });
    connect(m_outliers, &ChoiceButton::chosen, this, [this](const QString& id) {
        for (const Outliers& row : outlierChoices) {
            if (outlierId(row.columns, row.factor) != id)
                continue;
            m_synthetic.outliers = row.columns;
            m_synthetic.factor = row.factor;
        }
        emitSynthetic(tr("choose the outliers"), {});
    });
    connect(m_seed, &QAbstractButton::clicked, this, [this] {
        ++m_synthetic.seed;
        emitSynthetic(tr("draw other inputs"), {});
    });
}

QString InputsBar::argumentOf(const SyntheticActivations& made)
{
    return QStringLiteral("synthetic:rho=%1,outliers=%2,factor=%3,tokens=%4,seed=%5")
        .arg(made.correlation)
        .arg(made.outliers)
        .arg(made.factor)
        .arg(made.tokens)
        .arg(made.seed);
}

void InputsBar::emitSynthetic(const QString& step, const QString& mergeKey)
{
    m_argument = argumentOf(m_synthetic);
    emit chosen(m_argument, step, mergeKey);
}

void InputsBar::choose(const QString& id)
{
    if (id == u"synthetic")
        return emitSynthetic(tr("synthetic inputs"), {});
    if (id == u"sample")
        return emit chosen(id, tr("inputs of the sample model"), {});
    const QString path = QFileDialog::getOpenFileName(this, tr("Inputs of the matrix, a row a token"), {}, tr("NPY files (*.npy);;All files (*)"));
    if (path.isEmpty())
        return showInputs(m_argument, m_source->property("hasSample").toBool());
    emit chosen(path, tr("inputs from %1").arg(QFileInfo(path).fileName()), {});
}

void InputsBar::showInputs(const QString& argument, bool hasSample)
{
    m_argument = argument;
    m_source->setProperty("hasSample", hasSample);
    m_source->clear();
    if (hasSample)
        m_source->addChoice(QStringLiteral("sample"), tr("the sample model"), tr("What flows in while it reads its calibration words"));
    m_source->addChoice(QStringLiteral("synthetic"), tr("a made covariance"), tr("Normal, neighbouring columns correlated, some columns larger"));
    m_source->addChoice(QStringLiteral("file"), tr("a file …"), tr("NPY, a row a token"));
    const bool isMade = argument.startsWith(u"synthetic");
    if (const auto made = parseSyntheticActivations(argument.toStdString()); isMade && made)
        m_synthetic = *made;
    if (isMade)
        m_source->setCurrent(QStringLiteral("synthetic"), tr("a made covariance"));
    else if (argument == u"sample")
        m_source->setCurrent(argument, tr("the sample model"));
    else if (!argument.isEmpty())
        m_source->setCurrent(QStringLiteral("file"), QFileInfo(argument).fileName());
    else
        m_source->setCurrent({}, tr("nowhere"));
    m_made->setVisible(isMade);
    m_correlation->setValue(m_synthetic.correlation);
    m_correlationText->setText(fixedNumber(m_synthetic.correlation, 2));
    m_outliers->setCurrent(outlierId(m_synthetic.outliers, m_synthetic.factor), outlierText(m_synthetic.outliers, m_synthetic.factor));
    m_seed->setText(tr("Seed %1").arg(m_synthetic.seed));
}

void InputsBar::setFigures(const QString& sentence)
{
    m_figures->setText(sentence);
}

void InputsBar::setCompact(bool compact)
{
    m_correlationWord->setText(compact ? QStringLiteral("ρ") : tr("correlation ρ"));
    m_correlation->setFixedWidth(compact ? 80 : 120);
}

}  // namespace quantoscope
