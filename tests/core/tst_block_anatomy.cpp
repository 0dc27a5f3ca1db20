// SPDX-License-Identifier: Apache-2.0
#include "core/quantization/block_anatomy.h"

#include "tests/test_case.h"

#include <set>

using namespace quantoscope;

class TestBlockAnatomy : public QObject {
    Q_OBJECT

    /// "2S 16V": how many bytes of each kind stand one after the other.
    static QString written(const BlockAnatomy& anatomy, const std::vector<BlockAnatomy::Byte>& bytes)
    {
        QString text;
        for (std::size_t i = 0; i < bytes.size();) {
            std::size_t end = i;
            while (end < bytes.size() && anatomy.role(bytes[end]) == anatomy.role(bytes[i]))
                ++end;
            text += QStringLiteral("%1%2 ").arg(end - i).arg(QLatin1Char("VsSu"[int(anatomy.role(bytes[i]))]));
            i = end;
        }
        return text.trimmed();
    }

private slots:
    /// The structs of ggml-common.h and the layouts of OCP MX and NVFP4.
    void bytesHaveTheRolesOfTheReferenceStructs_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("codes");
        QTest::addColumn<QString>("scales");
        QTest::addColumn<int>("subBlock");
        QTest::newRow("block_q4_0: d, qs") << "q4_0" << "2S 16V" << "" << 32;
        QTest::newRow("block_q8_0: d, qs") << "q8_0" << "2S 32V" << "" << 32;
        QTest::newRow("block_q5_1: d, m, qh, qs") << "q5_1" << "4S 20V" << "" << 32;
        QTest::newRow("block_q4_K: d, dmin, scales, qs") << "q4_k" << "4S 12s 128V" << "" << 32;
        QTest::newRow("block_q5_K: d, dmin, scales, qh, qs") << "q5_k" << "4S 12s 160V" << "" << 32;
        QTest::newRow("block_q6_K: ql, qh, scales, d") << "q6_k" << "192V 16s 2S" << "" << 16;
        QTest::newRow("block_q2_K: scales, qs, d, dmin") << "q2_k" << "16s 64V 4S" << "" << 16;
        QTest::newRow("block_q3_K: hmask, qs, scales, d") << "q3_k" << "96V 12s 2S" << "" << 16;
        QTest::newRow("OCP MXFP4: a code a byte, E8M0") << "mxfp4" << "32V" << "1S" << 32;
        QTest::newRow("OCP MXINT8") << "mxint8" << "32V" << "1S" << 32;
    }
    void bytesHaveTheRolesOfTheReferenceStructs()
    {
        QFETCH(QString, format);
        QFETCH(QString, codes);
        QFETCH(QString, scales);
        QFETCH(int, subBlock);
        const BlockFormat* row = findBlockFormat(format.toStdString());
        QVERIFY(row);
        const BlockAnatomy anatomy = blockAnatomy(*row);
        QCOMPARE(written(anatomy, anatomy.codes), codes);
        QCOMPARE(written(anatomy, anatomy.scales), scales);
        QCOMPARE(anatomy.subBlock, subBlock);
    }

    void everyValueOfEveryFormatHasBitsOfItsOwn()
    {
        for (const BlockFormat& format : blockFormats()) {
            if (format.elements > 256)
                continue;
            const BlockAnatomy anatomy = blockAnatomy(format);
            std::set<int> reached;
            for (const BlockAnatomy::Byte& byte : anatomy.codes)
                for (const BitReach& reach : byte)
                    if (reach.count > 0 && anatomy.role(byte) == ByteRole::Value)
                        for (int i = reach.first; i <= reach.last; i += std::max(1, reach.last - reach.first))
                            reached.insert(i);
            QVERIFY2(int(reached.size()) > format.elements * 3 / 4, format.id.data());
            QVERIFY(anatomy.subBlock >= 1 && anatomy.subBlock <= format.elements);
        }
    }
};

QUANTOSCOPE_TEST(tst_block_anatomy, TestBlockAnatomy)
#include "tst_block_anatomy.moc"
