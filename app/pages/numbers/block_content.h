// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"
#include "core/quantization/block_anatomy.h"

#include <QStringList>

#include <vector>

namespace quantoscope {

/// What a part of a block with a scale of its own can store: `levels` values from `low` in steps of `step`.
struct BlockBand {
    std::size_t first = 0, count = 0;   ///< Values.
    double low = 0, high = 0, step = 0;
};

/// Bits of one byte.
struct ByteBits {
    std::size_t byte = 0;
    quint8 bits = 0;
};

/// One block of a block format, encoded and decoded as the format's own program does it.
struct BlockContent {
    const BlockFormat* format = nullptr;
    QString name;                           ///< "MXFP4"
    std::vector<float> values, stored;
    std::vector<std::uint16_t> levels;      ///< The code of each value, as the format counts them.
    QByteArray codeBytes, scaleBytes;
    float tensorScale = 1;
    std::size_t outlier = 0;                ///< Index of the value that was made larger.
    double rmsError = 0;                    ///< Of all values but that one.
    double rmsErrorWithout = 0;             ///< The same where no value is made larger.
    int zeros = 0, zerosWithout = 0;        ///< Values other than 0 that are stored as 0.
    bool outlierClipped = false;            ///< The largest value is stored smaller by more than 5 %.
    QStringList sentences;

    BlockAnatomy anatomy;                   ///< Which byte is for what.
    std::vector<BlockBand> bands;           ///< One a sub-block, where its levels are evenly spaced.
    std::size_t chosen = 0;                 ///< The value that is looked at.
    std::vector<ByteBits> chosenCodes;      ///< Where its own bits lie.
    QString chosenWords;                    ///< "value 7 of 32: 1.17 is stored as 1, level 5, in bits 0 to 3 of byte 7"
};
BlockContent computeBlock(const BlockSettings&);

/// In the order of pickers: the formats with one block a picture has room for.
std::vector<const BlockFormat*> shownBlockFormats();
QString blockName(const BlockFormat&);

}  // namespace quantoscope
