// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/format_delegate.h"

#include "app/pages/reference/format_table_model.h"
#include "widgets/theme.h"

#include <QPainter>
#include <QSortFilterProxyModel>

#include <algorithm>

namespace quantoscope {

namespace {

constexpr int padding = 10;
constexpr double bitWidth = 3.6;   // Of the drawn layout: 32 bits are 115 pixels, 64 are cut in half.

QFont nameFont() { return uiFont(13, QFont::DemiBold); }
QFont idFont() { return monoFont(11); }
QFont valueFont() { return uiFont(13); }

const NumberFormat& formatOf(const QModelIndex& index)
{
    const auto* proxy = static_cast<const QSortFilterProxyModel*>(index.model());
    const QModelIndex source = proxy->mapToSource(index);
    return static_cast<const FormatTableModel*>(source.model())->format(source.row());
}

struct Field {
    int bits;
    QColor hue;
};

std::vector<Field> fieldsOf(const NumberFormat& format)
{
    const Theme& t = theme();
    if (const FloatFormat* kind = format.asFloat()) {
        std::vector<Field> fields;
        if (kind->isSigned)
            fields.push_back({1, t.sign});
        fields.push_back({kind->exponentBits, t.exponent});
        fields.push_back({kind->mantissaBits, t.mantissa});
        if (kind->unusedLowBits > 0)
            fields.push_back({kind->unusedLowBits, t.border});
        std::erase_if(fields, [](const Field& field) { return field.bits == 0; });
        return fields;
    }
    if (format.asPosit())
        return {{1, t.sign}, {bitsOf(format) - 1, t.axis}};   // Where its fields end depends on the number.
    return {{bitsOf(format), format.asInteger() ? t.integer : t.axis}};
}

void drawLayout(QPainter& painter, const QRectF& cell, const NumberFormat& format, const QString& words)
{
    const std::vector<Field> fields = fieldsOf(format);
    const double scale = bitWidth * (bitsOf(format) > 32 ? 0.5 : 1);
    double x = cell.left();
    painter.setPen(Qt::NoPen);
    for (const Field& field : fields) {
        const QRectF box(x, cell.center().y() - 14, std::max(field.bits * scale - 1.5, 2.0), 9);
        painter.setBrush(field.hue);
        painter.drawRoundedRect(box, 1.5, 1.5);
        x += field.bits * scale + 1;
    }
    painter.setFont(uiFont(11));
    painter.setPen(theme().muted);
    painter.drawText(QRectF(cell.left(), cell.center().y(), cell.width(), cell.height() / 2),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine, words);
}

}  // namespace

QSize FormatDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const
{
    const int height = QFontMetrics(nameFont()).height() + QFontMetrics(idFont()).height() + 12;
    const QString text = index.data().toString();
    if (index.column() == FormatTableModel::Layout)
        return {std::max(int(32 * bitWidth) + 10, QFontMetrics(uiFont(11)).horizontalAdvance(text)) + 2 * padding, height};
    if (index.column() == FormatTableModel::Name) {
        const int id = QFontMetrics(idFont()).horizontalAdvance(formatText(formatOf(index).id));
        return {std::max(QFontMetrics(nameFont()).horizontalAdvance(text), id) + 2 * padding, height};
    }
    if (index.column() == FormatTableModel::Sentence)
        return {200, height};
    return {QFontMetrics(valueFont()).horizontalAdvance(text) + 2 * padding, height};
}

void FormatDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& t = theme();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool isSelected = option.state & QStyle::State_Selected;
    if (isSelected)
        painter->fillRect(option.rect, t.selectedRow);
    if (isSelected && index.column() == 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), t.accent);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), t.grid);
    const QRectF cell = QRectF(option.rect).adjusted(padding, 0, -padding, 0);
    const QString text = index.data().toString();
    switch (index.column()) {
    case FormatTableModel::Name: {
        const QFontMetrics metrics(nameFont());
        const double half = (cell.height() - metrics.height() - QFontMetrics(idFont()).height()) / 2;
        painter->setFont(nameFont());
        painter->setPen(t.accent);
        painter->drawText(cell.adjusted(0, half, 0, 0), Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine, text);
        painter->setFont(idFont());
        painter->setPen(t.muted);
        painter->drawText(cell.adjusted(0, 0, 0, -half), Qt::AlignLeft | Qt::AlignBottom | Qt::TextSingleLine,
                          formatText(formatOf(index).id));
        break;
    }
    case FormatTableModel::Layout:
        drawLayout(*painter, cell, formatOf(index), text);
        break;
    case FormatTableModel::Sentence:
        painter->setFont(uiFont(12));
        painter->setPen(t.muted);
        painter->drawText(cell, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                          QFontMetrics(uiFont(12)).elidedText(text, Qt::ElideRight, int(cell.width())));
        break;
    default:
        painter->setFont(valueFont());
        painter->setPen(text == u"–" ? t.faint : t.text);
        const bool isNumber = index.column() != FormatTableModel::Specials;
        painter->drawText(cell, Qt::AlignVCenter | Qt::TextSingleLine | (isNumber ? Qt::AlignRight : Qt::AlignLeft), text);
    }
    painter->restore();
}

}  // namespace quantoscope
