// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/datasheet_table.h"

#include "core/gemm/gpu_datasheets.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QGridLayout>

#include <cmath>

namespace quantoscope {

namespace {

enum Column { What, Value, Bytes, Source };

/// One thousandth of a byte has no round name: "1/1875 of a byte".
QString bytesText(double bytes)
{
    return bytes >= 1 ? roundedNumber(bytes, 2) : QStringLiteral("1/") + wholeNumber(std::round(1 / bytes));
}

/// As the source has it: 2250, 66.9, 14 000.
QString publishedText(double value)
{
    return value >= 10000 ? wholeNumber(value) : QString::number(value, 'g', 6);
}

QString sourceText(const PublishedNumber& number)
{
    const QString source = QString::fromStdString(number.source);
    return number.note.empty() ? source : QObject::tr("%1 (%2)").arg(source, QString::fromStdString(number.note));
}

}  // namespace

DatasheetTable::DatasheetTable(QWidget* parent)
    : QWidget(parent)
    , m_lines(new QGridLayout(this))
{
    m_lines->setContentsMargins(0, 0, space::small, 0);
    m_lines->setHorizontalSpacing(space::gap);
    m_lines->setVerticalSpacing(space::tight);
    m_lines->setColumnStretch(Source, 1);
}

void DatasheetTable::addLine(const QString& what, const QString& value, const QString& bytes, const QString& source, bool isHead)
{
    const auto add = [&](const QString& text, Column column, QFont::Weight weight, TextTone tone, Qt::Alignment side) {
        auto* label = new TextLabel(text, 12, isHead ? QFont::Normal : weight, isHead ? TextTone::Muted : tone, this);
        label->setAlignment(side | Qt::AlignTop);
        label->setWordWrap(column == Source);
        m_lines->addWidget(label, m_lineCount, column);
    };
    add(what, What, QFont::DemiBold, TextTone::Normal, Qt::AlignLeft);
    add(value, Value, QFont::Normal, TextTone::Normal, Qt::AlignRight);
    add(bytes, Bytes, QFont::Normal, TextTone::Normal, Qt::AlignRight);
    add(source, Source, QFont::Normal, TextTone::Muted, Qt::AlignLeft);
    ++m_lineCount;
}

void DatasheetTable::setSheet(const GpuDatasheet& sheet)
{
    while (QLayoutItem* item = m_lines->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_lines->setRowStretch(m_lineCount, 0);   // A layout forgets no line on its own.
    m_lineCount = 0;
    addLine(QString::fromStdString(sheet.architecture), tr("tera-operations a second"), tr("bytes for one operation"), tr("source"), true);
    for (const RateKind& kind : rateKinds())
        if (const auto rate = sheet.teraflops.find(std::string(kind.id)); rate != sheet.teraflops.end())
            addLine(QString::fromStdString(rateKindName(kind.id)), publishedText(rate->second.value),
                    bytesText(*sheet.bytesPerOperation(rate->first)), sourceText(rate->second));
    addLine(tr("Memory"), tr("%1 GB").arg(publishedText(sheet.memoryGigabytes.value)), {}, sourceText(sheet.memoryGigabytes));
    addLine(tr("Bandwidth"), tr("%1 GB/s").arg(publishedText(sheet.gigabytesPerSecond.value)), {}, sourceText(sheet.gigabytesPerSecond));
    addLine(tr("Year"), QString::number(int(sheet.year.value)), {}, sourceText(sheet.year));
    if (!sheet.note.empty()) {
        auto* note = new TextLabel(QString::fromStdString(sheet.note), 12, QFont::Normal, TextTone::Muted, this);
        note->setWordWrap(true);
        m_lines->addWidget(note, m_lineCount++, What, 1, Source + 1);
    }
    m_lines->setRowStretch(m_lineCount, 1);
}

}  // namespace quantoscope
