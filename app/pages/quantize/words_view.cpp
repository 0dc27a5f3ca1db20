// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/words_view.h"

#include "core/language/words.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"
#include "widgets/value_slider.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

namespace {

/// What a model that knows nothing pays: every symbol equally likely.
const double guessing = std::log2(double(symbolCount));

/// "0.10 worse than FP32"; what rounds to nothing is said to be the same.
QString difference(const WordsView::Content& content)
{
    const double more = content.bitsPerCharacter - content.original;
    if (!std::isfinite(more))
        return WordsView::tr("not a number any more");
    if (content.isFlip) {
        // One weight among many: the first digit that differs, however small.
        const QString by = std::abs(more) < 0.02 ? roundedNumber(std::abs(more), 2) : fixedNumber(std::abs(more), 2);
        return more == 0 ? WordsView::tr("as before the flip") : more > 0 ? WordsView::tr("%1 worse by the flip").arg(by) : WordsView::tr("%1 better by the flip").arg(by);
    }
    if (std::abs(more) < 0.0005)
        return WordsView::tr("as FP32");
    const QString by = fixedNumber(std::abs(more), std::abs(more) < 0.02 ? 3 : 2);
    return more > 0 ? WordsView::tr("%1 worse than FP32").arg(by) : WordsView::tr("%1 better than FP32").arg(by);
}

}  // namespace

WordsView::WordsView(QWidget* parent)
    : QWidget(parent)
{
    installPlotAccessibility();
    setProperty("chartDescription", QString());
    setAccessibleName(tr("What the model says"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void WordsView::setContent(Content content)
{
    if (content == m_content)
        return;
    m_content = std::move(content);
    QString spoken = tr("%1 bits per character, %2.").arg(fixedNumber(m_content.bitsPerCharacter, 3), difference(m_content));
    for (const Word& word : m_content.words)
        spoken += u' ' + word.text;
    const QString basis = m_content.basis.empty() ? QString() : m_content.basis.front();
    setProperty("chartDescription", spoken + QStringLiteral(". ") + basis);
    setToolTip(basis);
    update();
}

void WordsView::setStale(bool stale)
{
    if (m_isStale != stale)
        update();
    m_isStale = stale;
}

void WordsView::setProgress(double fraction)
{
    m_progress = fraction;
    update();
}

void WordsView::setCompact(bool compact)
{
    if (m_isCompact == compact)
        return;
    m_isCompact = compact;
    updateGeometry();
    update();
}

QSize WordsView::sizeHint() const
{
    const double line = std::ceil(QFontMetricsF(uiFont(13)).height());
    return {800, int(m_isCompact ? 2 * line + 6 : 3 * line + 14)};
}

double WordsView::paintLoss(QPainter& painter, const QRectF& area) const
{
    const Theme& t = theme();
    const QFont big = titleFont(m_isCompact ? 17 : 24, QFont::Bold);
    const QFontMetricsF small(uiFont(13));
    const QString figure = fixedNumber(m_content.bitsPerCharacter, 3), unit = tr("bits per character");
    const double baseline = area.top() + QFontMetricsF(big).capHeight() + 2;
    painter.setPen(m_isStale ? t.faint : t.text);
    painter.setFont(big);
    painter.drawText(QPointF(area.left(), baseline), figure);
    const double advance = QFontMetricsF(big).horizontalAdvance(figure);
    painter.setFont(uiFont(13, QFont::DemiBold));
    painter.drawText(QPointF(area.left() + advance + 6, baseline), unit);
    double right = area.left() + advance + 6 + QFontMetricsF(painter.font()).horizontalAdvance(unit);
    const QString status = difference(m_content);
    painter.setPen(m_isStale ? t.faint : t.muted);
    painter.setFont(uiFont(13));
    const double statusBaseline = m_isCompact ? area.bottom() - small.descent() : baseline + small.height() + 3;
    painter.drawText(QPointF(area.left(), statusBaseline), status);
    right = std::max(right, area.left() + small.horizontalAdvance(status));
    if (!m_isCompact)
        paintScale(painter, QRectF(area.left(), statusBaseline + small.descent() + 4, right - area.left(), 10));
    return right;
}

/// From the original at the left to guessing at the right; beyond lies what is worse than guessing.
void WordsView::paintScale(QPainter& painter, const QRectF& area) const
{
    const Theme& t = theme();
    const double y = std::round(area.center().y()) + 0.5;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.axis, 1));
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    for (const double x : {area.left() + 0.5, area.right() - 0.5})
        painter.drawLine(QPointF(x, y - 4), QPointF(x, y + 4));
    const double loss = m_content.bitsPerCharacter;
    const double share = std::isfinite(loss) ? (loss - m_content.original) / (guessing - m_content.original) : 1;
    const double x = area.left() + std::clamp(share, 0.0, 1.0) * area.width();
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_isStale ? t.faint : share > 0.02 ? t.error : t.quantized);
    if (share > 1)
        painter.drawPolygon(QPolygonF{{{x - 5, y - 5}, {x + 3, y}, {x - 5, y + 5}}});
    else
        painter.drawEllipse(QPointF(x, y), 4, 4);
}

void WordsView::paintWords(QPainter& painter, const QRectF& area, int lines) const
{
    const Theme& t = theme();
    const QFont plain = uiFont(14), bold = uiFont(14, QFont::Bold);
    const double gap = QFontMetricsF(plain).horizontalAdvance(u' ') * 3;
    const double pitch = QFontMetricsF(plain).height() + 1;
    double x = area.left(), baseline = area.top() + QFontMetricsF(plain).ascent();
    int line = 1;
    for (const Word& word : m_content.words) {
        const QString text = word.text.isEmpty() ? tr("(nothing)") : word.text;
        painter.setFont(word.isChanged ? bold : plain);
        const double width = QFontMetricsF(painter.font()).horizontalAdvance(text);
        if (x + width > area.right() && x > area.left()) {
            if (++line > lines)
                return;
            x = area.left();
            baseline += pitch;
        }
        painter.setPen(m_isStale ? t.faint : word.isChanged ? t.text : t.muted);
        painter.drawText(QPointF(x, baseline), text);
        x += width + gap;
    }
}

void WordsView::paintEvent(QPaintEvent*)
{
    const Theme& t = theme();
    QPainter painter(this);
    const QFontMetricsF small(uiFont(12));
    const double left = paintLoss(painter, QRectF(rect())) + 2 * space::gap;
    painter.fillRect(QRectF(left - space::gap, 2, 1, height() - 4), t.border);
    const QRectF words(left, 0, width() - left, height() - small.height());
    paintWords(painter, words, m_isCompact ? 1 : 2);
    painter.setFont(uiFont(12));
    painter.setPen(t.muted);
    const double room = width() - left;
    const auto fits = std::find_if(m_content.basis.begin(), m_content.basis.end(),
                                   [&](const QString& text) { return small.horizontalAdvance(text) <= room; });
    const QString basis = m_content.basis.empty() ? QString() : fits == m_content.basis.end() ? m_content.basis.back() : *fits;
    painter.drawText(QPointF(left, height() - small.descent()), small.elidedText(basis, Qt::ElideRight, room));
    if (m_progress >= 0)
        painter.fillRect(QRectF(left, 0, room * std::min(1.0, m_progress), 2), t.accent);
}

void WordsView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateGeometry();
        update();
    }
    QWidget::changeEvent(event);
}

}  // namespace quantoscope
