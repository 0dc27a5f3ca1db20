// SPDX-License-Identifier: GPL-3.0-or-later
// What the Models page is made of, its sentences, and what it gives to others.
#include "app/pages/models/file_sheet.h"
#include "app/pages/models/filter_bar.h"
#include "app/pages/models/model_scan.h"
#include "app/pages/models/models_page.h"
#include "app/pages/models/statistics_list.h"
#include "app/pages/models/tensor_panel.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/tensor_table.h"
#include "widgets/theme.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace quantoscope {

QWidget* ModelsPage::makeEmptyState()
{
    auto* sheet = new QWidget(this);
    auto* outer = new QVBoxLayout(sheet);
    outer->setContentsMargins(space::gap, space::gap, space::gap, space::gap);
    auto* card = new Card(sheet);
    outer->addWidget(card);
    QVBoxLayout* body = card->body();
    body->setSpacing(space::gap);
    body->addStretch(2);
    body->addWidget(new TextLabel(tr("Which tensors of a model will hurt at four bits?"), 20, QFont::DemiBold), 0, Qt::AlignHCenter);
    auto* sentence = new TextLabel(tr("Open a model file: every tensor appears with its histogram, its outliers and the error "
                                      "that the scheme in the top line would make on it. Nothing is loaded whole; what is on "
                                      "the screen is read first."),
                                   13, QFont::Normal, TextTone::Muted);
    sentence->setWordWrap(true);
    sentence->setAlignment(Qt::AlignHCenter);
    auto* sentenceLine = new QHBoxLayout;
    sentenceLine->addStretch(1);
    sentenceLine->addWidget(sentence, 6);
    sentenceLine->addStretch(1);
    sentence->setMaximumWidth(580);
    body->addLayout(sentenceLine);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::normal);
    buttons->addStretch(1);
    const bool hasSample = !Workspace::sampleModelPath().isEmpty();
    auto* sample = new PushButton(tr("Open the sample model"), PushButton::Role::Primary);
    auto* open = new PushButton(tr("Open a file …"), hasSample ? PushButton::Role::Quiet : PushButton::Role::Primary);
    open->setKeyHint(tr("Ctrl+O"));
    sample->setObjectName(QStringLiteral("openSample"));
    open->setObjectName(QStringLiteral("openFile"));
    buttons->addWidget(sample);
    buttons->addWidget(open);
    sample->setVisible(hasSample);
    buttons->addStretch(1);
    body->addLayout(buttons);
    body->addWidget(new TextLabel(tr("Or drop a .safetensors, .safetensors.index.json, .gguf or .npy file anywhere on the window."), 12,
                                  QFont::Normal, TextTone::Faint),
                    0, Qt::AlignHCenter);
    body->addStretch(3);
    connect(sample, &QAbstractButton::clicked, &m_workspace, &Workspace::openSampleModel);
    connect(open, &QAbstractButton::clicked, this, [this] {
        const QString path = QFileDialog::getOpenFileName(this, tr("Open a model"));
        if (!path.isEmpty())
            m_workspace.openModel(path);
    });
    return sheet;
}

QWidget* ModelsPage::makeModelSheet()
{
    auto* sheet = new QWidget(this);
    auto* column = new QVBoxLayout(sheet);
    column->setContentsMargins(space::gap, space::tight, space::gap, space::gap);
    column->setSpacing(space::small);
    auto* head = new QHBoxLayout;
    head->addWidget(m_tabs = new TabStrip(sheet));
    m_tabs->addTab(QStringLiteral("tensors"), tr("Tensors"));
    m_tabs->addTab(QStringLiteral("file"), tr("File"));
    head->addStretch(1);
    head->addWidget(m_summary = new TextLabel({}, 12, QFont::Normal, TextTone::Muted, sheet));
    column->addLayout(head);

    m_tensorsSheet = new QWidget(sheet);
    m_columns = new QHBoxLayout(m_tensorsSheet);
    m_columns->setContentsMargins(0, 0, 0, 0);
    m_columns->setSpacing(space::normal);
    auto* card = new Card(m_tensorsSheet);
    card->layout()->setContentsMargins(1, space::normal, 1, space::small);
    QVBoxLayout* body = card->body();
    body->setSpacing(space::small);
    auto* barLine = new QHBoxLayout;
    barLine->setContentsMargins(space::normal, 0, space::normal, 0);
    barLine->addWidget(m_bar = new FilterBar(card));
    body->addLayout(barLine);
    body->addWidget(m_table = new TensorTable(card), 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::gap, 0, space::gap, 0);
    foot->setSpacing(space::normal);
    // As high as with Cancel in it: the table must not jump when a scan begins.
    foot->addStrut(QFontMetrics(uiFont(12)).height() + 13);
    foot->addWidget(m_verdict = new TextLabel({}, 12, QFont::Medium, TextTone::Normal, card), 1);
    m_verdict->setMinimumWidth(80);
    m_verdict->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    foot->addWidget(m_hints = new TextLabel(tr("Enter opens in Quantize · C copies the row"), 12, QFont::Normal, TextTone::Muted, card));
    foot->addWidget(m_progress = new ProgressLine(card));
    foot->addWidget(m_resume = new PushButton(tr("Go on scanning"), PushButton::Role::Chip, card));
    m_resume->hide();
    body->addLayout(foot);
    m_columns->addWidget(card, 1);
    m_columns->addWidget(m_panel = new TensorPanel(m_tensorsSheet));
    column->addWidget(m_tensorsSheet, 1);
    column->addWidget(m_file = new FileSheet(sheet), 1);
    m_file->hide();

    auto* find = new QShortcut(QKeySequence::Find, this);
    find->setContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, [this] {
        showTab(QStringLiteral("tensors"));
        m_bar->search()->setFocus();
        m_bar->search()->selectAll();
    });
    return sheet;
}

void ModelsPage::arrange()
{
    const double scale = theme().typeScale;
    const int wide = std::clamp(int(width() * 0.34), int(300 * std::min(scale, 1.3)), int(std::max(470 * scale, width() * 0.30)));
    m_panel->setFixedWidth(wide);
    m_panel->setVisible(width() >= 620);
    m_bar->setCompact(width() - wide < 760 * scale);
    m_hints->setVisible(!m_scan->isRunning() && !m_scan->isCancelled() && width() > 1000 && !m_isPresenting);
}

void ModelsPage::resizeEvent(QResizeEvent* event)
{
    Figure::resizeEvent(event);
    arrange();
}

void ModelsPage::setPresenting(bool presenting)
{
    m_isPresenting = presenting;
    m_tabs->setVisible(!presenting);
    m_summary->setVisible(!presenting);
    m_bar->setVisible(!presenting);
    arrange();
}

QList<std::pair<QString, QString>> ModelsPage::keys() const
{
    return {{tr("↑ ↓"), tr("choose")}, {tr("← →"), tr("fold")}, {tr("Enter"), tr("Quantize")},
            {tr("Ctrl+F"), tr("search")}, {tr("C"), tr("copy row")}};
}

void ModelsPage::refreshSummary()
{
    const auto model = m_workspace.model();
    if (!model) {
        m_summary->clear();
        return;
    }
    double weights = 0, bytes = 0;
    std::map<std::string, double> types;
    for (const TensorInfo& info : model->tensors()) {
        weights += double(info.count);
        bytes += double(info.bytes);
        types[info.typeName] += double(info.bytes);
    }
    const auto most = std::ranges::max_element(types, {}, [](const auto& type) { return type.second; });
    const QString type = types.empty() ? QString() : QString::fromStdString(most->first);
    const QString count = weights >= 1e9   ? tr("%1 billion weights").arg(roundedNumber(weights / 1e9, 4))
                          : weights >= 1e6 ? tr("%1 million weights").arg(roundedNumber(weights / 1e6, 4))
                                           : tr("%1 weights").arg(wholeNumber(weights));
    QStringList words{tr("%1 tensors").arg(wholeNumber(double(model->tensors().size()))), count};
    if (!types.empty())
        words << (types.size() == 1 ? tr("%1 in %2") : tr("%1, most in %2")).arg(byteWords(bytes), type);
    m_summary->setText(words.join(QStringLiteral(" · ")));
}

void ModelsPage::refreshVerdict()
{
    const ModelScan::Tally& tally = m_scan->tally();
    if (!m_workspace.model() || tally.matrices == 0) {
        m_verdict->setText(m_workspace.model() ? tr("No weight matrices here: nothing would be quantized.") : QString());
        return;
    }
    const QString db = fixedNumber(m_threshold, 0);
    const bool isWhole = tally.known >= tally.matrices;
    QString text = isWhole ? tr("%1 of %2 weight matrices are below %3 dB") : tr("So far %1 of %2 weight matrices are below %3 dB");
    text = text.arg(wholeNumber(tally.below), wholeNumber(isWhole ? tally.matrices : tally.known), db);
    if (!isWhole && !m_scan->isRunning() && !m_scan->isCancelled()) {
        // All was seen; some matrices the scheme cannot be put on, or they cannot be read.
        text = tr("%1 of %2 weight matrices are below %3 dB, %4 have no result")
                   .arg(wholeNumber(tally.below), wholeNumber(tally.matrices), db, wholeNumber(tally.matrices - tally.known));
    }
    const auto& roles = tally.rolesBelow;
    if (tally.below > 1 && roles.size() == 1)
        text += tr(", all %1").arg(roles.begin()->first);
    else if (tally.below > 2 && roles.size() == 2)
        text += tr(", all %1 or %2").arg(roles.begin()->first, std::next(roles.begin())->first);
    const auto fits = [this](const QString& words) {
        const int room = m_verdict->parentWidget()->width() - 2 * space::gap - (m_scan->isRunning() ? m_progress->sizeHint().width() + 60 : 0);
        return QFontMetrics(uiFont(12, QFont::Medium)).horizontalAdvance(words) < room;
    };
    const QString shortText = (isWhole ? tr("%1 of %2 below %3 dB") : tr("So far %1 of %2 below %3 dB"))
                                  .arg(wholeNumber(tally.below), wholeNumber(isWhole ? tally.matrices : tally.known), db);
    m_verdict->setText(fits(text) ? text + u'.' : shortText);
    m_verdict->setToolTip(text + u'.');
}

QVariantMap ModelsPage::readings() const
{
    const ModelScan::Tally& tally = m_scan->tally();
    QVariantMap values{{QStringLiteral("matrices"), tally.matrices}, {QStringLiteral("matricesKnown"), tally.known},
                       {QStringLiteral("matricesBelow"), tally.below}, {QStringLiteral("threshold"), m_threshold}};
    if (const TensorInfo* info = m_workspace.tensor())
        values[QStringLiteral("tensor")] = QString::fromStdString(info->name);
    const auto chosen = chosenIndex();
    const TensorFacts* facts = chosen ? m_table->tensors()->facts(*chosen) : nullptr;
    if (facts && facts->sqnrState == TensorFacts::Sqnr::Known)
        values[QStringLiteral("sqnr")] = facts->sqnrDb;
    if (m_panel->summary()) {
        values[QStringLiteral("kurtosis")] = m_panel->summary()->kurtosis;
        values[QStringLiteral("outliers")] = double(m_panel->summary()->outliers);
    }
    return values;
}

/// "sample model.safetensors" needs quotes where a shell would split it.
static QString quoted(const QString& word)
{
    static const QString harmless = QStringLiteral("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:,=@%");
    const bool plain = !word.isEmpty() && std::all_of(word.begin(), word.end(), [](QChar c) { return harmless.contains(c); });
    return plain ? word : u'\'' + QString(word).replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

QString ModelsPage::commandLine() const
{
    const TensorInfo* info = m_workspace.tensor();
    if (m_workspace.modelPath().isEmpty() || !info)
        return {};
    return QStringLiteral("qscope stats %1 %2").arg(quoted(m_workspace.modelPath()), quoted(QString::fromStdString(info->name)));
}

bool ModelsPage::hasCsv() const
{
    return m_table->tensors()->source() != nullptr;
}

QByteArray ModelsPage::csv() const
{
    const TensorTableModel& tensors = *m_table->tensors();
    if (!tensors.source())
        return {};
    const auto number = [](double value) { return QByteArray::number(value, 'g', 17); };
    const auto quotedName = [](std::string name) {
        for (std::size_t at = 0; (at = name.find('"', at)) != name.npos; at += 2)
            name.insert(at, 1, '"');
        return QByteArray("\"") + name.c_str() + '"';
    };
    QByteArray out = "tensor,type,shape,bytes,count,min,max,mean,std,kurtosis,outliers,nan,inf,sqnr_db\n";
    for (const std::uint32_t tensor : tensors.shownTensors()) {
        const TensorInfo& info = tensors.source()->tensors()[tensor];
        QByteArray shape;
        for (const std::int64_t size : info.shape)
            shape += (shape.isEmpty() ? "" : "x") + QByteArray::number(qint64(size));
        out += quotedName(info.name) + ',' + quotedName(info.typeName) + ',' + shape + ',' + QByteArray::number(quint64(info.bytes))
            + ',' + QByteArray::number(qint64(info.count));
        const TensorFacts* facts = tensors.facts(tensor);
        if (facts && facts->isCounted) {
            for (const double value : {facts->min, facts->max, facts->mean, facts->deviation, facts->kurtosis})
                out += ',' + number(value);
            for (const std::uint64_t count : {facts->outliers, facts->nan, facts->infinite})
                out += ',' + QByteArray::number(quint64(count));
        } else {
            out += ",,,,,,,,";
        }
        const bool hasSqnr = isWeightMatrix(info) && facts && facts->sqnrState == TensorFacts::Sqnr::Known;
        out += ',' + (hasSqnr ? number(facts->sqnrDb) : QByteArray()) + '\n';
    }
    return out;
}

}  // namespace quantoscope
