// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/reference/datasheet_table.h"
#include "app/pages/reference/gpu_timeline.h"
#include "tests/test_case.h"
#include "widgets/controls.h"

#include <QSet>

using namespace quantoscope;

class TestGpuTimeline : public QObject {
    Q_OBJECT

private slots:
    void everyNumberOfTheChosenGpuHasItsSourceBesideIt()
    {
        GpuTimeline timeline;
        timeline.resize(1000, 700);
        timeline.show();
        const auto sheets = *loadGpuDatasheets();
        QCOMPARE(timeline.gpuCount(), int(sheets.size()));
        for (const GpuDatasheet& sheet : sheets) {
            timeline.setGpu(QString::fromStdString(sheet.id));
            QCOMPARE(timeline.gpu(), QString::fromStdString(sheet.id));
            QSet<QString> shown;
            for (const TextLabel* label : timeline.findChild<DatasheetTable*>()->findChildren<TextLabel*>())
                shown << label->text();
            for (const auto& [kind, number] : sheet.teraflops) {
                QVERIFY2(shown.contains(QString::fromStdString(rateKindName(kind))), sheet.name.c_str());
                QVERIFY2(std::ranges::any_of(shown, [&](const QString& text) { return text.startsWith(QString::fromStdString(number.source)); }),
                         sheet.name.c_str());
            }
        }
    }

    void aGpuThatIsNotInTheListIsNotChosen()
    {
        GpuTimeline timeline;
        timeline.setGpu(QStringLiteral("rtx4090"));
        timeline.setGpu(QStringLiteral("abacus"));
        timeline.setQuantity(QStringLiteral("beauty"));
        QCOMPARE(timeline.gpu(), QStringLiteral("rtx4090"));
        QCOMPARE(timeline.quantity(), QStringLiteral("rate"));
    }

    void theTableForOtherProgramsHasEveryNumberWithItsAddress()
    {
        GpuTimeline timeline;
        qsizetype numbers = 1;   // The head.
        const auto sheets = *loadGpuDatasheets();
        for (const GpuDatasheet& sheet : sheets)
            numbers += qsizetype(sheet.teraflops.size()) + 2;
        const QList<QByteArray> lines = timeline.csv().trimmed().split('\n');
        QCOMPARE(lines.size(), numbers);
        for (const QByteArray& line : lines.mid(1))
            QVERIFY2(line.contains("\"https://"), line.constData());
    }
};

QUANTOSCOPE_TEST(tst_gpu_timeline, TestGpuTimeline)
#include "tst_gpu_timeline.moc"
