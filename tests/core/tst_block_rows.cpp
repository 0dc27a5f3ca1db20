// SPDX-License-Identifier: Apache-2.0
#include "core/random.h"
#include "core/tensors/block_rows.h"

#include "tests/core/every_instruction_set.h"
#include "tests/test_case.h"

#include <cstring>

using namespace quantoscope;

class TestBlockRows : public QObject {
    Q_OBJECT

private slots:
    void manyBlocksAreBlocksOneByOne_data()
    {
        QTest::addColumn<quint32>("id");
        for (const BlockType& type : blockTypes())
            if (type.decode)
                QTest::newRow(std::string(type.id).c_str()) << quint32(type.ggmlId);
    }
    void manyBlocksAreBlocksOneByOne()
    {
        QFETCH(quint32, id);
        const BlockType& type = *findBlockType(id);
        constexpr std::size_t blocks = 197;
        const RandomStream random(id);
        std::vector<std::uint8_t> bytes(blocks * std::size_t(type.bytes));
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = std::uint8_t(random.bits(i));
        std::vector<float> expected(blocks * std::size_t(type.elements));
        for (std::size_t i = 0; i < blocks; ++i)
            type.decode(bytes.data() + i * std::size_t(type.bytes), expected.data() + i * std::size_t(type.elements));
        forEveryInstructionSet([&](const char* set) {
            std::vector<float> values(expected.size());
            decodeBlocks(type, bytes.data(), blocks, values.data());
            for (std::size_t i = 0; i < values.size(); ++i)   // bit for bit, but for what a NaN carries
                QVERIFY2(std::memcmp(&values[i], &expected[i], sizeof(float)) == 0 || (values[i] != values[i] && expected[i] != expected[i]), set);
        });
    }
};

QUANTOSCOPE_TEST(tst_block_rows, TestBlockRows)
#include "tst_block_rows.moc"
