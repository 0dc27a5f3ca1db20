// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/step_strip.h"

#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QPainter>

#include <algorithm>

namespace quantoscope {

QString StepStrip::word(LessonStep::Kind kind)
{
    switch (kind) {
    case LessonStep::Kind::Read: return tr("Read");
    case LessonStep::Kind::Predict: return tr("Predict");
    case LessonStep::Kind::Try: return tr("Try");
    case LessonStep::Kind::Check: return tr("Check");
    }
    return {};
}

void StepStrip::setEntries(const std::vector<Entry>& entries, const QString& place, const QString& shortPlace)
{
    if (entries == m_entries && place == m_place)
        return;
    m_entries = entries;
    m_place = place;
    m_shortPlace = shortPlace;
    QStringList words;
    for (const Entry& entry : entries)
        words << word(entry.kind) + (entry.mark == Mark::Done ? tr(" (done)") : entry.mark == Mark::Present ? tr(" (now)") : QString());
    setAccessibleName(words.join(QStringLiteral(", ")) + QStringLiteral("; ") + place);
    update();
}

QSize StepStrip::sizeHint() const
{
    return {320, QFontMetrics(uiFont(12)).height() + 26};
}

void StepStrip::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(uiFont(12));
    painter.setPen(t.muted);
    const double scale = t.typeScale, side = 13 * scale;
    const QFontMetrics bold(uiFont(12, QFont::DemiBold));
    double wanted = 0;
    for (const Entry& entry : m_entries)
        wanted += side + 6 + bold.horizontalAdvance(word(entry.kind));
    // Where the words leave no room for "screen 2 of 5", it is "2 / 5".
    const auto wide = [](const QString& text) { return QFontMetrics(uiFont(12)).horizontalAdvance(text); };
    const bool fits = wanted + 14.0 * double(m_entries.size()) + wide(m_place) <= width() - 2 * space::padding;
    const QString place = fits ? m_place : m_shortPlace;
    painter.drawText(rect().adjusted(0, 0, -space::padding, 0), Qt::AlignRight | Qt::AlignVCenter, place);
    const double room = width() - 2 * space::padding - wide(place) - 14;
    const double gap = m_entries.size() < 2 ? 0 : std::clamp((room - wanted) / double(m_entries.size() - 1), 8.0, 22.0 * scale);
    double x = space::padding;
    for (const Entry& entry : m_entries) {
        const QRectF mark(x, height() / 2.0 - side / 2, side, side);
        if (entry.mark == Mark::Done) {
            drawIcon(painter, QStringLiteral("check"), mark, t.good);
        } else {
            const bool isPresent = entry.mark == Mark::Present;
            painter.setPen(isPresent ? Qt::NoPen : QPen(t.axis, 1.3));
            painter.setBrush(isPresent ? QBrush(t.accent) : QBrush(Qt::NoBrush));
            painter.drawEllipse(mark.center(), side * 0.36, side * 0.36);
        }
        const bool isPresent = entry.mark == Mark::Present;
        painter.setFont(uiFont(12, isPresent ? QFont::DemiBold : QFont::Medium));
        painter.setPen(isPresent ? t.accent : entry.mark == Mark::Done ? t.text : t.faint);
        const double words = bold.horizontalAdvance(word(entry.kind)) + 2;
        painter.drawText(QRectF(mark.right() + 6, 0, words, height()), Qt::AlignLeft | Qt::AlignVCenter, word(entry.kind));
        x = mark.right() + 6 + words + gap;
    }
    painter.fillRect(QRectF(0, height() - 1, width(), 1), t.border);
}

ProgressCells::ProgressCells(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void ProgressCells::setShares(const std::vector<double>& shares, int present)
{
    m_shares = shares;
    m_present = present;
    updateGeometry();
    update();
}

QSize ProgressCells::sizeHint() const
{
    return {int(m_shares.size()) * 22, 12};
}

void ProgressCells::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < m_shares.size(); ++i) {
        const QRectF cell(double(i) * 22 + 1, 1.5, 18, 9);
        const bool isPresent = int(i) == m_present;
        const QColor hue = isPresent ? t.accent : m_shares[i] >= 1 ? t.text : t.axis;
        if (m_shares[i] > 0) {
            painter.save();
            painter.setClipRect(QRectF(cell.left(), 0, cell.width() * std::min(1.0, m_shares[i]), height()));
            painter.setPen(Qt::NoPen);
            painter.setBrush(isPresent ? t.accent : m_shares[i] >= 1 ? t.text : t.muted);
            painter.drawRoundedRect(cell, 3, 3);
            painter.restore();
        }
        painter.setPen(QPen(hue, isPresent ? 1.5 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(cell, 3, 3);
    }
}

}  // namespace quantoscope
