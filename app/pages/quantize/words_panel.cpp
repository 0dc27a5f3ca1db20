// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/words_panel.h"

#include "app/pages/quantize/words_view.h"
#include "app/workspace.h"
#include "widgets/background_job.h"
#include "widgets/plot_text.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>

namespace quantoscope {

namespace {

constexpr std::size_t samples = 24;   ///< More than two lines hold at the usual widths.

}  // namespace

struct WordsPanel::Speaker {
    Model source;
    WordsModel model;
    std::vector<std::string> heldOut;
    WordLoss loss;
    std::uint64_t seed = 0;
    std::vector<std::string> words;
    ModelActivations activations;   ///< Made when a method is first asked for; empty before.
};

struct WordsPanel::Quantized {
    std::string scheme;
    std::uint64_t seed = 0;
    QuantizedWordsModel model;
    ModelSays said;
};

struct WordsPanel::Answer {
    std::shared_ptr<const Speaker> speaker;
    std::shared_ptr<const Quantized> quantized;
    std::optional<ModelSays> changed;   ///< With the changed weight.
};

WordsPanel::WordsPanel(Workspace& workspace, QWidget* parent)
    : Card(parent)
    , m_workspace(workspace)
    , m_job(new BackgroundJob(Pool::Bulk, this))
    , m_view(new WordsView(this))
    , m_other(new PushButton({}, PushButton::Role::Chip, this))
    , m_sentence(new TextLabel({}, 13, QFont::Normal, TextTone::Muted, this))
    , m_open(new PushButton(tr("Open the sample model"), PushButton::Role::Chip, this))
{
    layout()->setContentsMargins(space::gap, space::small, space::normal, space::small);
    auto* line = new QHBoxLayout;
    line->setSpacing(space::gap);
    line->addWidget(m_view, 1);
    line->addWidget(m_sentence, 1);
    line->addWidget(m_open, 0, Qt::AlignVCenter);
    auto* controls = new QHBoxLayout;
    controls->setSpacing(space::small);
    controls->addWidget(m_other, 0, Qt::AlignVCenter);
    line->addLayout(controls);
    body()->addLayout(line);
    m_sentence->setElides(true);
    m_other->setObjectName(QStringLiteral("otherWords"));
    m_other->setToolTip(tr("Draw other words; the seed says which."));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    showSeed();

    m_delay.setSingleShot(true);
    m_delay.setInterval(250);   // A hand that drags is not disturbed; a scheme that is chosen answers soon.
    connect(&m_delay, &QTimer::timeout, this, &WordsPanel::start);
    connect(m_job, &BackgroundJob::progressed, m_view, &WordsView::setProgress);
    connect(m_job, &BackgroundJob::finished, this, [this] { m_view->setProgress(-1); });
    connect(m_open, &QAbstractButton::clicked, &m_workspace, &Workspace::openSampleModel);
    connect(m_other, &QAbstractButton::clicked, this, [this] {
        setSeed(m_seed + 1);
        emit seedChanged();
    });
    connect(&m_workspace, &Workspace::schemeChanged, this, &WordsPanel::ask);
    connect(&m_workspace, &Workspace::modelChanged, this, [this] {
        m_speaker.reset();
        m_quantized.reset();
        ask();
    });
    ask();
}

WordsPanel::~WordsPanel() = default;

bool WordsPanel::isSettled() const
{
    return !isVisible() || (!m_delay.isActive() && !m_job->isRunning());
}

void WordsPanel::setCompact(bool compact)
{
    m_isCompact = compact;
    m_view->setCompact(compact);
    showSeed();
}

void WordsPanel::setMethod(const QString& id)
{
    const QString known = findCompensationMethod(id.toStdString()) ? id : QString();
    if (known == method())
        return;
    m_method = known;
    ask();
}

void WordsPanel::setPresenting(bool presenting)
{
    m_isPresenting = presenting;
    m_other->setVisible(!presenting && m_view->isVisibleTo(this));
}

bool hasEmbeddings(const std::shared_ptr<const TensorSource>& model)
{
    // Asked with every movement of a handle, and a model without them is searched to its end.
    static std::weak_ptr<const TensorSource> last;
    static bool has = false;
    if (!model)
        return false;
    if (last.lock() != model) {
        has = findTensor(*model, "token_embd.weight") && findTensor(*model, "position_embd.weight");
        last = model;
    }
    return has;
}

/// Any other model is recognised by its names, without reading a weight.
bool WordsPanel::maySpeak() const
{
    return hasEmbeddings(m_workspace.model());
}

void WordsPanel::setChangedWeight(std::optional<ChangedWeight> change)
{
    if (change == m_change)
        return;
    m_change = std::move(change);
    ask();
}

void WordsPanel::setSeed(std::uint64_t seed)
{
    if (seed == m_seed)
        return;
    m_seed = seed;
    showSeed();
    ask();
}

void WordsPanel::showSeed()
{
    m_other->setText(m_isCompact ? tr("Seed %1").arg(m_seed) : tr("Other words · seed %1").arg(m_seed));
    m_other->updateGeometry();
}

QString WordsPanel::commandLine() const
{
    if (!m_speaker)
        return {};
    return QStringLiteral("qscope language --scheme %1 --samples %2 --seed %3")
        .arg(QString::fromStdString(schemeText(CompensatedScheme{m_workspace.scheme(), findCompensationMethod(method().toStdString())})))
        .arg(samples)
        .arg(m_seed);
}

void WordsPanel::showEvent(QShowEvent* event)
{
    Card::showEvent(event);
    if (m_isStale)
        ask();
}

void WordsPanel::hideEvent(QHideEvent* event)
{
    Card::hideEvent(event);
    m_isStale = m_isStale || !isSettled() || m_job->isRunning() || m_delay.isActive();
    m_delay.stop();
    m_job->cancel();
}

void WordsPanel::ask()
{
    m_isStale = true;
    m_job->cancel();
    m_view->setStale(true);
    if (!maySpeak()) {
        m_delay.stop();
        m_isStale = false;
        showSentence(tr("Weight error is not task error: the sample model shows what a scheme does to its loss and its words."));
        return;
    }
    if (isVisible())
        m_delay.start();
}

void WordsPanel::showSentence(const QString& sentence)
{
    m_sentence->setText(sentence);
    m_sentence->show();
    m_open->setVisible(!m_workspace.model() || m_workspace.modelPath() != Workspace::sampleModelPath());
    m_view->hide();
    m_other->hide();
}

void WordsPanel::start()
{
    m_isStale = false;
    const auto work = [source = m_workspace.model(), scheme = CompensatedScheme{m_workspace.scheme(), findCompensationMethod(method().toStdString())}, seed = m_seed,
                       speaker = m_speaker, quantized = m_quantized, change = m_change](const Progress& progress) mutable -> Result<Answer> {
        const bool needsActivations = scheme.method && (!speaker || speaker->activations.empty());
        if (!speaker || speaker->seed != seed || needsActivations) {
            auto made = std::make_shared<Speaker>();
            if (speaker) {
                *made = *speaker;
            } else {
                auto model = WordsModel::load(*source, {progress.stop});
                auto words = heldOutWords();
                if (!model)
                    return tl::unexpected(model.error());
                if (!words)
                    return tl::unexpected(words.error());
                made->source = source;
                made->model = std::move(*model);
                made->heldOut.assign(words->begin(), words->begin() + std::ptrdiff_t(std::min(lossWords, words->size())));
                const auto loss = lossOf(made->model, made->heldOut, {progress.stop});
                if (!loss)
                    return tl::unexpected(loss.error());
                made->loss = *loss;
            }
            auto words = inventWords(made->model, samples, seed, {progress.stop});
            if (!words)
                return tl::unexpected(words.error());
            if (needsActivations) {
                const auto calibration = calibrationWords();
                if (!calibration)
                    return tl::unexpected(calibration.error());
                auto activations = activationsOf(made->model, *calibration, {progress.stop});
                if (!activations)
                    return tl::unexpected(activations.error());
                made->activations = std::move(*activations);
            }
            made->seed = seed;
            made->words = std::move(*words);
            speaker = made;
        }
        const std::string text = schemeText(scheme);
        if (!quantized || quantized->scheme != text || quantized->seed != seed) {
            auto model = quantizeModel(speaker->model, scheme, speaker->activations, progress);
            if (!model)
                return tl::unexpected(model.error());
            auto said = whatModelSays(model->model, speaker->heldOut, samples, seed, progress);
            if (!said)
                return tl::unexpected(said.error());
            quantized = std::make_shared<const Quantized>(Quantized{text, seed, std::move(*model), std::move(*said)});
        }
        Answer answer{speaker, quantized, {}};
        if (change) {
            WordsModel changed = quantized->model.model;
            if (auto done = changeWeight(changed, *change); !done)
                return tl::unexpected(done.error());
            auto said = whatModelSays(changed, speaker->heldOut, samples, seed, progress);
            if (!said)
                return tl::unexpected(said.error());
            answer.changed = std::move(*said);
        }
        return answer;
    };
    m_job->start(work, [this](Result<Answer> answer) {
        if (answer)
            show(std::move(*answer));
        else if (answer.error().kind != Error::Kind::Cancelled)
            showSentence(QString::fromStdString(answer.error().message));
        emit settled();
    });
}

void WordsPanel::show(Answer answer)
{
    m_speaker = answer.speaker;
    m_quantized = answer.quantized;
    const QuantizedWordsModel& model = m_quantized->model;
    const ModelSays& now = answer.changed ? *answer.changed : m_quantized->said;
    const std::vector<std::string>& before = answer.changed ? m_quantized->said.words : m_speaker->words;
    WordsView::Content content;
    content.isFlip = answer.changed.has_value();
    content.bitsPerCharacter = now.loss.bitsPerCharacter;
    content.original = answer.changed ? m_quantized->said.loss.bitsPerCharacter : m_speaker->loss.bitsPerCharacter;
    for (std::size_t i = 0; i < now.words.size(); ++i)
        content.words.push_back({QString::fromStdString(now.words[i]), now.words[i] != before[i]});
    const QString heldOut = wholeNumber(double(now.loss.words)), was = fixedNumber(content.original, 3);
    if (answer.changed) {
        const QString what = tr("Words with this one weight changed; bold: not as before the flip.");
        const QString shorter = tr("Bold: changed by the flip.");
        const QString fp32 = fixedNumber(m_speaker->loss.bitsPerCharacter, 3);
        content.basis = {tr("%1 Loss on %2 held-out words: %3 before, FP32 %4.").arg(what, heldOut, was, fp32),
                         tr("%1 Loss %2 before, FP32 %3.").arg(shorter, was, fp32), tr("%1 Loss %2 before.").arg(shorter, was), tr("Before: %1").arg(was)};
    } else {
        const CompensationMethod* const method = findCompensationMethod(m_method.toStdString());
        const QString with = method ? tr("With %1. ").arg(QString::fromUtf8(method->name.data(), qsizetype(method->name.size()))) : QString();
        const QString what = with + tr("Words it invents; bold: not as in FP32."), notTask = tr("Weight error is not task error");
        const QString on = tr("Loss on %1 held-out words, FP32 %2.").arg(heldOut, was);
        // What the matrices answer to real inputs lies between the two errors, where it was measured.
        const QString weights = tr("all weights %1 dB").arg(decibelText(model.sqnrDb));
        const QString decibels = std::isnan(model.outputSqnrDb)
                                   ? weights
                                   : tr("%1, outputs of the matrices %2 dB").arg(weights, decibelText(model.outputSqnrDb));
        const QString bits = tr("%1 bits a weight").arg(roundedNumber(model.bitsPerWeight, 3));
        content.basis = {what + u' ' + on + u' ' + notTask + QStringLiteral(": ") + decibels + QStringLiteral(", ") + bits + u'.',
                         what + u' ' + notTask + QStringLiteral(": ") + decibels + QStringLiteral(", ") + bits + u'.',
                         notTask + QStringLiteral(": ") + decibels + u'.', notTask + u'.'};
    }
    m_view->setContent(std::move(content));
    m_view->setStale(false);
    m_view->show();
    m_other->setVisible(!m_isPresenting);
    m_sentence->hide();
    m_open->hide();
}

}  // namespace quantoscope
