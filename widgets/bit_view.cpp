// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bit_view.h"

#include "widgets/bit_view_accessible.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace quantoscope {

BitView::BitView(QWidget* parent) : QWidget(parent)
{
    installBitViewAccessibility();
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::ArrowCursor);
    m_format = numberFormats().front();
}

void BitView::setContent(const NumberFormat& format, Code code)
{
    const bool sameFormat = m_format.id == format.id && bitsOf(m_format) == bitsOf(format);
    const Code before = m_code;
    m_format = format;
    m_code = code;
    const auto bits = shownBits(format);
    if (!sameFormat || std::find(bits.begin(), bits.end(), m_focusedBit) == bits.end())
        m_focusedBit = bits.front();
    relayout();
    if (sameFormat && before != code)
        announceBitChanges(*this, before);
}

void BitView::setColumns(const BitColumns& columns, double cellHeight)
{
    if (m_columns == columns && m_cellHeight == cellHeight)
        return;
    m_columns = columns;
    m_cellHeight = cellHeight;
    relayout();
}

void BitView::setTail(const BitTail& tail)
{
    if (m_tail == tail)
        return;
    m_tail = tail;
    update();
}

void BitView::setGhost(std::optional<Code> ghost)
{
    m_ghost = ghost;
    update();
}

void BitView::relayout()
{
    m_layout = layoutBits(m_format, m_code, m_columns, std::round((height() - m_cellHeight) / 2), m_cellHeight);
    update();
}

QSize BitView::sizeHint() const
{
    return {int(m_columns.significandLeft + m_columns.columns * m_columns.cell), int(m_cellHeight) + 8};
}

void BitView::focusBit(int bit)
{
    m_focusedBit = bit;
    update();
    announceBitFocus(*this);
}

void BitView::moveFocus(int places)
{
    const auto bits = shownBits(m_format);
    const auto at = std::find(bits.begin(), bits.end(), m_focusedBit) - bits.begin();
    focusBit(bits[std::size_t(std::clamp<std::ptrdiff_t>(at + places, 0, std::ptrdiff_t(bits.size()) - 1))]);
}

void BitView::writeBit(int bit, bool on, const QString& mergeKey)
{
    const Code mask = Code{1} << bit;
    const Code wanted = on ? m_code | mask : m_code & ~mask;
    if (wanted != m_code)
        emit codeEdited(wanted, tr("flip bit %1").arg(bit), mergeKey);
}

void BitView::flipBit(int bit)
{
    writeBit(bit, !(m_code >> bit & 1), {});
}

void BitView::stepToNeighbour(bool up)
{
    const Code wanted = up ? nextCode(m_format, m_code) : previousCode(m_format, m_code);
    if (wanted != m_code)
        emit codeEdited(wanted, up ? tr("next number") : tr("previous number"), {});
}

void BitView::stepExponent(bool up)
{
    const FloatFormat* floating = m_format.asFloat();
    if (!floating)
        return;
    const int shift = floating->mantissaBits + floating->unusedLowBits;
    const Code mask = (Code{1} << floating->exponentBits) - 1;
    const Code exponent = m_code >> shift & mask;
    if (up ? exponent == mask : exponent == 0)
        return;
    const Code wanted = up ? m_code + (Code{1} << shift) : m_code - (Code{1} << shift);
    emit codeEdited(wanted, up ? tr("exponent up") : tr("exponent down"), {});
}

void BitView::mousePressEvent(QMouseEvent* event)
{
    emit activated();
    const BitCell* cell = event->button() == Qt::LeftButton ? m_layout.at(event->position()) : nullptr;
    if (!cell) {
        event->ignore();   // The row behind may be dragged from here.
        return;
    }
    ++m_drag;
    const int bit = cell->bit;
    m_painting = !(m_code >> bit & 1);
    m_lastPainted = bit;
    focusBit(bit);
    writeBit(bit, *m_painting, QStringLiteral("paint-%1").arg(m_drag));
}

void BitView::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_painting) {
        event->ignore();
        return;
    }
    // Only the x decides: a hand that drifts above the strip keeps painting. The strip itself may
    // move under the hand (a new exponent shifts the digits), so a bit is painted once a visit.
    const double middle = m_layout.cells.front().rect.center().y();
    const BitCell* cell = m_layout.at({event->position().x(), middle});
    if (!cell || cell->bit == m_lastPainted)
        return;
    m_lastPainted = cell->bit;
    focusBit(cell->bit);
    writeBit(cell->bit, *m_painting, QStringLiteral("paint-%1").arg(m_drag));
}

void BitView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_painting)
        event->ignore();
    m_painting.reset();
    m_lastPainted = -1;
}

void BitView::keyPressEvent(QKeyEvent* event)
{
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) {
        QWidget::keyPressEvent(event);
        return;
    }
    switch (event->key()) {
    case Qt::Key_Left: moveFocus(-1); return;
    case Qt::Key_Right: moveFocus(1); return;
    case Qt::Key_Home: moveFocus(-64); return;
    case Qt::Key_End: moveFocus(64); return;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter: flipBit(m_focusedBit); return;
    case Qt::Key_0:
    case Qt::Key_1:
        writeBit(m_focusedBit, event->key() == Qt::Key_1, {});
        moveFocus(1);
        return;
    case Qt::Key_BracketLeft: stepToNeighbour(false); return;
    case Qt::Key_BracketRight: stepToNeighbour(true); return;
    case Qt::Key_BraceLeft: stepExponent(false); return;
    case Qt::Key_BraceRight: stepExponent(true); return;
    default: QWidget::keyPressEvent(event);
    }
}

void BitView::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    emit activated();
    announceBitFocus(*this);
    update();
}

void BitView::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    update();
}

void BitView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
}

void BitView::resizeEvent(QResizeEvent*)
{
    relayout();
}

}  // namespace quantoscope
