// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workspace.h"

#include "core/data_folder.h"
#include "core/files/model_file.h"
#include "gpu/client/gpu_client.h"
#include "widgets/background_job.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>

#include <algorithm>

namespace quantoscope {

namespace {

/// The last of the largest tensors: in a language model a layer deep inside, where weights are spread
/// widest, and not the embedding that usually comes first.
const TensorInfo* firstToShow(const TensorSource& model)
{
    const TensorInfo* best = nullptr;
    for (const TensorInfo& each : model.tensors()) {
        if (each.hasValues() && each.count > 0 && (!best || each.count >= best->count))
            best = &each;
    }
    return best;
}

std::filesystem::path nativePath(const QString& path)
{
    return std::filesystem::path(QFile::encodeName(path).toStdString());
}

}  // namespace

Workspace::Workspace(QObject* parent)
    : QObject(parent)
    , m_opening(new BackgroundJob(Pool::Interactive, this))
    , m_counting(new BackgroundJob(Pool::Bulk, this))
    , m_probing(new BackgroundJob(Pool::Bulk, this))
{
    // At four bits one sees what quantizing does; at eight the picture hardly changes.
    m_scheme.element = "int4";
    connect(m_opening, &BackgroundJob::started, this, &Workspace::openingChanged);
    connect(m_opening, &BackgroundJob::finished, this, &Workspace::openingChanged);
    connect(m_counting, &BackgroundJob::progressed, this, [this](double fraction) {
        m_countingProgress = fraction;
        emit countingProgressed(fraction);
    });
}

Workspace::~Workspace() = default;

void Workspace::openModel(const QString& path)
{
    m_openingPath = QFileInfo(path).absoluteFilePath();
    m_wantedTensor.clear();
    emit problem({});
    m_opening->start(
        [file = nativePath(m_openingPath)](Progress) { return openModelFile(file); },
        [this, path = m_openingPath](Result<Model> opened) {
            if (opened)
                setModel(std::move(*opened), path, std::nullopt);
            else if (opened.error().kind != Error::Kind::Cancelled)
                emit problem(QString::fromStdString(opened.error().message));
        });
}

void Workspace::cancelOpening()
{
    m_opening->cancel();
}

void Workspace::openSampleModel()
{
    const QString path = sampleModelPath();
    if (path.isEmpty())
        emit problem(tr("The sample model is not installed: no .safetensors file lies in %1.")
                         .arg(QDir(dataFolder()).filePath(QStringLiteral("assets/models"))));
    else
        openModel(path);
}

void Workspace::openSynthetic(const SyntheticRecipe& recipe)
{
    m_opening->cancel();
    auto made = makeSyntheticTensor(recipe);
    if (made)
        setModel(std::move(*made), {}, recipe);
    else
        emit problem(QString::fromStdString(made.error().message));
}

void Workspace::openNumbers(std::vector<float> numbers)
{
    m_opening->cancel();
    const Shape shape{std::int64_t(numbers.size())};
    setModel(makeTensor("pasted numbers", numbers, shape), {}, std::nullopt);
    m_numbers = std::move(numbers);
}

bool Workspace::isOpening() const
{
    return m_opening->isRunning();
}

void Workspace::setModel(Model model, const QString& path, std::optional<SyntheticRecipe> recipe)
{
    cancelCounting();
    m_tensor = nullptr;
    m_model = std::move(model);
    m_modelPath = path;
    m_synthetic = std::move(recipe);
    m_numbers.clear();
    m_counts.reset();
    if (m_model && !m_wantedTensor.isEmpty())
        m_tensor = findTensor(*m_model, m_wantedTensor.toStdString());
    if (m_model && !m_tensor)
        m_tensor = firstToShow(*m_model);
    m_wantedTensor.clear();
    emit modelChanged();
    emit tensorChanged();
    emit countsChanged();
}

void Workspace::chooseTensor(const QString& name)
{
    const std::string wanted = name.toStdString();
    if (!m_model || (m_tensor && m_tensor->name == wanted))
        return;
    if (const TensorInfo* found = findTensor(*m_model, wanted))
        chooseTensor(*found);
}

void Workspace::chooseTensor(const TensorInfo& tensor)
{
    if (&tensor == m_tensor)
        return;
    cancelCounting();
    m_tensor = &tensor;
    m_counts.reset();
    emit tensorChanged();
    emit countsChanged();
}

Counts Workspace::counts()
{
    const TensorInfo* chosen = tensor();
    if (m_counts || m_counting->isRunning() || !chosen || !chosen->hasValues())
        return m_counts;
    m_countingProgress = 0;
    m_counting->start(
        [model = m_model, info = *chosen](Progress progress) { return countValues(*model, info, std::move(progress)); },
        [this](Result<Counts> counted) {
            if (counted) {
                m_counts = std::move(*counted);
                emit countsChanged();
            } else if (counted.error().kind != Error::Kind::Cancelled) {
                emit problem(QString::fromStdString(counted.error().message));
            }
        });
    return m_counts;
}

bool Workspace::isCounting() const
{
    return m_counting->isRunning();
}

void Workspace::cancelCounting()
{
    m_counting->cancel();
}

void Workspace::setScheme(const QuantizationScheme& scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    emit schemeChanged();
}

void Workspace::findDevices()
{
    if (m_devicesKnown || m_probing->isRunning())
        return;
    m_probing->start(
        [](Progress) {
            std::vector<DeviceInfo> found{makeCpuBackend()->device()};
            for (DeviceInfo& gpu : findGpus())
                found.push_back(std::move(gpu));
            return found;
        },
        [this](std::vector<DeviceInfo> found) {
            m_devices = std::move(found);
            m_devicesKnown = true;
            emit devicesChanged();
        });
}

QJsonObject Workspace::state() const
{
    QJsonObject state;
    if (m_synthetic)
        state[u"synthetic"] = QString::fromStdString(syntheticRecipeText(*m_synthetic));
    else if (!m_modelPath.isEmpty())
        state[u"model"] = m_modelPath == sampleModelPath() ? QStringLiteral("sample") : m_modelPath;
    // More than fits a link is not kept: whoever pasted that much has it in a file.
    else if (!m_numbers.empty() && m_numbers.size() <= 4096) {
        QJsonArray numbers;
        for (const float number : m_numbers)
            numbers.append(double(number));
        state[u"numbers"] = numbers;
    }
    if (m_tensor)
        state[u"tensor"] = QString::fromStdString(m_tensor->name);
    state[u"scheme"] = QString::fromStdString(schemeText(m_scheme));
    return state;
}

void Workspace::setState(const QJsonObject& state)
{
    const QString wantedScheme = state[u"scheme"].toString();
    const auto scheme = parseScheme(wantedScheme.toStdString());
    if (scheme)
        setScheme(*scheme);
    openStated(state);
    // Last, for a model that opens clears what was said before.
    if (!scheme && !wantedScheme.isEmpty())
        emit problem(QString::fromStdString(scheme.error().message));
}

void Workspace::openStated(const QJsonObject& state)
{
    const QString wantedTensor = state[u"tensor"].toString();
    const QString model = state[u"model"].toString();
    const QString path = model == u"sample" ? sampleModelPath() : model;
    if (!path.isEmpty() && path != m_modelPath) {
        openModel(path);
        m_wantedTensor = wantedTensor;
        return;
    }
    if (const QString text = state[u"synthetic"].toString(); !text.isEmpty()) {
        const auto recipe = parseSyntheticRecipe(text.toStdString());
        const bool isOpen = m_synthetic && QString::fromStdString(syntheticRecipeText(*m_synthetic)) == text;
        if (recipe && !isOpen)
            openSynthetic(*recipe);
        else if (!recipe)
            emit problem(QString::fromStdString(recipe.error().message));
    }
    if (const QJsonArray values = state[u"numbers"].toArray(); !values.isEmpty()) {
        std::vector<float> numbers;
        for (const QJsonValue& value : values)
            numbers.push_back(float(value.toDouble()));
        if (numbers != m_numbers)
            openNumbers(std::move(numbers));
    }
    chooseTensor(wantedTensor);
}

QString Workspace::dataFolder()
{
    return QFile::decodeName(quantoscope::dataFolder().c_str());
}

QString Workspace::sampleModelPath()
{
    const QDir folder(QDir(dataFolder()).filePath(QStringLiteral("assets/models")));
    const QStringList files = folder.entryList({QStringLiteral("*.safetensors")}, QDir::Files, QDir::Name);
    return files.isEmpty() ? QString() : folder.absoluteFilePath(files.front());
}

}  // namespace quantoscope
