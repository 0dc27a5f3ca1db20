// SPDX-License-Identifier: GPL-3.0-or-later
// What the cells of the tensor table say, in words and numerals.
#include "widgets/plot_text.h"
#include "widgets/tensor_table_model.h"

#include <QStringList>

#include <cmath>

namespace quantoscope {

QString shapeWords(const Shape& shape)
{
    if (shape.empty())
        return TensorTableModel::tr("scalar");
    QStringList sizes;
    for (const std::int64_t size : shape)
        sizes << wholeNumber(double(size));
    return sizes.join(QStringLiteral(" × "));
}

QString byteWords(double bytes)
{
    constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    int unit = 0;
    while (bytes >= 1024 && unit < 5) {
        bytes /= 1024;
        ++unit;
    }
    const int decimals = unit == 0 || bytes >= 100 ? 0 : bytes >= 10 ? 1 : 2;
    return fixedNumber(bytes, decimals) + QChar(0x202F) + QLatin1String(units[unit]);
}

static QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

QString TensorTableModel::lineName(int row) const
{
    const TensorLine shown = m_lines.line(row);
    if (shown.kind == TensorLine::Kind::Tensor)
        return text(m_source->tensors()[m_order.tensors[shown.first]].name);
    const QString first = text(m_order.groups[shown.first].prefix);
    return shown.kind == TensorLine::Kind::Layer
             ? first : tr("%1 … %2").arg(first, text(m_order.groups[shown.first + shown.count - 1].prefix));
}

QString TensorTableModel::groupText(const TensorLine& shown, TensorColumn column) const
{
    const auto [first, end] = tensorsOf(shown);
    switch (column) {
    case TensorColumn::Shape: {
        if (shown.kind == TensorLine::Kind::Layer)
            return tr("%1 tensors").arg(wholeNumber(end - first));
        const std::uint32_t each = m_order.groups[shown.first].count;
        return each * shown.count == end - first
                 ? tr("%1 × %2 tensors").arg(wholeNumber(shown.count), wholeNumber(each))
                 : tr("%1 layers, %2 tensors").arg(wholeNumber(shown.count), wholeNumber(end - first));
    }
    case TensorColumn::Sqnr: {
        const Worst worst = worstOf(shown);
        if (!worst.hasMatrices)
            return tr("nothing to quantize");
        if (!worst.db)
            return worst.isComplete ? tr("not possible") : QStringLiteral("…");
        return (worst.isComplete ? tr("worst %1 dB") : tr("so far %1 dB")).arg(decibelText(*worst.db));
    }
    default:
        return {};
    }
}

QString TensorTableModel::tensorText(std::uint32_t tensor, TensorColumn column) const
{
    const TensorInfo& info = m_source->tensors()[tensor];
    switch (column) {
    case TensorColumn::Type: return text(info.typeName);
    case TensorColumn::Shape: return shapeWords(info.shape);
    case TensorColumn::Size: return byteWords(double(info.bytes));
    default: break;
    }
    const TensorFacts* known = facts(tensor);
    const bool isCounted = known && known->isCounted;
    const QString dots = hasNumbers(info) && (!known || known->isReadable) ? QStringLiteral("…") : QStringLiteral("–");
    if (column == TensorColumn::Sqnr) {
        if (!hasNumbers(info))
            return tr("no numbers");
        if (!isWeightMatrix(info))
            return tr("kept in %1").arg(text(info.typeName));
        if (known && known->sqnrState == TensorFacts::Sqnr::Refused)
            return tr("not possible");
        return known && known->sqnrState == TensorFacts::Sqnr::Known ? decibelText(known->sqnrDb) + QStringLiteral(" dB") : dots;
    }
    if (!isCounted)
        return column == TensorColumn::Weights ? QString() : dots;
    switch (column) {
    case TensorColumn::Weights:
        return tr("from %1 to %2").arg(roundedNumber(known->min, 3), roundedNumber(known->max, 3));
    case TensorColumn::Min: return roundedNumber(known->min, 3);
    case TensorColumn::Max: return roundedNumber(known->max, 3);
    case TensorColumn::Mean: return roundedNumber(known->mean, 2);
    case TensorColumn::Deviation: return roundedNumber(known->deviation, 3);
    case TensorColumn::Kurtosis: return std::abs(known->kurtosis) < 1000 ? fixedNumber(known->kurtosis, 1) : roundedNumber(known->kurtosis, 3);
    case TensorColumn::Outliers: return known->outliers == 0 ? QStringLiteral("0") : percentText(known->outlierShare());
    case TensorColumn::Specials:
        return known->nan == 0 && known->infinite == 0
                 ? QStringLiteral("0") : tr("%1, %2").arg(wholeNumber(double(known->nan)), wholeNumber(double(known->infinite)));
    default: return {};
    }
}

QString TensorTableModel::cellText(int row, TensorColumn column) const
{
    const TensorLine shown = m_lines.line(row);
    if (column == TensorColumn::Name) {
        // Below its layer a tensor is called by the rest of its name.
        const QString name = lineName(row);
        return shown.kind == TensorLine::Kind::Tensor && shown.depth > 0
                 ? text(layerOf(m_source->tensors()[m_order.tensors[shown.first]].name).rest) : name;
    }
    return shown.kind == TensorLine::Kind::Tensor ? tensorText(m_order.tensors[shown.first], column) : groupText(shown, column);
}

QString TensorTableModel::rowText(int row) const
{
    QStringList cells{lineName(row)};
    for (int column = 1; column < tensorColumnCount; ++column)
        if (TensorColumn(column) != TensorColumn::Weights)
            cells << cellText(row, TensorColumn(column));
    return cells.join(u'\t');
}

}  // namespace quantoscope
