// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/numbers/arithmetic_table.h"

#include "core/formats/built_format.h"
#include "core/formats/format_limits.h"

namespace quantoscope {

namespace {

QString idOf(Summation summation)
{
    for (const SummationRow& row : summationRows())
        if (row.summation == summation)
            return QString::fromUtf8(row.id.data(), qsizetype(row.id.size()));
    return {};
}

QByteArray number(double value)
{
    return QByteArray::fromStdString(valueText(value));
}

}  // namespace

QVariantMap readingsOf(const ArithmeticContent& arithmetic, const SumsContent& sums)
{
    const ArithmeticResult& result = arithmetic.result;
    QVariantMap all{{QStringLiteral("exact"), result.exact.toDouble()},
                    {QStringLiteral("rounded"), result.stored.value},
                    {QStringLiteral("resultCode"), QString::fromStdString(codeText(arithmetic.format, result.stored.code))},
                    {QStringLiteral("error"), result.stored.absoluteError},
                    {QStringLiteral("resultUlpError"), result.stored.ulpError},
                    {QStringLiteral("absorbedBits"), result.absorbedBits},
                    {QStringLiteral("cancelledBits"), result.cancelledBits},
                    {QStringLiteral("isAbsorbed"), result.isAbsorbed}};
    for (std::size_t i = 0; i < arithmetic.operands.size(); ++i)
        all.insert(QString(QChar(u'a' + char16_t(i))), arithmetic.operands[i].value);
    if (arithmetic.dot) {
        all.insert(QStringLiteral("fused"), arithmetic.dot->fused.value);
        all.insert(QStringLiteral("roundedEverywhere"), arithmetic.dot->roundedEverywhere.value);
    }
    for (const auto& [summation, sum] : sums.sums) {
        all.insert(idOf(summation) + QStringLiteral(".sum"), sum.result);
        if (sum.stuckAfter) {
            all.insert(idOf(summation) + QStringLiteral(".stuckAt"), sum.result);
            all.insert(idOf(summation) + QStringLiteral(".stuckAfter"), qulonglong(*sum.stuckAfter));
        }
        all.insert(QStringLiteral("exactSum"), sum.exactResult);
    }
    for (const char* key : {"stuckAt", "stuckAfter"})
        if (const auto naive = all.constFind(QStringLiteral("naive.") + QLatin1String(key)); naive != all.constEnd())
            all.insert(QLatin1String(key), *naive);
    return all;
}

QByteArray arithmeticTable(const ArithmeticContent& arithmetic, const SumsContent& sums)
{
    QByteArray text = "what,terms,value\n";
    for (std::size_t i = 0; i < arithmetic.operands.size(); ++i)
        text += QByteArray(1, char('a' + i)) + ",," + number(arithmetic.operands[i].value) + '\n';
    text += "exact,," + number(arithmetic.result.exact.toDouble()) + '\n';
    text += "rounded,," + number(arithmetic.result.stored.value) + '\n';
    if (arithmetic.dot)
        text += "fused,," + number(arithmetic.dot->fused.value) + "\nevery step rounded,," + number(arithmetic.dot->roundedEverywhere.value) + '\n';
    if (sums.sums.empty())
        return text;
    const auto series = [&](const QByteArray& name, const RunningSum& sum, const std::vector<double>& values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            text += name + ',' + QByteArray::number(qulonglong(sum.terms[i])) + ',' + number(values[i]) + '\n';
    };
    series("exact sum", sums.sums.front().second, sums.sums.front().second.exact);
    for (const auto& [summation, sum] : sums.sums)
        series(idOf(summation).toUtf8(), sum, sum.sums);
    return text;
}

QVariantMap readingsOf(const BlockContent& block)
{
    QVariantMap all{{QStringLiteral("rmsError"), block.rmsError}, {QStringLiteral("rmsErrorWithout"), block.rmsErrorWithout},
                    {QStringLiteral("zeros"), block.zeros}, {QStringLiteral("zerosWithout"), block.zerosWithout},
                    {QStringLiteral("bitsPerWeight"), block.format->bitsPerWeight},
                    {QStringLiteral("largestIsClipped"), block.outlierClipped}};
    if (block.scaleBytes.size() == 1)
        all.insert(QStringLiteral("scaleCode"), QStringLiteral("0x") + QString::fromLatin1(block.scaleBytes.toHex()).toUpper());
    return all;
}

QByteArray blockTable(const BlockContent& block)
{
    QByteArray text = "index,value,level,stored\n";
    for (std::size_t i = 0; i < block.values.size(); ++i)
        text += QByteArray::number(qulonglong(i)) + ',' + number(block.values[i]) + ',' + QByteArray::number(block.levels[i]) + ','
            + number(block.stored[i]) + '\n';
    return text;
}

QVariantMap readingsOfBuilt(const QString& id)
{
    const NumberFormat& format = *findBuiltFormat(id.toStdString());
    const FormatLimits limits = limitsOf(format);
    QVariantMap all{{QStringLiteral("built"), id}, {QStringLiteral("largest"), limits.largest}, {QStringLiteral("bits"), bitsOf(format)},
                    {QStringLiteral("finiteValues"), censusOf(*format.asFloat()).finite}};
    if (limits.smallestNormal)
        all.insert(QStringLiteral("smallestNormal"), *limits.smallestNormal);
    if (limits.smallestSubnormal)
        all.insert(QStringLiteral("smallestSubnormal"), *limits.smallestSubnormal);
    const Code one = encode(format, 1.0);
    if (valueOf(format, one) == 1)
        all.insert(QStringLiteral("epsilon"), valueOf(format, nextCode(format, one)) - 1);
    return all;
}

}  // namespace quantoscope
