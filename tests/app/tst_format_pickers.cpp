// SPDX-License-Identifier: GPL-3.0-or-later
// Every format of the table, everywhere a format can be picked: a picker that lacks a row fails here. (The scheme
// editor has the same test in tests/widgets, qscope in tests/command_line.)
#include "app/link.h"
#include "app/pages/numbers/line_card.h"
#include "app/pages/numbers/rows_card.h"
#include "app/pages/reference/format_table_model.h"
#include "core/formats/arithmetic.h"
#include "core/formats/convert_array.h"
#include "core/formats/running_sum.h"
#include "core/formats/stored_number.h"
#include "tests/app/named_widget.h"
#include "tests/app/numbers_page.h"
#include "tests/test_case.h"
#include "widgets/controls.h"
#include "widgets/code_grid.h"

#include <QMenu>

#include <cmath>
#include <cstring>

using namespace quantoscope;
using namespace quantoscope::test;

namespace {

const QString built = QStringLiteral("float:1.4.2:9:extended");

QString idOf(const NumberFormat& format)
{
    return QString::fromUtf8(format.id.data(), qsizetype(format.id.size()));
}

/// The whole table, IEEE P3109 included, and a built format.
std::vector<const NumberFormat*> everyFormat()
{
    std::vector<const NumberFormat*> all{findNumberFormat(built.toStdString())};
    for (const FormatFamily& family : formatFamilies())
        for (const NumberFormat& format : formatsOf(family.id))
            all.push_back(&format);
    return all;
}

/// All of the listed ones, and enough of the P3109 family to have each width, precision and kind among them.
std::vector<const NumberFormat*> formatsToShow()
{
    std::vector<const NumberFormat*> some;
    int p3109 = 0;
    for (const NumberFormat* format : everyFormat())
        if (format->family != "p3109" || p3109++ % 13 == 0)
            some.push_back(format);
    return some;
}

QStringList idsOf(QMenu* menu)
{
    emit menu->aboutToShow();
    QStringList ids;
    for (QAction* action : menu->actions()) {
        if (action->menu())
            ids << idsOf(action->menu());
        else if (!action->data().toString().isEmpty())
            ids << action->data().toString();
    }
    return ids;
}

}  // namespace

class TestFormatPickers : public QObject {
    Q_OBJECT

private slots:
    void theMenuOfRowsOffersEveryFormatOnce()
    {
        RowsCard card;
        card.setSavedFormats({built});
        QMenu menu;
        card.fillMenu(menu, {});
        const QStringList ids = idsOf(&menu);
        for (const NumberFormat* format : everyFormat())
            QVERIFY2(ids.count(idOf(*format)) == 1, qPrintable(idOf(*format)));
        QCOMPARE(ids.size(), qsizetype(everyFormat().size()));
    }

    void theReferenceListsEveryFormat()
    {
        FormatTableModel model;
        QStringList ids;
        for (int row = 0; row < model.rowCount(); ++row)
            ids << idOf(model.format(row));
        for (const NumberFormat* format : everyFormat())
            QVERIFY2(idOf(*format) == built || ids.count(idOf(*format)) == 1, qPrintable(idOf(*format)));
    }

    void everyFormatShowsOnEveryTabAndGoesThroughALink_data()
    {
        QTest::addColumn<QString>("id");
        for (const NumberFormat* format : formatsToShow())
            QTest::addRow("%s", std::string(format->id).c_str()) << idOf(*format);
    }
    void everyFormatShowsOnEveryTabAndGoesThroughALink()
    {
        QFETCH(QString, id);
        const NumberFormat& format = *findNumberFormat(id.toStdString());
        const auto page = numbersPage("line", {{QStringLiteral("formats"), id + QStringLiteral(",fp64")}, {QStringLiteral("selected"), id}});
        for (const char* tab : {"line", "stairs", "values", "arithmetic"}) {
            Link link;
            link.page = QStringLiteral("numbers");
            link.state = page->state();
            link.state[QStringLiteral("tab")] = QLatin1String(tab);
            const Result<Link> read = parseLink(linkText(link));
            QVERIFY2(read.has_value(), qPrintable(linkText(link)));
            page->setState(read->state);
            QVERIFY(!page->grab().isNull());
            const QVariantMap readings = page->readings();
            QCOMPARE(readings[QStringLiteral("format")].toString(), id);
            QVERIFY(readings.contains(id + QStringLiteral(".code")));
            QVERIFY(page->commandLine().contains(id));
            QVERIFY(page->csv().contains(id.toUtf8()) || std::string_view(tab) == "arithmetic");
            checkChoice(*page, id, tab, significantBitsOf(format));
        }
    }

    static void checkChoice(NumbersFigure& page, const QString& id, std::string_view tab, int bits)
    {
        const char* const name = tab == "stairs" ? "Format of the staircase" : tab == "values" ? "Format of the grid"
                               : tab == "arithmetic" ? "Format of the arithmetic" : nullptr;
        if (!name || (tab == "values" && bits > CodeGrid::mostBits))
            return;
        ChoiceButton* choice = named<ChoiceButton>(&page, QString::fromLatin1(name));
        QVERIFY2(choice, name);
        QCOMPARE(choice->current(), id);
        QVERIFY2(idsOf(choice->menu()).contains(id), name);
    }

    void everyFormatComputesAndConverts()
    {
        const std::vector<double> terms(40, 1.0);
        std::vector<float> values{0.25f, 1, 2.5f, -3, 100};
        for (const NumberFormat* format : everyFormat()) {
            const char* const id = format->id.data();
            const Code one = encode(*format, 1.0);
            QVERIFY2(std::isfinite(compute(*format, Operation::Multiply, one, one).stored.value), id);
            QVERIFY2(runningSum(*format, Summation::Pairwise, terms).has_value(), id);
            QVERIFY2(!describeCode(*format, one).exact.empty(), id);
            // Through FP32 and back as an array; what is wider goes through its own codes.
            std::vector<std::byte> codes(values.size() * storedBytesOf(*format)), fp32(values.size() * 4), back(fp32.size());
            std::memcpy(fp32.data(), values.data(), fp32.size());
            convertArray(*findNumberFormat("fp32"), fp32, *format, codes);
            convertArray(*format, codes, *findNumberFormat("fp32"), back);
            for (std::size_t i = 0; i < values.size(); ++i) {
                float stored;
                std::memcpy(&stored, back.data() + 4 * i, 4);
                const double expected = valueOf(*format, encode(*format, double(values[i])));
                QVERIFY2(stored == float(expected) || (std::isnan(stored) && std::isnan(expected)), id);
            }
        }
    }
};

QUANTOSCOPE_TEST(tst_format_pickers, TestFormatPickers)
#include "tst_format_pickers.moc"
