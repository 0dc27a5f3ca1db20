// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/glossary.h"

#include "app/workspace.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace quantoscope {

namespace {

std::vector<GlossaryTerm> readGlossary()
{
    QFile file(QDir(Workspace::dataFolder()).filePath(QStringLiteral("assets/glossary.json")));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    std::vector<GlossaryTerm> terms;
    for (const QJsonValue& value : QJsonDocument::fromJson(file.readAll()).array()) {
        const QJsonObject object = value.toObject();
        GlossaryTerm term{object[u"id"].toString(), object[u"term"].toString(), object[u"text"].toString(), {}};
        for (const QJsonValue& related : object[u"related"].toArray())
            term.related << related.toString();
        if (!term.id.isEmpty() && !term.title.isEmpty())
            terms.push_back(std::move(term));
    }
    std::ranges::sort(terms, [](const GlossaryTerm& a, const GlossaryTerm& b) {
        return a.title.compare(b.title, Qt::CaseInsensitive) < 0;
    });
    return terms;
}

}  // namespace

const std::vector<GlossaryTerm>& glossary()
{
    static const std::vector<GlossaryTerm> terms = readGlossary();
    return terms;
}

const GlossaryTerm* findTerm(const QString& id)
{
    const auto& terms = glossary();
    const auto found = std::ranges::find(terms, id, &GlossaryTerm::id);
    return found == terms.end() ? nullptr : &*found;
}

}  // namespace quantoscope
