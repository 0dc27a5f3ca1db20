// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/page.h"

#include <QtGlobal>

#include <algorithm>
#include <vector>

namespace quantoscope {

namespace {

// A row appears in the rail, the palette, settings, links and `--page`, in this order. Rows exist for
// pages that exist. Order: numbers, quantize, models, gemm, lessons, reference.
const std::vector<PageRow> rows{
    {"numbers", QT_TRANSLATE_NOOP("Pages", "Numbers"), "numbers", makeNumbersPage},
    {"quantize", QT_TRANSLATE_NOOP("Pages", "Quantize"), "quantize", makeQuantizePage},
    {"models", QT_TRANSLATE_NOOP("Pages", "Models"), "models", makeModelsPage},
    {"gemm", QT_TRANSLATE_NOOP("Pages", "GEMM"), "gemm", makeGemmPage},
    {"lessons", QT_TRANSLATE_NOOP("Pages", "Lessons"), "lessons", makeLessonsPage},
    {"reference", QT_TRANSLATE_NOOP("Pages", "Reference"), "reference", makeReferencePage},
};

}  // namespace

std::span<const PageRow> pages()
{
    return rows;
}

const PageRow* findPage(QStringView id)
{
    const auto found = std::ranges::find_if(rows, [id](const PageRow& row) { return id == QLatin1String(row.id); });
    return found == rows.end() ? nullptr : &*found;
}

}  // namespace quantoscope
