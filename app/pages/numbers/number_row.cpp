// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/number_row.h"

#include "app/pages/numbers/inline_edit.h"
#include "core/formats/parse_code.h"
#include "widgets/bit_view.h"
#include "widgets/controls.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QMouseEvent>

#include <cmath>

namespace quantoscope {

NumberRow::NumberRow(const QString& id, QWidget* parent)
    : QWidget(parent), m_id(id), m_bits(new BitView(this)), m_code(new InlineEdit(12, false, this)),
      m_remove(new QToolButton(this)),
      m_digits(new PushButton(tr("all digits"), PushButton::Role::Chip, this))
{
    if (findNumberFormat(id.toStdString())->asInteger()) {
        m_scale = new InlineEdit(12, true, this);
        m_zero = new InlineEdit(12, true, this);
        m_scale->setAccessibleName(tr("Scale"));
        m_zero->setAccessibleName(tr("Zero point"));
        m_scale->setToolTip(tr("Scale: a stored value is scale × (code − zero point). A number or 2^-5."));
        m_zero->setToolTip(tr("Zero point: the code that means zero."));
        connect(m_scale, &InlineEdit::committed, this, &NumberRow::applyTypedSettings);
        connect(m_zero, &InlineEdit::committed, this, &NumberRow::applyTypedSettings);
    }
    m_remove->setAccessibleName(tr("Remove row"));
    m_remove->setToolTip(tr("Remove this row (Delete)"));
    m_remove->setAutoRaise(true);
    m_remove->setIconSize({14, 14});
    m_remove->hide();
    m_digits->hide();
    makeSteppers();
    connect(m_bits, &BitView::codeEdited, this, &NumberRow::codeEdited);
    connect(m_bits, &BitView::activated, this, &NumberRow::selectRequested);
    connect(m_code, &InlineEdit::committed, this, &NumberRow::applyTypedCode);
    connect(m_remove, &QAbstractButton::clicked, this, &NumberRow::removeRequested);
    connect(m_digits, &QAbstractButton::clicked, this, &NumberRow::digitsToggled);
}

void NumberRow::show(const Shown& shown)
{
    m_shown = shown;
    const NumberRowContent& row = m_shown.row;
    m_bits->setContent(row.format, row.stored.code);
    m_bits->setGhost(m_shown.ghost ? std::optional(m_shown.ghost->code) : std::nullopt);
    m_bits->setAccessibleName(tr("Bits of %1").arg(row.name));
    m_code->setShownText(codeString(row.format, row.stored.code));
    m_code->setAccessibleName(tr("Code of %1").arg(row.name));
    setAccessibleName(spokenRow(row));
    m_remove->setIcon(themedIcon(QStringLiteral("cross"), theme().muted));
    arrange();
    update();
}

std::vector<std::pair<QString, QStringList>> NumberRow::writtenForms(const Shown& shown) const
{
    if (!shown.selected || !shown.allDigits || !std::isfinite(shown.row.stored.value))
        return {};
    const double room = shown.columns.axis.isShown() ? shown.columns.axis.right() : shown.columns.error.right();
    const int perLine = std::max(20, int((room - shown.columns.bits.left - writtenNames) / QFontMetricsF(monoFont(12)).horizontalAdvance(QLatin1Char('0'))));
    const auto lines = [&](const QString& text) {
        QStringList cut;
        for (qsizetype at = 0; at < text.size(); at += perLine)
            cut << text.mid(at, perLine);
        return cut;
    };
    return {{tr("exact"), lines(QString::fromStdString(shown.row.stored.exact))},
            {tr("hexadecimal"), lines(hexadecimalText(shown.row.stored.value))},
            {tr("shortest"), lines(QString::fromStdString(shown.row.stored.shortest))}};
}

int NumberRow::heightFor(const Shown& shown) const
{
    int lines = 0;
    for (const auto& [name, text] : writtenForms(shown))
        lines += int(text.size());
    const int digits = lines == 0 ? 0 : int(lines * QFontMetricsF(monoFont(12)).height()) + 8;
    return shown.columns.rowHeight() + (shown.selected ? shown.columns.detailHeight() : 0) + digits;
}

/// Every number can be read to its last digit, and in the other ways it is written.
bool NumberRow::offersDigits() const
{
    return m_shown.selected && std::isfinite(m_shown.row.stored.value);
}

bool NumberRow::namesSettings() const
{
    const QFontMetricsF label(uiFont(12));
    const auto* integer = m_shown.row.format.asInteger();
    const int boxes = std::max(42, m_scale->widthForText(stepText(integer->scale))) + std::max(26, m_zero->widthForText(QString::number(integer->zeroPoint)));
    // The highest bit's weight hangs out to the left of the bits.
    const double weight = QFontMetricsF(uiFont(11, QFont::Medium)).horizontalAdvance(QStringLiteral("−128")) - m_shown.columns.cells.cell;
    const double bits = m_shown.columns.cells.columnX(m_shown.columns.cells.topWeight);
    return label.horizontalAdvance(tr("scale") + tr("zero")) + boxes + 19 + std::max(0.0, weight) < bits;
}

void NumberRow::arrange()
{
    const RowColumns& columns = m_shown.columns;
    if (columns.bits.width <= 0)
        return;
    const int rowHeight = columns.rowHeight();
    const int bitsRight = int(columns.stored.isShown() ? columns.stored.left - 4 : width());
    // What each bit of an integer is worth stands below it.
    const int bitsHeight = m_scale ? rowHeight - int(QFontMetricsF(uiFont(11)).height()) + (columns.compact ? 1 : 0) : rowHeight;
    m_bits->setGeometry(int(columns.bits.left), 0, bitsRight - int(columns.bits.left), bitsHeight);
    m_bits->setColumns(columns.cells, std::min(columns.cellHeight(), bitsHeight - 3.0));
    const BitLayout& layout = m_bits->bitLayout();
    const QString longest = QStringLiteral("↓ down");
    const double room = m_bits->width() - layout.end - QFontMetricsF(uiFont(12)).horizontalAdvance(longest) - 12;
    if (m_shown.content)
        m_bits->setTail(bitTail(m_shown.row, *m_shown.content, layout, std::clamp(int(room / columns.cells.cell) - 1, 0, 4)));

    const int lineHeight = int(QFontMetricsF(monoFont(12)).height()) + 2;
    const int middle = rowHeight / 2;
    m_code->setGeometry(int(columns.stored.left) - 4, middle, int(columns.stored.width) + 8, lineHeight);
    if (m_scale) {
        const auto* integer = m_shown.row.format.asInteger();
        m_scale->setShownText(stepText(integer->scale));
        m_zero->setShownText(QString::number(integer->zeroPoint));
        const QFontMetricsF label(uiFont(12));
        const bool words = namesSettings();
        const int boxHeight = lineHeight + (columns.compact ? 2 : 4), y = middle - boxHeight / 2;
        int x = int(columns.bits.left + label.horizontalAdvance(words ? tr("scale") : QStringLiteral("×")) + 5);
        const int zeroWidth = std::max(26, m_zero->widthForText(QString::number(integer->zeroPoint)));
        const int scaleWidth = std::min(std::max(42, m_scale->widthForText(stepText(integer->scale))),
                                        int(columns.bits.left + columns.cells.significandLeft) - x - zeroWidth - 14
                                            - int(label.horizontalAdvance(words ? tr("zero") : QStringLiteral("−"))));
        m_scale->setGeometry(x, y, scaleWidth, boxHeight);
        x += scaleWidth + 6 + int(label.horizontalAdvance(words ? tr("zero") : QStringLiteral("−"))) + 4;
        m_zero->setGeometry(x, y, zeroWidth, boxHeight);
        m_scale->setReadOnly(!m_shown.editsSettings);
        m_zero->setReadOnly(!m_shown.editsSettings);
    }
    const QSize cross(22, 20);
    m_remove->setGeometry(QRect(QPoint(width() - cross.width() - 6, rowHeight + columns.detailHeight() - cross.height() - 2), cross));
    m_remove->setVisible(m_shown.selected && m_shown.editsSettings && m_shown.content && m_shown.content->rows.size() > 1);
    arrangeSteppers();
    m_digits->setText(m_shown.allDigits ? tr("fewer digits") : tr("all digits"));
    m_digits->setVisible(offersDigits());
    fitFormula();
    fitNeighbours();
    if (offersDigits()) {
        const double end = columns.bits.left + m_formulaWidth + 14;
        const QSize size = m_digits->sizeHint();
        const int top = rowHeight + columns.detailHeight() - size.height() - (columns.compact ? 1 : 6);
        m_digits->setGeometry(QRect(QPoint(int(std::min(end, columns.stored.left - size.width() - 6)), top), size));
    }
}

void NumberRow::applyTypedCode(const QString& text)
{
    const Result<Code> code = parseCode(m_shown.row.format, text.trimmed().toStdString());
    if (!code) {
        emit problem(QString::fromStdString(code.error().message));
        m_code->revert();
        return;
    }
    emit problem({});
    if (*code != m_shown.row.stored.code)
        emit codeEdited(*code, tr("code %1").arg(codeString(m_shown.row.format, *code)), {});
    m_code->setShownText(codeString(m_shown.row.format, m_shown.row.stored.code));
}

void NumberRow::applyTypedSettings()
{
    const auto* integer = m_shown.row.format.asInteger();
    double scale = integer->scale;
    qint64 zero = integer->zeroPoint;
    if (m_scale->text() != stepText(integer->scale)) {
        const auto typed = parseNumber(m_scale->text().toStdString());
        scale = typed ? typed->toDouble() : 0;
        if (!(scale > 0) || !std::isfinite(scale)) {
            emit problem(tr("A scale is a number above zero, such as 0.03125, 2^-5 or 4/127; “%1” is not.").arg(m_scale->text()));
            m_scale->revert();
            return;
        }
    }
    bool understood = false;
    zero = m_zero->text().replace(QChar(0x2212), u'-').toLongLong(&understood);
    if (!understood || zero < integer->lowest() || zero > integer->highest()) {
        emit problem(tr("The zero point of %1 is a whole number from %2 to %3.").arg(m_shown.row.name)
                         .arg(integer->lowest()).arg(integer->highest()));
        m_zero->revert();
        return;
    }
    emit problem({});
    emit settingsEdited(scale, zero);
}

void NumberRow::resizeEvent(QResizeEvent*)
{
    arrange();
}

void NumberRow::mousePressEvent(QMouseEvent* event)
{
    emit selectRequested();
    if (event->button() == Qt::LeftButton && m_shown.editsSettings)
        m_pressed = event->pos();
}

void NumberRow::mouseMoveEvent(QMouseEvent* event)
{
    if (!m_pressed)
        return;
    if (!m_dragging && std::abs(event->pos().y() - m_pressed->y()) < QApplication::startDragDistance())
        return;
    m_dragging = true;
    setCursor(Qt::ClosedHandCursor);
    emit dragged(mapToParent(event->pos()).y());
}

void NumberRow::mouseReleaseEvent(QMouseEvent*)
{
    m_pressed.reset();
    unsetCursor();
    if (m_dragging)
        emit dropped();
    m_dragging = false;
}

}  // namespace quantoscope
