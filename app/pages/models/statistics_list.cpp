// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/statistics_list.h"

#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QGridLayout>

namespace quantoscope {

namespace {

QString tr(const char* text, const char* comment = nullptr)
{
    return QCoreApplication::translate("StatisticsList", text, comment);
}

QString withShare(std::uint64_t part, std::uint64_t whole)
{
    const QString number = wholeNumber(double(part));
    return part == 0 || whole == 0 ? number : number + QStringLiteral(" · ") + percentText(double(part) / double(whole));
}

}  // namespace

std::vector<std::pair<QString, QString>> summaryRows(const Summary& s)
{
    const auto number = [](double value) { return roundedNumber(value, 6); };
    std::vector<std::pair<QString, QString>> rows{
        {tr("Weights"), wholeNumber(double(s.count))},
        {tr("Min"), number(s.min)},
        {tr("Max"), number(s.max)},
        {tr("Mean"), number(s.mean)},
        {tr("Standard deviation"), number(s.standardDeviation)},
        {tr("Largest magnitude"), number(s.absoluteMaximum)},
        {tr("Excess kurtosis"), number(s.kurtosis)},
        {tr("Outliers beyond 6 σ"), withShare(s.outliers, s.count)},
        {tr("Zeros"), withShare(s.zeros, s.count)},
        {tr("Subnormals"), withShare(s.subnormals, s.count)},
        {tr("NaN"), withShare(s.nan, s.count)},
        {tr("Infinities"), withShare(s.infinite, s.count)},
    };
    for (std::size_t i = 0; i < s.quantiles.size(); ++i) {
        const double share = Summary::quantileShares[i];
        rows.emplace_back(share == 0.5 ? tr("Median") : tr("%1 % quantile").arg(share * 100), number(s.quantiles[i]));
    }
    return rows;
}

StatisticsList::StatisticsList(QWidget* parent)
    : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Statistics"));
    auto* sheet = new QWidget(this);
    m_grid = new QGridLayout(sheet);
    m_grid->setContentsMargins(0, space::tight, space::normal, space::tight);
    m_grid->setHorizontalSpacing(space::normal);
    m_grid->setVerticalSpacing(3);
    m_grid->setColumnStretch(0, 1);
    m_note = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, sheet);
    m_note->setWordWrap(true);
    setWidget(sheet);
    // Both fill themselves with the window's colour otherwise; behind them is a card.
    sheet->setAutoFillBackground(false);
    viewport()->setAutoFillBackground(false);
    m_grid->addWidget(m_note, 1000, 0, 1, 2);
    m_grid->setRowStretch(1001, 1);
}

void StatisticsList::showNote(const QString& note)
{
    for (const Row& row : m_rows) {
        row.name->hide();
        row.value->hide();
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

void StatisticsList::showSummary(const std::optional<Summary>& summary, bool isExact)
{
    showNote(!summary || isExact ? QString() : tr("Quantiles and kurtosis are within a bin's width until the values were read once more."));
    if (!summary)
        return;
    const auto rows = summaryRows(*summary);
    while (m_rows.size() < rows.size()) {
        const int at = int(m_rows.size());
        auto* name = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, widget());
        auto* value = new TextLabel({}, 12, QFont::Normal, TextTone::Normal, widget());
        value->setMono(true);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_grid->addWidget(name, at, 0);
        m_grid->addWidget(value, at, 1, Qt::AlignRight);
        m_rows.push_back({name, value});
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i].name->setText(rows[i].first);
        m_rows[i].value->setText(rows[i].second);
        m_rows[i].value->setAccessibleName(rows[i].first + u' ' + rows[i].second);
        m_rows[i].name->show();
        m_rows[i].value->show();
    }
}

}  // namespace quantoscope
