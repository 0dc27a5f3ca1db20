// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/format_table_model.h"

#include "core/formats/format_limits.h"
#include "widgets/plot_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace quantoscope {

namespace {

struct ColumnRow {
    const char* heading;
    const char* explanation;
};
const ColumnRow columns[] = {
    {QT_TRANSLATE_NOOP("FormatTable", "Format"), QT_TRANSLATE_NOOP("FormatTable", "Name, and id on the command line and in links")},
    {QT_TRANSLATE_NOOP("FormatTable", "Bits"), QT_TRANSLATE_NOOP("FormatTable", "Width of a stored number")},
    {QT_TRANSLATE_NOOP("FormatTable", "Layout"), QT_TRANSLATE_NOOP("FormatTable", "Bits of sign, exponent and mantissa, or of the whole number")},
    {QT_TRANSLATE_NOOP("FormatTable", "Bias"), QT_TRANSLATE_NOOP("FormatTable", "Subtracted from the stored exponent")},
    {QT_TRANSLATE_NOOP("FormatTable", "Largest"), QT_TRANSLATE_NOOP("FormatTable", "Largest finite value")},
    {QT_TRANSLATE_NOOP("FormatTable", "Normal"), QT_TRANSLATE_NOOP("FormatTable", "Smallest positive value at full precision (normal)")},
    {QT_TRANSLATE_NOOP("FormatTable", "Subnormal"), QT_TRANSLATE_NOOP("FormatTable", "Smallest positive value (subnormal)")},
    {QT_TRANSLATE_NOOP("FormatTable", "Epsilon"), QT_TRANSLATE_NOOP("FormatTable", "From 1 to the next value")},
    {QT_TRANSLATE_NOOP("FormatTable", "Specials"), QT_TRANSLATE_NOOP("FormatTable", "Codes that are no finite number")},
    {QT_TRANSLATE_NOOP("FormatTable", "What it is"), QT_TRANSLATE_NOOP("FormatTable", "In a sentence; the chosen one's stands below in full")},
};
static_assert(std::size(columns) == FormatTableModel::ColumnCount);

QString tr(const char* text)
{
    return QCoreApplication::translate("FormatTable", text);
}

/// Exact where that is short: "448", "0.125", "2⁻¹⁴"; else rounded to four digits.
QString valueText(double value)
{
    int exponent = 0;
    const bool isPowerOfTwo = std::frexp(value, &exponent) == 0.5;
    if (isPowerOfTwo && (exponent < -2 || exponent > 14))
        return QStringLiteral("2") + superscript(exponent - 1);
    const QString plain = QString::number(value, 'g', 5);
    if (plain.toDouble() == value && !plain.contains(u'e'))
        return std::abs(value) >= 1000 ? wholeNumber(value) : withRealMinus(plain);
    return roundedNumber(value, 4);
}

QString layoutText(const NumberFormat& format)
{
    if (const FloatFormat* kind = format.asFloat()) {
        QStringList fields;
        if (kind->isSigned)
            fields << QStringLiteral("1");
        fields << QString::number(kind->exponentBits) << QString::number(kind->mantissaBits);
        return fields.join(QStringLiteral(" · "));
    }
    if (format.asLevels())
        return tr("%1 levels").arg(1 << bitsOf(format));
    if (format.asPosit())
        return tr("posit, es %1").arg(format.asPosit()->exponentBits);
    return format.asInteger()->isSigned ? tr("two's complement") : tr("unsigned");
}

QString specialsText(const NumberFormat& format)
{
    const FloatFormat* kind = format.asFloat();
    if (format.asPosit())
        return tr("one NaR");
    if (!kind)
        return tr("none");
    if (hasInfinity(*kind))
        return kind->specials == SpecialCodes::P3109Extended ? tr("∞, one NaN") : tr("∞, NaN");
    if (!hasNaN(*kind))
        return tr("none");
    return kind->specials == SpecialCodes::NanAtNegativeZero ? tr("one NaN, no −0") : tr("NaN, no ∞");
}

}  // namespace

QString formatText(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

FormatTableModel::FormatTableModel(QObject* parent)
    : QAbstractTableModel(parent)
{
    // The IEEE P3109 family last: whoever looks for another format does not scroll past it.
    for (const FormatFamily& family : formatFamilies())
        for (const NumberFormat& format : formatsOf(family.id))
            addRow(format);
}

void FormatTableModel::addRow(const NumberFormat& format)
{
    const FormatLimits limits = limitsOf(format);
    Row row{&format, {}, {}};
    const auto set = [&](Column column, const QString& text, double order) {
        row.text[column] = text;
        row.order[column] = order;
    };
    const auto setNumber = [&](Column column, const std::optional<double>& value) {
        set(column, value ? valueText(*value) : QStringLiteral("–"), value.value_or(-1));
    };
    const FloatFormat* kind = format.asFloat();
    set(Name, formatText(format.name), double(m_rows.size()));
    set(Bits, QString::number(bitsOf(format)), bitsOf(format));
    set(Layout, layoutText(format), kind ? 1000 - kind->exponentBits : 2000);
    set(Bias, kind ? QString::number(kind->bias) : QStringLiteral("–"), kind ? kind->bias : -1);
    setNumber(Largest, limits.largest);
    setNumber(SmallestNormal, limits.smallestNormal);
    setNumber(SmallestSubnormal, limits.smallestSubnormal);
    setNumber(Epsilon, limits.epsilon);
    set(Specials, specialsText(format), kind ? int(kind->specials) : 99);
    set(Sentence, formatText(format.sentence), double(m_rows.size()));
    m_rows.push_back(std::move(row));
}

int FormatTableModel::rowOf(const QString& id) const
{
    const auto found = std::ranges::find_if(m_rows, [&](const Row& row) { return formatText(row.format->id) == id; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

int FormatTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int FormatTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant FormatTableModel::data(const QModelIndex& index, int role) const
{
    const Row& row = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole: return row.text[index.column()];
    case Qt::UserRole: return row.order[index.column()];
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1: %2").arg(tr(columns[index.column()].heading), row.text[index.column()]);
    case Qt::AccessibleDescriptionRole: return formatText(row.format->sentence);
    default: return {};
    }
}

QVariant FormatTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole)
        return tr(columns[section].heading);
    if (role == Qt::ToolTipRole)
        return tr(columns[section].explanation);
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == Bits || (section >= Bias && section <= Epsilon) ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

QByteArray FormatTableModel::csv() const
{
    QString text = QStringLiteral("id,name,bits,layout,bias,largest,smallestNormal,smallestSubnormal,epsilon,specials\n");
    for (const Row& row : m_rows) {
        const FormatLimits limits = limitsOf(*row.format);
        const auto number = [](const std::optional<double>& value) {
            return value ? QString::number(*value, 'g', 17) : QString();
        };
        const QStringList cells{formatText(row.format->id), u'"' + row.text[Name] + u'"', row.text[Bits],
                                u'"' + row.text[Layout] + u'"', row.format->asFloat() ? row.text[Bias] : QString(),
                                number(limits.largest), number(limits.smallestNormal), number(limits.smallestSubnormal),
                                number(limits.epsilon), u'"' + row.text[Specials] + u'"'};
        text += cells.join(u',') + u'\n';
    }
    return text.toUtf8();
}

}  // namespace quantoscope
