// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QPainter>
#include <QTimer>

#include <algorithm>

namespace quantoscope {

namespace {

/// The bar alone: a fraction, or a pale whole where none is known yet.
class Bar : public QWidget {
public:
    explicit Bar(QWidget* parent)
        : QWidget(parent)
    {
        setMinimumWidth(80);
        setMaximumWidth(220);
        setFixedHeight(12);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

    double fraction = 0;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        QRectF line(0, height() / 2.0 - 2.5, width(), 5);
        painter.setBrush(theme().border);
        painter.drawRoundedRect(line, 2.5, 2.5);
        painter.setBrush(theme().accent);
        line.setWidth(std::max(5.0, width() * std::clamp(fraction, 0.0, 1.0)));
        painter.drawRoundedRect(line, 2.5, 2.5);
    }
};

QString timeText(double seconds)
{
    if (seconds < 1)
        return ProgressLine::tr("under 1 s left");
    if (seconds < 90)
        return ProgressLine::tr("%1 s left").arg(qRound(seconds));
    return ProgressLine::tr("%1 min left").arg(qRound(seconds / 60));
}

}  // namespace

struct ProgressLine::Parts {
    TextLabel* what;
    TextLabel* details;
    Bar* bar;
    PushButton* cancel;
    QTimer patience;   ///< What is over within 200 ms is never shown.
    QElapsedTimer clock;
};

ProgressLine::ProgressLine(QWidget* parent)
    : QWidget(parent)
    , m_parts(new Parts)
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::normal);
    m_parts->what = new TextLabel({}, 12, QFont::DemiBold, TextTone::Normal, this);
    m_parts->bar = new Bar(this);
    m_parts->details = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, this);
    m_parts->cancel = new PushButton(tr("Cancel"), PushButton::Role::Chip, this);
    line->addWidget(m_parts->what);
    line->addWidget(m_parts->bar, 1);
    line->addWidget(m_parts->details);
    line->addWidget(m_parts->cancel);
    m_parts->patience.setSingleShot(true);
    m_parts->patience.setInterval(200);
    connect(&m_parts->patience, &QTimer::timeout, this, &QWidget::show);
    connect(m_parts->cancel, &QAbstractButton::clicked, this, &ProgressLine::cancelRequested);
    hide();
}

ProgressLine::~ProgressLine() = default;

void ProgressLine::begin(const QString& what)
{
    m_parts->what->setText(what);
    m_parts->details->clear();
    m_parts->cancel->setAccessibleName(tr("Cancel: %1").arg(what));
    m_parts->bar->fraction = 0;
    m_parts->clock.start();
    if (!isVisible())
        m_parts->patience.start();
}

void ProgressLine::setFraction(double fraction, const QString& rate)
{
    m_parts->bar->fraction = fraction;
    m_parts->bar->setAccessibleName(tr("%1 percent").arg(qRound(fraction * 100)));
    m_parts->bar->update();
    QStringList details{tr("%1 %").arg(qRound(fraction * 100))};
    if (!rate.isEmpty())
        details << rate;
    const double seconds = double(m_parts->clock.elapsed()) / 1000;
    // A time left from the first percent alone would jump about.
    if (fraction > 0.02 && seconds > 0.5)
        details << timeText(seconds * (1 - fraction) / fraction);
    m_parts->details->setText(details.join(QStringLiteral(" · ")));
}

void ProgressLine::end()
{
    m_parts->patience.stop();
    hide();
}

}  // namespace quantoscope
