// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/filter_bar.h"

#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>

#include <map>

namespace quantoscope {

namespace {

constexpr int thresholds[] = {6, 10, 12, 15, 18, 20, 24, 30, 36, 40, 50};

/// A field with a magnifying glass.
class SearchField : public QLineEdit {
public:
    explicit SearchField(QWidget* parent)
        : QLineEdit(parent)
    {
        setTextMargins(24, 0, 0, 0);
        setMinimumWidth(110);
        setMaximumWidth(260);
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        QLineEdit::paintEvent(event);
        QPainter painter(this);
        drawIcon(painter, QStringLiteral("search"), QRectF(9, height() / 2.0 - 7.5, 15, 15), theme().muted);
    }
};

}  // namespace

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
    , m_search(new SearchField(this))
    , m_types(new ChoiceButton(this))
    , m_below(new ChoiceButton(this))
    , m_outliers(new PushButton(tr("Has outliers"), PushButton::Role::Chip, this))
    , m_byLayer(new PushButton(tr("By layer"), PushButton::Role::Chip, this))
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(space::small);
    line->addWidget(m_search, 100);
    for (QWidget* chip : {static_cast<QWidget*>(m_types), static_cast<QWidget*>(m_below), static_cast<QWidget*>(m_outliers),
                          static_cast<QWidget*>(m_byLayer)})
        line->addWidget(chip);
    line->addStretch(1);
    m_search->setObjectName(QStringLiteral("tensorSearch"));
    m_search->setAccessibleName(tr("Search by name, type or shape"));
    m_search->setToolTip(tr("Name, type or shape; several words must all occur, a shape is typed 128x512"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    m_types->setAccessibleName(tr("Type"));
    m_below->setAccessibleName(tr("SQNR"));
    m_outliers->setCheckable(true);
    m_outliers->setToolTip(tr("Only tensors with weights more than six standard deviations from the mean"));
    m_byLayer->setCheckable(true);
    m_byLayer->setToolTip(tr("Layers that fold; a sorted or filtered table is a plain list"));
    setCompact(false);

    connect(m_search, &QLineEdit::textEdited, this, [this](const QString& text) {
        m_filter.search = text;
        emit filterChosen(m_filter, text.isEmpty() ? tr("show all tensors") : tr("search “%1”").arg(text), QStringLiteral("models-search"));
    });
    connect(m_types, &ChoiceButton::chosen, this, [this](const QString& id) {
        m_filter.type = id;
        emit filterChosen(m_filter, id.isEmpty() ? tr("show all types") : tr("show %1").arg(id), {});
    });
    connect(m_below, &ChoiceButton::chosen, this, [this](const QString& id) {
        if (id == u"any") {
            m_filter.belowDb.reset();
        } else {
            m_threshold = id.toDouble();
            m_filter.belowDb = m_threshold;
            emit thresholdChosen(m_threshold);
        }
        emit filterChosen(m_filter, m_filter.belowDb ? tr("show SQNR below %1 dB").arg(id) : tr("show any SQNR"), {});
    });
    connect(m_outliers, &QAbstractButton::clicked, this, [this](bool on) {
        m_filter.hasOutliers = on;
        emit filterChosen(m_filter, on ? tr("show tensors with outliers") : tr("show tensors without outliers too"), {});
    });
    connect(m_byLayer, &QAbstractButton::clicked, this, &FilterBar::byLayerChosen);
}

void FilterBar::setCompact(bool compact)
{
    m_isCompact = compact;
    m_search->setPlaceholderText(compact ? tr("Search …") : tr("Name, type, shape …   Ctrl+F"));
    fillBelow();
}

void FilterBar::fillBelow()
{
    m_below->clear();
    m_below->addChoice(QStringLiteral("any"), tr("Any SQNR"));
    for (const int db : thresholds)
        m_below->addChoice(QString::number(db), tr("SQNR below %1 dB").arg(db));
    const QString any = m_isCompact ? tr("SQNR") : tr("Any SQNR");
    const QString below = (m_isCompact ? tr("< %1 dB") : tr("SQNR below %1 dB")).arg(fixedNumber(m_threshold, 0));
    m_below->setCurrent(m_filter.belowDb ? QString::number(int(m_threshold)) : QStringLiteral("any"), m_filter.belowDb ? below : any);
}

void FilterBar::setTypes(const TensorSource* source)
{
    m_types->clear();
    m_types->addChoice({}, tr("All types"));
    std::map<QString, int> counts;
    if (source)
        for (const TensorInfo& info : source->tensors())
            ++counts[QString::fromStdString(info.typeName)];
    for (const auto& [type, count] : counts)
        m_types->addChoice(type, type, tr("%1 tensors").arg(wholeNumber(count)));
}

void FilterBar::show(const TensorFilter& filter, double threshold, bool byLayer, bool canFold)
{
    m_filter = filter;
    m_threshold = threshold;
    if (m_search->text() != filter.search)
        m_search->setText(filter.search);
    m_types->setCurrent(filter.type, filter.type.isEmpty() ? tr("All types") : filter.type);
    fillBelow();
    m_outliers->setChecked(filter.hasOutliers);
    m_byLayer->setChecked(byLayer && canFold);
}

bool FilterBar::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape && !m_search->text().isEmpty()) {
            m_search->clear();
            emit m_search->textEdited({});
            return true;
        }
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape) {
            emit tableWanted();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace quantoscope
