// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/palette.h"

#include "app/glossary.h"
#include "app/link.h"
#include "app/main_window.h"
#include "app/page.h"
#include "app/workspace.h"
#include "core/formats/number_format.h"

#include <QAction>
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>

namespace quantoscope {

namespace {

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

void findLink(MainWindow& window, PaletteMatches& matches)
{
    // A pasted link is an entry of its own, whatever else it might match.
    const QString query = matches.query();
    if (!looksLikeLink(query))
        return;
    const auto link = parseLink(query);
    const QString details = link ? MainWindow::tr("page %1").arg(link->page)
                                 : QString::fromStdString(link.error().message);
    matches.offerScored(5000, {MainWindow::tr("Open this link"), details, {}, [&window, query] { window.openLink(query); }});
}

void findPages(MainWindow& window, PaletteMatches& matches)
{
    int number = 0;
    for (const PageRow& row : pages()) {
        const QString id = QLatin1String(row.id);
        matches.offer({QCoreApplication::translate("Pages", row.title), {}, QStringLiteral("Ctrl+%1").arg(++number),
                       [&window, id] { window.showPage(id); }},
                      MainWindow::tr("page"));
    }
}

void findActions(MainWindow& window, PaletteMatches& matches)
{
    for (QAction* action : window.commands()) {
        if (!action->isEnabled() || action->text().isEmpty())
            continue;
        matches.offer({action->text(), action->statusTip(), action->shortcut().toString(QKeySequence::NativeText),
                       [action] { action->trigger(); }},
                      action->whatsThis());
    }
}

void findRecentFiles(MainWindow& window, PaletteMatches& matches)
{
    for (const QString& path : window.settings().recentFiles) {
        const QFileInfo file(path);
        matches.offer({file.fileName(), QDir::toNativeSeparators(file.path()), {},
                       [&window, path] { window.openFile(path); }});
    }
}

void findFormats(MainWindow& window, PaletteMatches& matches)
{
    for (const NumberFormat& format : numberFormats()) {
        const QString id = text(format.id);
        matches.offer({text(format.name), text(format.sentence), {}, [&window, id] { window.showFormat(id); }}, id);
    }
    if (matches.query().isEmpty())
        return;   // Five hundred rows that nobody asked for.
    for (const NumberFormat& format : formatsOf("p3109")) {
        const QString id = text(format.id);
        matches.offer({text(format.name), text(format.sentence), {}, [&window, id] { window.showFormat(id); }}, id);
    }
}

void findSchemes(MainWindow& window, PaletteMatches& matches)
{
    for (const NamedScheme& scheme : namedSchemes()) {
        const QString words = text(scheme.text);
        matches.offer({text(scheme.id), text(scheme.sentence), {}, [&window, words] { window.chooseScheme(words); }},
                      words);
    }
}

void findTensors(MainWindow& window, PaletteMatches& matches)
{
    const Model model = window.workspace().model();
    if (!model)
        return;
    const TensorHits searched = matches.tensors() ? TensorHits() : findTensorsNamed(*model, matches.query());
    for (const TensorHit& hit : matches.tensors() ? *matches.tensors() : searched) {
        if (matches.isFull() || hit.score <= matches.threshold())
            break;
        const TensorInfo& tensor = model->tensors()[hit.tensor];
        const QString name = QString::fromStdString(tensor.name);
        matches.offerScored(hit.score, {name, QString::fromStdString(tensor.typeName + " · " + shapeText(tensor.shape)), {},
                                        [&window, name] { window.chooseTensor(name); }});
    }
}

/// The title of a lesson is the first heading of its file.
QString titleOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    for (int line = 0; line < 40 && !file.atEnd(); ++line) {
        const QString words = QString::fromUtf8(file.readLine(1000)).trimmed();
        if (words.startsWith(u"# "))
            return words.mid(2);
        if (words.startsWith(u"title:"))
            return words.mid(6).trimmed();
    }
    return {};
}

void findLessons(MainWindow& window, PaletteMatches& matches)
{
    if (!findPage(u"lessons"))
        return;
    const QDir folder(QDir(Workspace::dataFolder()).filePath(QStringLiteral("lessons")));
    // Read once, not with every letter.
    static QHash<QString, std::pair<QDateTime, QString>> titles;
    for (const QFileInfo& file : folder.entryInfoList({QStringLiteral("*.md")}, QDir::Files, QDir::Name)) {
        auto& [read, title] = titles[file.filePath()];
        if (read != file.lastModified())
            title = titleOf(file.filePath());
        read = file.lastModified();
        if (title.isEmpty() || file.baseName().compare(u"README", Qt::CaseInsensitive) == 0)
            continue;
        const QString id = file.completeBaseName();
        matches.offer({title, MainWindow::tr("lesson"), {}, [&window, id] {
                           window.showPage(QStringLiteral("lessons"), {{QStringLiteral("lesson"), id}});
                       }});
    }
}

void findTerms(MainWindow& window, PaletteMatches& matches)
{
    if (!findPage(u"reference"))
        return;
    for (const GlossaryTerm& term : glossary()) {
        const QString id = term.id;
        matches.offer({term.title, term.text, {}, [&window, id] {
                           window.showPage(QStringLiteral("reference"), {{QStringLiteral("tab"), QStringLiteral("glossary")},
                                                                         {QStringLiteral("term"), id}});
                       }});
    }
}

const PaletteSource rows[] = {
    {"link", QT_TRANSLATE_NOOP("PaletteSources", "Link"), 1, findLink},
    {"pages", QT_TRANSLATE_NOOP("PaletteSources", "Pages"), 6, findPages},
    {"commands", QT_TRANSLATE_NOOP("PaletteSources", "Commands and settings"), 30, findActions},
    {"recent", QT_TRANSLATE_NOOP("PaletteSources", "Recent files"), 5, findRecentFiles},
    {"formats", QT_TRANSLATE_NOOP("PaletteSources", "Formats"), 12, findFormats},
    {"schemes", QT_TRANSLATE_NOOP("PaletteSources", "Schemes"), 12, findSchemes},
    {"tensors", QT_TRANSLATE_NOOP("PaletteSources", "Tensors"), 30, findTensors},
    {"lessons", QT_TRANSLATE_NOOP("PaletteSources", "Lessons"), 10, findLessons},
    {"terms", QT_TRANSLATE_NOOP("PaletteSources", "Terms"), 12, findTerms},
};

}  // namespace

std::span<const PaletteSource> paletteSources()
{
    return rows;
}

}  // namespace quantoscope
