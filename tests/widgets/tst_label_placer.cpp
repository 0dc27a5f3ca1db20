// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/label_placer.h"

#include "tests/test_case.h"

using namespace quantoscope;

class TestLabelPlacer : public QObject {
    Q_OBJECT

private slots:
    void labelsDoNotLieOnEachOther()
    {
        LabelPlacer placer(QRectF(0, 0, 400, 300));
        std::vector<QRectF> places;
        for (int i = 0; i < 5; ++i)
            places.push_back(placer.place(QPointF(200 + i, 150 + i), 8, QSizeF(60, 20)));
        for (std::size_t i = 0; i < places.size(); ++i) {
            for (std::size_t j = i + 1; j < places.size(); ++j)
                QVERIFY(places[i].intersected(places[j]).isEmpty());
        }
    }

    void manyLabelsMakeRoomForEachOtherAndTheRestGiveUp()
    {
        // Seventeen marks in three crowds, as the kernels of a processor lie.
        const QRectF area(0, 0, 460, 250);
        std::vector<LabelPlacer::Wish> wishes;
        for (int i = 0; i < 17; ++i)
            wishes.push_back({QPointF(300 + 60 * (i % 3) + 3 * i, 60 + 70 * (i % 2) + 4 * i), QSizeF(70 + 5 * (i % 4), 16)});
        LabelPlacer placer(area);
        for (const LabelPlacer::Wish& wish : wishes)
            placer.block(QRectF(wish.mark.x() - 8, wish.mark.y() - 8, 16, 16));
        const auto places = placer.placeAll(wishes, 9);
        qsizetype placed = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
            if (!places[i])
                continue;
            ++placed;
            QVERIFY(area.contains(*places[i]));
            for (std::size_t j = i + 1; j < places.size(); ++j) {
                const QRectF both = places[j] ? places[i]->intersected(*places[j]) : QRectF();
                QVERIFY2(both.isEmpty() || both.width() * both.height() < 0.05 * 70 * 16, qPrintable(QString::number(both.width() * both.height())));
            }
        }
        QVERIFY2(placed >= 10, qPrintable(QString::number(placed)));
    }
};

QUANTOSCOPE_TEST(tst_label_placer, TestLabelPlacer)
#include "tst_label_placer.moc"
