// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/models/file_sheet.h"

#include "app/pages/models/type_shares.h"
#include "core/files/file_bytes.h"
#include "core/files/file_formats.h"
#include "widgets/background_job.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/tensor_table_model.h"
#include "widgets/theme.h"

#include <QAbstractTableModel>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QGridLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <filesystem>
#include <set>

namespace quantoscope {

namespace {

/// A value may be a whole tokenizer: this much of it is shown.
constexpr std::size_t shownOfValue = 64 * 1024;

QString textOf(const std::string& bytes, std::size_t atMost)
{
    const std::size_t size = std::min(bytes.size(), atMost);
    return QString::fromUtf8(bytes.data(), qsizetype(size));
}

}  // namespace

/// Keys and values as the file has them, cut to a line.
class MetadataModel : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setModel(const TensorSource* model)
    {
        beginResetModel();
        m_model = model;
        endResetModel();
    }
    int rowCount(const QModelIndex& parent = {}) const override
    {
        return parent.isValid() || !m_model ? 0 : int(m_model->metadata().size());
    }
    int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : 2; }
    QVariant data(const QModelIndex& index, int role) const override
    {
        if (!index.isValid())
            return {};
        if (role == Qt::FontRole)
            return index.column() == 0 ? uiFont(12, QFont::Medium) : monoFont(12);
        if (role != Qt::DisplayRole)
            return {};
        const auto& [key, value] = m_model->metadata()[std::size_t(index.row())];
        return index.column() == 0 ? textOf(key, 200) : textOf(value, 300).simplified();
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override
    {
        if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
            return {};
        return section == 0 ? FileSheet::tr("Key") : FileSheet::tr("Value");
    }

private:
    const TensorSource* m_model = nullptr;
};

FileSheet::FileSheet(QWidget* parent)
    : QWidget(parent)
    , m_looking(new BackgroundJob(Pool::Interactive, this))
    , m_metadata(new MetadataModel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::normal);
    column->addWidget(m_factsCard = new Card(this));
    m_factsCard->setTitle(tr("File"));
    m_facts = new QGridLayout;
    m_facts->setHorizontalSpacing(space::gap);
    m_facts->setVerticalSpacing(space::tight);
    m_facts->setColumnStretch(1, 1);
    m_factsCard->body()->addLayout(m_facts);
    m_factsCard->body()->addWidget(m_shares = new TypeShares(this));

    column->addWidget(m_metadataCard = new Card(this), 1);
    m_table = new QTableView(this);
    m_table->setModel(m_metadata);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->setColumnWidth(0, 240);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setMinimumSectionSize(16);
    m_table->setAccessibleName(tr("Metadata"));
    m_value = new QPlainTextEdit(this);
    m_value->setReadOnly(true);
    m_value->setTabChangesFocus(true);
    m_value->setFont(monoFont(12));
    m_value->setFrameShape(QFrame::NoFrame);
    m_value->setAccessibleName(tr("The chosen value"));
    m_metadataCard->body()->addWidget(m_table, 1);
    m_metadataCard->body()->addWidget(m_key = new TextLabel({}, 12, QFont::DemiBold, TextTone::Muted, this));
    m_metadataCard->body()->addWidget(m_value);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { showEntry(now.row()); });
}

void FileSheet::showModel(const TensorSource* model, const QString& path)
{
    m_model = model;
    m_path = path;
    m_metadata->setModel(model);
    m_looking->cancel();
    m_isStale = true;
    if (isVisible())
        describe();
}

/// Once somebody looks: the bytes by type ask every tensor, the largest value is a whole tokenizer.
void FileSheet::describe()
{
    m_isStale = false;
    const TensorSource* model = m_model;
    m_value->hide();
    m_key->hide();
    m_table->verticalHeader()->setDefaultSectionSize(QFontMetrics(monoFont(12)).height() + 9);
    const double entries = model ? double(model->metadata().size()) : 0;
    m_metadataCard->setTitle(tr("Metadata"), entries == 0 ? tr("this file has none") : tr("%1 entries").arg(wholeNumber(entries)));
    m_table->setVisible(entries > 0);
    if (model)
        showFacts(*model);
    m_shares->setModel(model);
    if (entries > 0)
        m_table->selectRow(0);
}

bool FileSheet::isSettled() const
{
    return !m_looking->isRunning();
}

void FileSheet::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isStale)
        describe();
}

namespace {

struct FileFacts {
    double bytes = 0;
    QString format;
};

/// Asks the disk, which may be at the other end of a network.
FileFacts factsOfFile(const QString& path)
{
    FileFacts facts{double(QFileInfo(path).size()), {}};
    if (const auto file = FileBytes::open(std::filesystem::path(QFile::encodeName(path).toStdString())))
        if (const auto format = recognizeFile(**file))
            facts.format = QString::fromUtf8((*format)->name.data(), qsizetype((*format)->name.size()));
    return facts;
}

}  // namespace

void FileSheet::showFacts(const TensorSource& model)
{
    while (QLayoutItem* item = m_facts->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto add = [this](const QString& name, const QString& value) {
        const int row = m_facts->rowCount();
        m_facts->addWidget(new TextLabel(name, 13, QFont::Normal, TextTone::Muted, this), row, 0, Qt::AlignTop);
        auto* label = new TextLabel(value, 13, QFont::Normal, TextTone::Normal, this);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        label->setWordWrap(true);
        label->setAccessibleName(name + u' ' + value);
        m_facts->addWidget(label, row, 1);
        return label;
    };
    add(tr("Name"), QString::fromStdString(model.name()));
    if (m_path.isEmpty()) {
        add(tr("Source"), tr("made by the program, in no file"));
    } else {
        add(tr("Path"), QDir::toNativeSeparators(m_path));
        TextLabel* size = add(tr("Size"), QStringLiteral("…"));
        TextLabel* format = add(tr("Format"), QStringLiteral("…"));
        m_looking->start([path = m_path](const Progress&) { return factsOfFile(path); },
                         [size, format](const FileFacts& facts) {
                             size->setText(tr("%1 · %2 bytes").arg(byteWords(facts.bytes), wholeNumber(facts.bytes)));
                             size->setAccessibleName(tr("Size") + u' ' + size->text());
                             format->setText(facts.format.isEmpty() ? QStringLiteral("–") : facts.format);
                             format->setAccessibleName(tr("Format") + u' ' + format->text());
                         });
    }
    double weights = 0, bytes = 0;
    std::set<std::string> files;
    for (const TensorInfo& info : model.tensors()) {
        weights += double(info.count);
        bytes += double(info.bytes);
        files.insert(info.file);
    }
    add(tr("Tensors"), tr("%1 with %2 elements in %3").arg(wholeNumber(double(model.tensors().size())), wholeNumber(weights), byteWords(bytes)));
    if (files.size() > 1) {
        QStringList names;
        for (const std::string& file : files)
            if (names.size() < 8)
                names << QString::fromStdString(file);
        add(tr("Shards"), tr("%1: %2").arg(wholeNumber(double(files.size())), names.join(QStringLiteral(", ")))
                              + (files.size() > 8 ? QStringLiteral(" …") : QString()));
    }
}

void FileSheet::showEntry(int row)
{
    if (!m_model || row < 0 || row >= int(m_model->metadata().size()))
        return;
    const std::string& value = m_model->metadata()[std::size_t(row)].second;
    QString text = textOf(value, shownOfValue);
    if (value.size() > shownOfValue)
        text += tr("\n… %1 of %2 shown").arg(byteWords(double(shownOfValue)), byteWords(double(value.size())));
    m_value->setPlainText(text);
    // A value that fits its row is not said twice.
    const bool isLong = value.size() > 90 || value.find('\n') != value.npos;
    m_key->setText(textOf(m_model->metadata()[std::size_t(row)].first, 200));
    m_key->setVisible(isLong);
    m_value->setVisible(isLong);
    const int lines = std::clamp(int(value.size() / 100) + int(text.count(u'\n')) + 1, 2, 9);
    m_value->setFixedHeight(lines * QFontMetrics(monoFont(12)).lineSpacing() + 14);
}

}  // namespace quantoscope
