// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/presented_numbers.h"

#include "app/pages/numbers/number_texts.h"
#include "widgets/bit_view.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QLineEdit>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace quantoscope {

PresentedNumbers::PresentedNumbers(QWidget* parent) : QWidget(parent), m_edit(new QLineEdit(this))
{
    setAutoFillBackground(false);
    setFocusPolicy(Qt::StrongFocus);
    m_edit->hide();
    m_edit->setAccessibleName(tr("Value"));
    connect(m_edit, &QLineEdit::returnPressed, this, [this] {
        m_problem.clear();
        const QString text = m_edit->text();
        m_edit->hide();
        setFocus();
        emit valueTyped(text);
        update();
    });
}

double PresentedNumbers::unit() const
{
    return std::max(14.0, height() / 37.0);
}

QFont PresentedNumbers::type(double units, QFont::Weight weight, bool mono) const
{
    QFont font = mono ? monoFont(12, weight) : uiFont(12, weight);
    font.setPixelSize(int(std::lround(unit() * units)));
    return font;
}

void PresentedNumbers::beginTyping(const QString& text)
{
    m_edit->setFont(type(1.5, QFont::Medium, true));
    m_edit->setGeometry(0, 4, int(width() * 0.5), int(unit() * 2.6));
    m_edit->setText(text);
    m_edit->show();
    m_edit->raise();
    m_edit->setFocus();
    m_edit->selectAll();
}

void PresentedNumbers::showProblem(const QString& sentence)
{
    m_problem = sentence;
    update();
}

void PresentedNumbers::show(const NumbersState& state, std::shared_ptr<const NumbersContent> content, const std::optional<NumbersContent>& ghost)
{
    m_state = state;
    m_content = std::move(content);
    m_ghost = ghost;
    m_problem.clear();
    arrange();
    update();
}

void PresentedNumbers::resizeEvent(QResizeEvent*)
{
    arrange();
}

/// Two rows at 1024 × 768, more on a higher screen; fewer where the formats are few.
void PresentedNumbers::arrange()
{
    if (!m_content || width() < 100)
        return;
    const double u = unit();
    m_topHeight = u * 3.6;
    const int count = int(m_content->rows.size());
    const int visible = std::clamp(int((height() - m_topHeight) / (u * 14.5)), 1, count);
    const double rowHeight = std::min((height() - m_topHeight) / visible, u * 20);
    const int first = std::max(0, m_state.indexOf(m_state.selected));

    m_shown.clear();
    int exponents = 0, digits = 8;
    for (int i = 0; i < visible; ++i) {
        const int index = (first + i) % count;
        while (int(m_views.size()) <= i)
            m_views.push_back(new BitView(this));
        m_shown.push_back({index, m_views[std::size_t(i)], QRectF(0, m_topHeight + i * rowHeight, width(), rowHeight)});
        const NumberFormat& format = m_content->rows[std::size_t(index)].format;
        const FloatFormat* floating = format.asFloat();
        exponents = std::max(exponents, floating ? floating->exponentBits : 0);
        digits = std::max(digits, floating ? floating->mantissaBits + 1 : bitsOf(format));
    }
    const double before = 1.35 + exponents + (exponents ? 0.55 : 0);
    m_columns.cell = std::min((width() - 4.0) / (before + digits + 4.4), u * 2.25);
    m_columns.left = 0;
    m_columns.exponentRight = (1.35 + exponents - 0.12) * m_columns.cell;
    m_columns.significandLeft = before * m_columns.cell;
    m_columns.columns = std::max(digits, int((width() - m_columns.significandLeft) / m_columns.cell) - 1);
    const NumberRowContent& leading = m_content->rows[std::size_t(first)];
    m_columns.topWeight = !m_content->digits.isEmpty() && m_content->typed.toDouble() != 0 ? m_content->digits.leadingWeight() : firstWeight(leading.format, leading.stored.code);
    for (const Shown& shown : m_shown) {
        const NumberRowContent& row = m_content->rows[std::size_t(shown.index)];
        const int wanted = firstWeight(row.format, row.stored.code);
        if (hasBinaryWeights(row.format, row.stored.code) && wanted > m_columns.topWeight && wanted < m_columns.topWeight + m_columns.columns - digits)
            m_columns.topWeight = wanted;
    }

    for (std::size_t i = 0; i < m_views.size(); ++i) {
        BitView* view = m_views[i];
        view->setVisible(i < m_shown.size());
        if (i >= m_shown.size())
            continue;
        const Shown& shown = m_shown[i];
        const NumberRowContent& row = m_content->rows[std::size_t(shown.index)];
        const double cellHeight = std::min(m_columns.cell * 1.5, u * 3.3);
        view->setGeometry(0, int(shown.place.top() + u * 2.8), width(), int(cellHeight + 10));
        view->setContent(row.format, row.stored.code);
        view->setColumns(m_columns, cellHeight);
        view->setAccessibleName(tr("Bits of %1").arg(row.name));
        BitTail tail = bitTail(row, *m_content, view->bitLayout(), std::clamp(int((width() - view->bitLayout().end) / m_columns.cell) - 2, 0, 8));
        tail.words.clear();   // Said below, where there is room: "dropped, so ↓ down".
        view->setTail(tail);
        std::optional<Code> old;
        if (m_ghost)
            for (const NumberRowContent& before : m_ghost->rows)
                if (before.id == row.id)
                    old = before.stored.code;
        view->setGhost(old);
        view->disconnect(this);
        const QString id = row.id;
        connect(view, &BitView::codeEdited, this, [this, id](Code code, const QString& text, const QString& mergeKey) { emit codeEdited(id, code, text, mergeKey); });
    }
}

void PresentedNumbers::paintEvent(QPaintEvent*)
{
    if (!m_content)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme().window);
    paintTop(painter);
    for (const Shown& shown : m_shown)
        paintRow(painter, shown);
}

void PresentedNumbers::paintTop(QPainter& painter) const
{
    const Theme& colours = theme();
    const double u = unit(), baseline = m_topHeight - u * 1.5;
    const QFont name = type(1.6, QFont::Bold);
    painter.setFont(name);
    painter.setPen(colours.text);
    const QString text = QFontMetricsF(name).elidedText(m_content->typedText, Qt::ElideMiddle, width() * 0.3);
    painter.drawText(QPointF(0, baseline), text);
    const double used = QFontMetricsF(name).horizontalAdvance(text) + u;
    painter.setFont(type(1.05, QFont::Normal));
    painter.setPen(m_problem.isEmpty() ? colours.text : colours.error);
    if (!m_problem.isEmpty()) {
        painter.drawText(QRectF(used, 0, width() - used, m_topHeight - 6), Qt::AlignVCenter | Qt::TextWordWrap, m_problem);
        return;
    }
    const QString about = m_content->digits.isEmpty() ? QString() : tr("exact, in binary");
    const double gap = std::clamp(m_columns.cell * 0.1, 1.0, 4.0);
    const int first = std::min(std::max(m_content->digits.leadingWeight(), std::min(0, m_columns.topWeight)), m_columns.topWeight);
    if (used + QFontMetricsF(painter.font()).horizontalAdvance(about) < m_columns.columnX(first) - 4)
        painter.drawText(QPointF(used, baseline), about);
    if (!m_content->digits.isEmpty()) {
        painter.setFont(type(1.45, QFont::Medium, true));
        painter.setPen(colours.text);
        const QFontMetricsF metrics(painter.font());
        int weight = first;
        for (; m_columns.columnX(weight) + 2 * m_columns.cell < width(); --weight) {
            if (weight < 0 && !m_content->digits.hasDigitsBelow(weight + 1))
                break;
            painter.drawText(QRectF(m_columns.columnX(weight), baseline - metrics.ascent(), m_columns.cell - gap, metrics.height()), Qt::AlignCenter,
                             m_content->digits.digit(weight) ? QStringLiteral("1") : QStringLiteral("0"));
        }
        if (m_content->digits.hasDigitsBelow(weight + 1))
            painter.drawText(QPointF(m_columns.columnX(weight) + 4, baseline), QStringLiteral("…"));
        if (m_columns.topWeight >= -1 && weight < 0) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(colours.text);
            painter.drawEllipse(QPointF(m_columns.columnX(-1) - gap / 2, baseline - 1), u * 0.16, u * 0.16);
        }
    }
}

void PresentedNumbers::paintRow(QPainter& painter, const Shown& shown) const
{
    const Theme& colours = theme();
    const NumberRowContent& row = m_content->rows[std::size_t(shown.index)];
    const double u = unit(), top = shown.place.top();
    painter.setPen(QPen(colours.text, 2));
    painter.drawLine(QPointF(0, top), QPointF(width(), top));
    const double baseline = top + u * 2;
    const QFont name = type(1.55, QFont::DemiBold);
    painter.setFont(name);
    painter.setPen(colours.text);
    painter.drawText(QPointF(0, baseline), row.name);
    double x = QFontMetricsF(name).horizontalAdvance(row.name) + u * 0.8;
    painter.setFont(type(1.05, QFont::Normal));
    const QString layout = row.format.asFloat() ? tr("%1 bits").arg(row.layout.section(QLatin1Char(','), 0, 0)) : row.layout;
    painter.drawText(QPointF(x, baseline), layout);
    x += QFontMetricsF(painter.font()).horizontalAdvance(layout) + u;

    for (const int digits : {24, 16, 11, 8, 5}) {
        bool fits = false;
        for (const double units : {1.35, 1.2, 1.08}) {
            const QFont font = type(units, QFont::Medium, true);
            const Formula formula = rowFormula(row, colours, digits);
            const double w = formulaWidth(formula, font);
            if (w > width() - x && !(digits == 5 && units == 1.08))
                continue;
            paintFormula(painter, formula, font, {std::max(x, width() - w), baseline});
            fits = true;
            break;
        }
        if (fits)
            break;
    }
    paintBrackets(painter, shown);
    if (shown.place.height() > u * 13)
        paintError(painter, shown);
}

void PresentedNumbers::paintBrackets(QPainter& painter, const Shown& shown) const
{
    const Theme& colours = theme();
    const NumberRowContent& row = m_content->rows[std::size_t(shown.index)];
    const BitLayout& layout = shown.bits->bitLayout();
    const double u = unit(), bitsBottom = shown.bits->geometry().bottom() - 2;
    painter.setFont(type(1.05, QFont::DemiBold));
    const QFontMetricsF metrics(painter.font());
    double rightMost = 0;
    const auto bracket = [&](BitField field, const QString& note) {
        const QRectF cells = layout.extent(field);
        if (cells.isEmpty())
            return;
        painter.setPen(QPen(fieldInk(colours, field), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygonF({{cells.left() + 1, bitsBottom}, {cells.left() + 1, bitsBottom + 7}, {cells.right() - 1, bitsBottom + 7}, {cells.right() - 1, bitsBottom}}));
        const double w = metrics.horizontalAdvance(note);
        double x = field == BitField::Mantissa || field == BitField::Integer ? cells.left() : cells.center().x() - w / 2;
        x = std::max({0.0, x, field == BitField::Mantissa ? rightMost + u * 0.6 : 0.0});
        painter.drawText(QPointF(x, bitsBottom + 9 + metrics.ascent()), note);
        rightMost = std::max(rightMost, x + w);
    };
    if (row.format.asFloat()) {
        bracket(BitField::Sign, row.stored.sign ? QStringLiteral("−") : QStringLiteral("+"));
        bracket(BitField::Exponent, exponentNote(row));
        bracket(BitField::Mantissa, mantissaNote(row));
    } else if (const IntegerFormat* integer = row.format.asInteger()) {
        bracket(BitField::Integer, integer->isSigned ? tr("worth %1 … 4, 2, 1").arg(withRealMinus(QString::number(-std::ldexp(1.0, integer->bits - 1), 'f', 0)))
                                                    : tr("worth %1 … 4, 2, 1").arg(QString::number(std::ldexp(1.0, integer->bits - 1), 'f', 0)));
    }
    const BitTail tail = bitTail(row, *m_content, layout, 2);
    if (tail.words.isEmpty())
        return;
    const QString words = tail.isWarning || row.isGiven || tail.digits.isEmpty() ? tail.words : tr("dropped, so %1").arg(tail.words);
    const double w = metrics.horizontalAdvance(words);
    painter.setPen(tail.isWarning ? colours.error : colours.text);
    if (rightMost + u < width() - w)
        painter.drawText(QPointF(width() - w, bitsBottom + 9 + metrics.ascent()), words);
}

void PresentedNumbers::paintError(QPainter& painter, const Shown& shown) const
{
    const Theme& colours = theme();
    const NumberRowContent& row = m_content->rows[std::size_t(shown.index)];
    const double u = unit(), y = shown.place.bottom() - u * 3.1;
    painter.setFont(type(1.05, QFont::Normal));
    painter.setPen(colours.text);
    const QFontMetricsF metrics(painter.font());
    const QString label = tr("Relative error");
    painter.drawText(QPointF(0, y + metrics.capHeight() / 2), label);
    const double x = metrics.horizontalAdvance(label) + u;
    painter.setFont(type(1.25, QFont::DemiBold));
    painter.drawText(QPointF(x, y + QFontMetricsF(painter.font()).capHeight() / 2), relativeErrorText(row));

    const double left = std::max(width() * 0.42, x + QFontMetricsF(painter.font()).horizontalAdvance(QStringLiteral("3.08… × 10⁻⁴")) + u * 1.5), right = width() - u * 0.8;
    painter.setPen(QPen(colours.text, 2));
    painter.drawLine(QPointF(left, y), QPointF(right, y));
    painter.setFont(type(1.0, QFont::Normal));
    const QFontMetricsF labels(painter.font());
    for (int tick = 0; tick <= 3; ++tick) {
        const double tickX = left + (right - left) * tick / 3;
        painter.drawLine(QPointF(tickX, y - u * 0.45), QPointF(tickX, y + u * 0.45));
        const QString text = tick == 3 ? QStringLiteral("1") : QStringLiteral("10") + superscript(tick * 3 - 9);
        painter.drawText(QPointF(tickX - labels.horizontalAdvance(text) / 2, y + u * 0.6 + labels.ascent()), text);
    }
    const auto dot = [&](double error, const QColor& fill) {
        if (error > 0 && std::isfinite(error)) {
            painter.setPen(QPen(colours.window, 2));
            painter.setBrush(fill);
            painter.drawEllipse(QPointF(left + (right - left) * std::clamp((std::log10(error) + 9) / 9, 0.0, 1.0), y), u * 0.55, u * 0.55);
        }
    };
    if (m_ghost)
        for (const NumberRowContent& old : m_ghost->rows)
            if (old.id == row.id) {
                QColor pale = colours.error;
                pale.setAlphaF(0.4f);
                dot(old.stored.relativeError, pale);
            }
    if (!row.isGiven)
        dot(row.stored.relativeError, colours.error);
}

}  // namespace quantoscope
