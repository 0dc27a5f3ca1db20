// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/mark_list.h"

#include "widgets/house_style.h"
#include "widgets/theme.h"

#include <QButtonGroup>
#include <QPainter>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

MarkRow::MarkRow(const QString& id, QWidget* parent)
    : QAbstractButton(parent)
    , m_id(id)
{
    setCheckable(true);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MarkRow::setTexts(const QString& name, bool isBest, const QString& clip, const QString& sqnr)
{
    m_name = name;
    m_isBest = isBest;
    m_clip = clip;
    m_sqnr = sqnr;
    setAccessibleName(name);
    setAccessibleDescription((m_id.startsWith(u"method:") ? tr("weights %1 dB, outputs %2 dB") : tr("clip %1, %2")).arg(clip, sqnr) + (isBest ? tr(", best") : QString()));
    update();
}

QSize MarkRow::sizeHint() const
{
    return {200, int(std::ceil(QFontMetricsF(uiFont(13)).height() * 1.3))};
}

void MarkRow::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? t.selectedRow : t.hover);
        painter.drawRoundedRect(rect(), 4, 4);
    }
    const double middle = height() / 2.0;
    painter.setBrush(t.card);
    painter.setPen(QPen(isChecked() ? t.accent : t.axis, 1.5));
    painter.drawEllipse(QPointF(13, middle), 6, 6);
    if (isChecked()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        painter.drawEllipse(QPointF(13, middle), 3.2, 3.2);
    }
    const QRectF area(28, 0, width() - 36, height());
    const bool isMethod = m_id.startsWith(u"method:");
    const double sqnrColumn = QFontMetricsF(uiFont(13, QFont::DemiBold)).horizontalAdvance(isMethod ? QStringLiteral("88.8") : QStringLiteral("−88.88 dB")) + 14;
    painter.setFont(monoFont(12));
    const double clipWidth = QFontMetricsF(painter.font()).horizontalAdvance(m_clip);
    const double clipLeft = area.right() - sqnrColumn - clipWidth;
    painter.setFont(uiFont(13, isChecked() ? QFont::DemiBold : QFont::Medium));
    painter.setPen(t.text);
    // Both errors of a method belong together; of a clip the SQNR comes before where it is.
    const QFontMetricsF nameMetrics(painter.font());
    const QString name = isMethod ? nameMetrics.elidedText(m_name, Qt::ElideRight, clipLeft - area.left() - 6) : m_name;
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, name);
    const double nameWidth = nameMetrics.horizontalAdvance(name);
    painter.setFont(uiFont(13, m_isBest || isChecked() ? QFont::DemiBold : QFont::Normal));
    painter.setPen(m_isBest || isChecked() ? t.text : t.muted);
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignRight, m_sqnr);
    painter.setPen(t.muted);
    painter.setFont(monoFont(12));
    if (clipLeft > area.left() + nameWidth + 5)
        painter.drawText(area.adjusted(0, 0, -sqnrColumn, 0), Qt::AlignVCenter | Qt::AlignRight, m_clip);
    if (m_isBest) {
        painter.setFont(uiFont(11, QFont::DemiBold));
        const QString best = tr("best");
        if (area.left() + nameWidth + 8 + QFontMetricsF(painter.font()).horizontalAdvance(best) < clipLeft)
            painter.drawText(area.adjusted(nameWidth + 8, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, best);
    }
    if (hasFocus())
        drawFocusRing(painter, QRectF(rect()), 4);
}

MarkList::MarkList(QWidget* parent)
    : QWidget(parent)
    , m_group(new QButtonGroup(this))
    , m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(0);
    setAccessibleName(tr("Where each method clips"));
    connect(m_group, &QButtonGroup::buttonClicked, this, [this](QAbstractButton* button) {
        emit chosen(static_cast<MarkRow*>(button)->id());
    });
}

void MarkList::setRows(const std::vector<Row>& rows, const QString& current)
{
    bool sameIds = rows.size() == m_rows.size();
    for (std::size_t i = 0; sameIds && i < rows.size(); ++i)
        sameIds = rows[i].id == m_rows[i]->id();
    if (!sameIds) {
        qDeleteAll(m_rows);
        m_rows.clear();
        m_shown.clear();
        for (const Row& row : rows) {
            auto* made = new MarkRow(row.id, this);
            m_group->addButton(made);
            m_layout->addWidget(made);
            m_rows.push_back(made);
        }
        m_shown.resize(rows.size());
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!(rows[i] == m_shown[i]))
            m_rows[i]->setTexts(rows[i].name, rows[i].isBest, rows[i].clip, rows[i].sqnr);
        m_shown[i] = rows[i];
        if (rows[i].id == current && !m_rows[i]->isChecked())
            m_rows[i]->setChecked(true);
    }
}

}  // namespace quantoscope
