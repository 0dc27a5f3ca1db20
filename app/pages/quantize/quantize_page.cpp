// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/quantize_page.h"

#include "app/built_formats.h"

#include "app/pages/quantize/pasted_numbers.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/source_bar.h"
#include "app/pages/quantize/words_panel.h"
#include "app/workspace.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_editor.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPlainTextEdit>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace quantoscope {

Figure* makeQuantizePage(Workspace& workspace, QWidget* parent)
{
    return new QuantizePage(workspace, parent);
}

QuantizePage::QuantizePage(Workspace& workspace, QWidget* parent)
    : Figure(parent)
    , m_workspace(workspace)
    , m_figure(new QuantizeFigure(QuantizeFigure::Weights::FromOwner, this))
    , m_stack(new QStackedLayout)
{
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(space::gap, space::normal, space::gap, space::gap);
    outer->setSpacing(space::small);
    outer->addLayout(m_stack, 1);
    outer->addWidget(m_words = new WordsPanel(workspace, this));
    m_stack->addWidget(m_figure);
    m_stack->addWidget(m_empty = makeEmptyState());
    m_stack->addWidget(m_paste = makePasteSheet());

    connect(m_figure, &Figure::changed, this, &Figure::changed);
    connect(m_figure, &Figure::readingsChanged, this, &Figure::readingsChanged);
    connect(m_figure, &Figure::settled, this, &Figure::settled);
    connect(m_figure, &Figure::problem, this, &Figure::problem);
    // What is built on the page Numbers is an element here at once.
    const auto offerBuilt = [this] { m_figure->editor()->setOwnFormats(builtFormats(m_workspace.profile())); };
    connect(m_figure->editor()->word(QStringLiteral("element"))->menu(), &QMenu::aboutToShow, this, offerBuilt);
    connect(m_figure, &QuantizeFigure::schemeEdited, this, [this](const QuantizationScheme& scheme) {
        m_workspace.setScheme(scheme);
    });
    connect(m_figure, &QuantizeFigure::numbersRequested, this, [this](const QJsonObject& state) {
        m_workspace.requestPage(QStringLiteral("numbers"), state);
    });
    connect(m_figure, &QuantizeFigure::changedWeightChanged, this, [this] {
        m_words->setChangedWeight(m_figure->hasWordsOfWeight() ? m_figure->changedWeight() : std::nullopt);
    });
    connect(m_figure->sourceBar(), &SourceBar::tensorChosen, this, [this](const QString& name) {
        m_workspace.chooseTensor(name);
        emit changed(tr("choose %1").arg(name), {});
    });
    connect(m_figure->sourceBar(), &SourceBar::recipeChosen, this, [this](const SyntheticRecipe& recipe, const QString& step) {
        m_workspace.openSynthetic(recipe);
        emit changed(step, {});
    });
    connect(m_figure->sourceBar(), &SourceBar::sampleRequested, &m_workspace, &Workspace::openSampleModel);
    connect(m_figure->sourceBar(), &SourceBar::pasteRequested, this, [this] {
        m_stack->setCurrentWidget(m_paste);
        m_pasteField->setFocus();
    });
    connect(&m_workspace, &Workspace::schemeChanged, this, [this] { m_figure->setScheme(m_workspace.scheme()); });
    // Counting starts when this page asks for the counts, which it does once it is seen.
    for (const auto signal : {&Workspace::tensorChanged, &Workspace::countsChanged}) {
        connect(&m_workspace, signal, this, [this] {
            m_isStale = true;
            if (isVisible())
                followWorkspace();
            arrangeWords();
        });
    }
    connect(m_words, &WordsPanel::settled, this, &Figure::settled);
    connect(m_words, &WordsPanel::seedChanged, this, [this] { emit changed(tr("draw other words"), {}); });
    connect(m_figure, &QuantizeFigure::methodEdited, m_words, &WordsPanel::setMethod);
    connect(m_stack, &QStackedLayout::currentChanged, this, &QuantizePage::arrangeWords);
    m_figure->setScheme(m_workspace.scheme());
    followWorkspace();
}

/// What the model says belongs to the figure, and gives way where the figure is all there is room for.
void QuantizePage::arrangeWords()
{
    const double scale = uiFont(13).pixelSize() / 13.0;
    m_words->setCompact(m_isPresenting || width() < 1120 * scale || height() < 760 * scale);
    // A hall sees what the model says where it can speak and there is height for it; keys do the rest.
    m_words->setPresenting(m_isPresenting);
    const bool isSeen = m_showsAll && (!m_isPresenting || (m_words->maySpeak() && height() >= 400 * scale));
    m_words->setVisible(m_stack->currentWidget() == m_figure && isSeen);
}

void QuantizePage::resizeEvent(QResizeEvent* event)
{
    Figure::resizeEvent(event);
    arrangeWords();
}

QWidget* QuantizePage::makeEmptyState()
{
    auto* sheet = new QWidget(this);
    auto* outer = new QVBoxLayout(sheet);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card(sheet);
    outer->addWidget(card);
    QVBoxLayout* body = card->body();
    body->setContentsMargins(space::margin, space::margin, space::margin, space::margin);
    body->setSpacing(space::gap);
    body->addStretch(2);
    body->addWidget(new TextLabel(tr("See what quantization does to weights"), 20, QFont::DemiBold), 0, Qt::AlignHCenter);
    auto* sentence = new TextLabel(tr("Choose some weights: their histogram appears with the levels they would be stored as, "
                                      "the error between the two, and two handles to drag."),
                                   13, QFont::Normal, TextTone::Muted);
    sentence->setWordWrap(true);
    sentence->setAlignment(Qt::AlignHCenter);
    sentence->setMinimumWidth(320);
    sentence->setMaximumWidth(560);
    auto* sentenceLine = new QHBoxLayout;
    sentenceLine->addStretch(1);
    sentenceLine->addWidget(sentence, 6);
    sentenceLine->addStretch(1);
    body->addLayout(sentenceLine);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::normal);
    buttons->addStretch(1);
    const bool hasSample = !Workspace::sampleModelPath().isEmpty();
    auto* sample = new PushButton(tr("Open the sample model"), PushButton::Role::Primary);
    auto* synthetic = new PushButton(tr("Draw %1 normal weights").arg(wholeNumber(double(SyntheticRecipe().count))), hasSample ? PushButton::Role::Quiet : PushButton::Role::Primary);
    auto* paste = new PushButton(tr("Paste numbers"));
    for (PushButton* button : {sample, synthetic, paste})
        buttons->addWidget(button);
    sample->setVisible(hasSample);
    buttons->addStretch(1);
    body->addLayout(buttons);
    body->addWidget(new TextLabel(tr("Or drop a .safetensors, .gguf or .npy file anywhere on the window."), 12, QFont::Normal, TextTone::Faint),
                    0, Qt::AlignHCenter);
    body->addStretch(3);
    sample->setObjectName(QStringLiteral("openSample"));
    synthetic->setObjectName(QStringLiteral("drawNormal"));
    connect(sample, &QAbstractButton::clicked, &m_workspace, &Workspace::openSampleModel);
    connect(synthetic, &QAbstractButton::clicked, this, [this] {
        m_workspace.openSynthetic(SyntheticRecipe());
        emit changed(tr("draw synthetic weights"), {});
    });
    connect(paste, &QAbstractButton::clicked, this, [this] {
        m_stack->setCurrentWidget(m_paste);
        m_pasteField->setFocus();
    });
    return sheet;
}

QWidget* QuantizePage::makePasteSheet()
{
    auto* sheet = new QWidget(this);
    auto* outer = new QVBoxLayout(sheet);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* card = new Card(sheet);
    outer->addWidget(card);
    card->setTitle(tr("Paste numbers"), tr("with spaces, commas or lines between them"));
    m_pasteField = new QPlainTextEdit(card);
    m_pasteField->setObjectName(QStringLiteral("pasteField"));
    m_pasteField->setAccessibleName(tr("Numbers"));
    m_pasteField->setPlaceholderText(tr("0.5 -0.25 1.75 1e-3 …"));
    m_pasteField->setTabChangesFocus(true);
    card->body()->addWidget(m_pasteField, 1);
    m_pasteProblem = new TextLabel({}, 13, QFont::Medium, TextTone::Error);
    m_pasteProblem->setObjectName(QStringLiteral("pasteProblem"));
    m_pasteProblem->setWordWrap(true);
    m_pasteProblem->hide();
    card->body()->addWidget(m_pasteProblem);
    auto* buttons = new QHBoxLayout;
    auto* use = new PushButton(tr("Use these numbers"), PushButton::Role::Primary);
    use->setObjectName(QStringLiteral("usePasted"));
    auto* back = new PushButton(tr("Back"));
    buttons->addWidget(use);
    buttons->addWidget(back);
    buttons->addStretch(1);
    card->body()->addLayout(buttons);
    connect(use, &QAbstractButton::clicked, this, &QuantizePage::usePastedNumbers);
    connect(back, &QAbstractButton::clicked, this, &QuantizePage::followWorkspace);
    return sheet;
}

void QuantizePage::usePastedNumbers()
{
    auto numbers = parsePastedNumbers(m_pasteField->toPlainText());
    m_pasteProblem->setVisible(!numbers);
    if (!numbers) {
        m_pasteProblem->setText(QString::fromStdString(numbers.error().message));
        return;
    }
    m_workspace.openNumbers(std::move(*numbers));
    emit changed(tr("paste numbers"), {});
    followWorkspace();
}

/// "sample model.safetensors" needs quotes where a shell would split it.
static QString quoted(const QString& word)
{
    static const QString harmless = QStringLiteral("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:,=@%");
    const bool plain = !word.isEmpty() && std::all_of(word.begin(), word.end(), [](QChar c) { return harmless.contains(c); });
    return plain ? word : u'\'' + QString(word).replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

void QuantizePage::followWorkspace()
{
    m_isStale = false;
    const TensorInfo* tensor = m_workspace.tensor();
    const bool isFile = !m_workspace.modelPath().isEmpty();
    m_stack->setCurrentWidget(m_workspace.model() ? m_figure : m_empty);
    const Counts counts = isVisible() ? m_workspace.counts() : nullptr;
    m_isStale = !counts && !isVisible();
    const QString arguments = m_workspace.isSynthetic()
        ? QStringLiteral("--synthetic ") + QString::fromStdString(syntheticRecipeText(*m_workspace.syntheticRecipe()))
        : isFile && tensor ? quoted(m_workspace.modelPath()) + u' ' + quoted(QString::fromStdString(tensor->name))
                           : QString();
    m_figure->setSourceArguments(arguments);
    m_figure->sourceBar()->showSource(isFile ? m_workspace.model().get() : nullptr, tensor, m_workspace.syntheticRecipe());
    m_figure->setSource(m_workspace.model(), tensor, counts);
    if (tensor && !tensor->hasValues())
        emit problem(tr("The values of %1 are of a type that cannot be read (%2); choose another tensor.")
                         .arg(QString::fromStdString(tensor->name), QString::fromStdString(tensor->typeName)));
}

/// The keyboard is with the page when one goes there: its keys are the figure's, and Enter opens the
/// sample model where nothing is open.
void QuantizePage::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    auto* sample = m_empty->findChild<QAbstractButton*>(QStringLiteral("openSample"));
    if (m_stack->currentWidget() == m_empty && isEnter && sample && !sample->isHidden())
        sample->click();
    else if (m_stack->currentWidget() != m_figure || !m_figure->handleKey(*event))
        Figure::keyPressEvent(event);
}

void QuantizePage::showEvent(QShowEvent* event)
{
    Figure::showEvent(event);
    if (m_isStale)
        followWorkspace();
}

bool QuantizePage::isSettled() const
{
    return !m_workspace.isOpening() && !m_workspace.isCounting() && m_figure->isSettled() && m_words->isSettled();
}

/// A lesson's figure brings its weights and its scheme along when it is opened here.
void QuantizePage::setState(const QJsonObject& state)
{
    QJsonObject chosen;
    for (const QString& key : {QStringLiteral("scheme"), QStringLiteral("synthetic"), QStringLiteral("tensor")}) {
        if (state.contains(key))
            chosen[key] = state[key];
    }
    if (!chosen.isEmpty())
        m_workspace.setState(chosen);
    m_figure->setState(state);
    m_words->setSeed(std::uint64_t(state[u"words"].toInteger(7)));
}

QJsonObject QuantizePage::state() const
{
    QJsonObject state = m_figure->state();
    if (m_words->seed() != 7)
        state[u"words"] = qint64(m_words->seed());
    return state;
}

QString QuantizePage::commandLine() const
{
    const QString words = m_words->isVisibleTo(this) ? m_words->commandLine() : QString();
    return words.isEmpty() ? m_figure->commandLine() : m_figure->commandLine() + u'\n' + words;
}

void QuantizePage::showOnlyControls(const QStringList& names)
{
    m_showsAll = names.isEmpty();
    m_figure->showOnlyControls(names);
    arrangeWords();
}

void QuantizePage::setPresenting(bool presenting)
{
    m_isPresenting = presenting;
    m_figure->setPresenting(presenting);
    arrangeWords();
}

QVariantMap QuantizePage::readings() const { return m_figure->readings(); }
QByteArray QuantizePage::csv() const { return m_figure->csv(); }
QList<std::pair<QString, QString>> QuantizePage::keys() const { return m_figure->keys(); }
void QuantizePage::toggleGhost() { m_figure->toggleGhost(); }

}  // namespace quantoscope
