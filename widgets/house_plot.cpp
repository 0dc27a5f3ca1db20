// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/house_plot.h"

#include "widgets/gemm_mark.h"
#include "widgets/theme.h"

#include <qcustomplot.h>

#include <cmath>

namespace quantoscope {

namespace {

/// Powers of a base, with the labels of the house: QCustomPlot's own have an ASCII minus and no fractions.
class PowerTicker : public QCPAxisTicker {
public:
    PowerTicker(int base, QString suffix)
        : m_base(base)
        , m_suffix(std::move(suffix))
    {
    }

protected:
    double getTickStep(const QCPRange&) override { return 1; }

    QVector<double> createTickVector(double, const QCPRange& range) override
    {
        QVector<double> ticks;
        const double logBase = std::log(double(m_base));
        for (double power = std::ceil(std::log(range.lower) / logBase - 1e-9); power <= std::log(range.upper) / logBase + 1e-9; ++power)
            ticks << std::pow(m_base, power);
        return ticks;
    }

    QVector<double> createSubTickVector(int, const QVector<double>&) override { return {}; }

    QString getTickLabel(double tick, const QLocale&, QChar, int) override
    {
        return powerOfTwoText(int(std::lround(std::log2(tick)))) + m_suffix;
    }

private:
    int m_base;
    QString m_suffix;
};

}  // namespace

QCustomPlot* makeHousePlot(QWidget* parent)
{
    auto* plot = new QCustomPlot(parent);
    plot->setNoAntialiasingOnDrag(false);
    plot->setAntialiasedElements(QCP::aeAll);
    plot->setFocusPolicy(Qt::NoFocus);
    plot->setAttribute(Qt::WA_TransparentForMouseEvents);   // the widget around it answers
    plot->xAxis->grid()->setVisible(false);
    plot->axisRect()->setupFullAxesBox(false);
    applyTheme(*plot);
    return plot;
}

void applyTheme(QCustomPlot& plot)
{
    const Theme& colours = theme();
    plot.setBackground(colours.card);
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
        const bool isX = axis == plot.xAxis;
        axis->setBasePen(isX ? QPen(colours.axis) : QPen(Qt::NoPen));
        axis->setTickPen(isX ? QPen(colours.axis) : QPen(Qt::NoPen));
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(isX ? 4 : 0);
        axis->setSubTicks(false);
        axis->setTickLabelFont(uiFont(12));
        axis->setTickLabelColor(colours.muted);
        axis->setLabelFont(uiFont(12));
        axis->setLabelColor(colours.muted);
        axis->grid()->setPen(QPen(colours.grid));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
}

void setPowerTicks(QCPAxis& axis, int base, const char* suffix)
{
    axis.setScaleType(QCPAxis::stLogarithmic);
    axis.setTicker(QSharedPointer<PowerTicker>::create(base, QString::fromUtf8(suffix)));
}

}  // namespace quantoscope
