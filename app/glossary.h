// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace quantoscope {

/// One term, explained in a sentence or two. The rows are in assets/glossary.json.
struct GlossaryTerm {
    QString id;          ///< "sqnr": in links and lessons.
    QString title;       ///< "SQNR"
    QString text;
    QStringList related; ///< Ids.
};

/// All terms by title, read when first asked for; empty where the file is missing or broken.
const std::vector<GlossaryTerm>& glossary();
const GlossaryTerm* findTerm(const QString& id);

}  // namespace quantoscope
