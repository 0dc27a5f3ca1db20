// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/largest_list.h"

#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHeaderView>

#include <utility>

namespace quantoscope {

LargestList::LargestList(QWidget* parent)
    : QTableWidget(0, 4, parent)
{
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    setHorizontalHeaderLabels({tr("Row"), tr("Column"), tr("Weight"), tr("In σ")});
    horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    horizontalHeader()->setDefaultAlignment(Qt::AlignRight | Qt::AlignVCenter);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeaderItem(3)->setToolTip(tr("Distance from the mean in standard deviations"));
    setAccessibleName(tr("Largest weights"));
    connect(this, &QTableWidget::currentCellChanged, this, [this](int row) {
        if (!m_isFilling && row >= 0 && row < int(m_values.size()))
            emit placeChosen(m_values[std::size_t(row)].row, m_values[std::size_t(row)].column);
    });
    connect(this, &QTableWidget::cellActivated, this, &LargestList::placeOpened);
}

void LargestList::showValues(const std::vector<PlacedValue>& values, double mean, double deviation)
{
    const bool wasFilling = std::exchange(m_isFilling, true);
    m_values = values;
    setRowCount(int(values.size()));
    verticalHeader()->setDefaultSectionSize(QFontMetrics(monoFont(12)).height() + 7);
    for (int row = 0; row < rowCount(); ++row) {
        const PlacedValue& v = values[std::size_t(row)];
        const QString texts[] = {
            wholeNumber(double(v.row)), wholeNumber(double(v.column)), roundedNumber(v.value, 4),
            deviation > 0 ? fixedNumber((v.value - mean) / deviation, 1) : QString()};
        for (int column = 0; column < 4; ++column) {
            auto* item = new QTableWidgetItem(texts[column]);
            item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            item->setFont(monoFont(12));
            setItem(row, column, item);
        }
    }
    m_isFilling = wasFilling;
}

}  // namespace quantoscope
