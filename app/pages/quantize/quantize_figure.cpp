// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/quantize/quantize_figure.h"

#include "app/pages/quantize/channel_panel.h"
#include "app/pages/quantize/mark_list.h"
#include "app/pages/quantize/result_panel.h"
#include "app/pages/quantize/scheme_comparison.h"
#include "app/pages/quantize/source_bar.h"
#include "app/pages/quantize/weight_panel.h"
#include "core/quantization/element.h"
#include "widgets/background_job.h"
#include "widgets/clip_slider.h"
#include "widgets/controls.h"
#include "widgets/cost_curve.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_editor.h"
#include "widgets/scheme_words.h"
#include "widgets/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace quantoscope {

QuantizeFigure::QuantizeFigure(Weights weights, QWidget* parent)
    : Figure(parent)
    , m_weights(weights)
    , m_study(new QuantizationStudy(this))
    , m_counting(new BackgroundJob(Pool::Interactive, this))
{
    build();
    connectParts();
    if (m_weights == Weights::Own)
        openRecipe(SyntheticRecipe());
    refresh();
}

QuantizeFigure::~QuantizeFigure() = default;

void QuantizeFigure::build()
{
    m_schemeCard = new Card(this);
    m_editor = new SchemeEditor(this);
    m_schemeCard->layout()->setContentsMargins(space::normal, space::small, space::normal, space::small);
    m_sections = new SegmentedControl(this);
    auto* schemeLine = new QHBoxLayout;
    schemeLine->addWidget(m_editor, 1);
    schemeLine->addWidget(m_sections);
    m_schemeCard->body()->addLayout(schemeLine);
    buildCompensation();

    m_pictureCard = new Card(this);
    m_pictureCard->layout()->setContentsMargins(space::normal, space::small, space::small, space::small);
    m_sourceBar = new SourceBar(this);
    m_scale = new SegmentedControl(this);
    m_scale->setAccessibleName(tr("Axis"));
    m_scale->addSegment(QStringLiteral("linear"), tr("Linear"));
    m_scale->addSegment(QStringLiteral("log"), tr("Log"), tr("Logarithmic y axis: what is rare is seen too"));
    m_scale->addSegment(QStringLiteral("codes"), tr("Bar per code"));
    m_scale->addSegment(QStringLiteral("stairs"), tr("Staircase"), tr("Stored against weight, and where the error comes from"));
    auto* line = new QHBoxLayout;
    line->addWidget(m_sourceBar, 1);
    line->addWidget(m_scale);
    m_pictureCard->body()->addLayout(line);
    m_view = new HistogramView(this);
    m_progress = new ProgressLine(this);
    m_pictureCard->body()->addWidget(m_progress);
    m_pictureCard->body()->addWidget(m_view, 1);

    m_resultCard = new Card(this);
    m_resultCard->layout()->setContentsMargins(space::gap, space::normal, space::gap, space::small);
    m_result = new ResultPanel(this);
    m_resultCard->body()->addWidget(m_result, 1);

    m_curveCard = new Card(this);
    m_curveCard->layout()->setContentsMargins(space::gap, space::normal, space::gap, space::small);
    buildDetails();

    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->addWidget(m_schemeCard, 0, 0, 1, 2);
    m_grid->addWidget(m_pictureCard, 1, 0, 2, 1);
    m_grid->addWidget(m_resultCard, 1, 1);
    m_grid->addWidget(m_curveCard, 2, 1);
    buildSections();
    m_grid->setRowStretch(2, 1);
    m_grid->setColumnStretch(0, 1);
    for (QWidget* card : {m_resultCard, m_curveCard})
        card->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void QuantizeFigure::connectParts()
{
    connect(m_editor, &SchemeEditor::schemeChosen, this, [this](const QuantizationScheme& scheme, const QString& step) {
        editScheme(scheme, step, {}, false);
    });
    connect(m_view, &HistogramView::clipMoved, this, &QuantizeFigure::moveRange);
    connect(m_view, &HistogramView::bestRequested, this, &QuantizeFigure::chooseBest);
    connect(m_view, &HistogramView::rangeChanged, this, [this] { emit changed(tr("zoom"), QStringLiteral("zoom")); });
    connect(m_curve, &CostCurve::clipMoved, this, [this](double position, bool finished) {
        const Clip clip = m_study->schemeAt(position).clip;
        moveRange(clip.low, clip.high, finished);
    });
    connect(m_curve, &CostCurve::bestRequested, this, &QuantizeFigure::chooseBest);
    connect(m_curve, &CostCurve::markChosen, this, &QuantizeFigure::chooseMark);
    connect(m_marks, &MarkList::chosen, this, &QuantizeFigure::chooseMark);
    connect(m_scale, &SegmentedControl::chosen, this, [this](const QString& id) {
        setScale(id);
        emit changed(tr("choose the axis"), {});
    });
    connect(m_study, &QuantizationStudy::resultChanged, this, &QuantizeFigure::refresh);
    connect(m_study, &QuantizationStudy::methodsChanged, this, [this] {
        arrange();
        refreshCurve();
        refreshResult();
        refreshMarks();
        if (isSettled())
            emit settled();
    });
    connect(m_study, &QuantizationStudy::passStarted, this, [this] {
        if (!m_study->isAnsweredByCounts())
            m_progress->begin(tr("Quantizing every weight"));
        refreshResult();
    });
    connect(m_study, &QuantizationStudy::passProgressed, this, [this](double fraction) {
        m_progress->setFraction(fraction);
        refreshResult();
    });
    connect(m_study, &QuantizationStudy::passFinished, this, [this] {
        m_progress->end();
        refreshResult();
        if (isSettled())
            emit settled();
    });
    connectSections();
    connectDetails();
    connectCompensation();
    connect(m_progress, &ProgressLine::cancelRequested, m_study, &QuantizationStudy::cancelPass);
    connect(m_study, &QuantizationStudy::problem, this, &Figure::problem);
    if (m_weights == Weights::Own) {
        connect(m_sourceBar, &SourceBar::recipeChosen, this, [this](const SyntheticRecipe& recipe, const QString& step) {
            openRecipe(recipe);
            emit changed(step, {});
        });
    }
}

void QuantizeFigure::openRecipe(const SyntheticRecipe& recipe)
{
    auto made = makeSyntheticTensor(recipe);
    if (!made) {
        emit problem(QString::fromStdString(made.error().message));
        return;
    }
    m_recipe = recipe;
    m_sourceArguments = QStringLiteral("--synthetic ") + QString::fromStdString(syntheticRecipeText(recipe));
    const Model model = std::move(*made);
    m_sourceBar->showSource(nullptr, nullptr, recipe);
    m_counting->start(
        [model](Progress progress) { return countValues(*model, model->tensors().front(), std::move(progress)); },
        [this, model](Result<Counts> counts) {
            if (counts)
                setSource(model, &model->tensors().front(), std::move(*counts));
            else if (counts.error().kind != Error::Kind::Cancelled)
                emit problem(QString::fromStdString(counts.error().message));
        });
}

void QuantizeFigure::setSource(Model model, const TensorInfo* info, Counts counts)
{
    m_ghostScheme.clear();
    delete std::exchange(m_ghostStudy, nullptr);
    const bool isOne = counts && counts->totals().count == 1;
    const QString caption = !counts ? QString() : isOne ? tr("one weight") : tr("%1 weights").arg(wholeNumber(double(counts->totals().count)));
    const double left = counts ? double(counts->totals().nan + counts->totals().infinite) : 0;
    m_view->setCaption(left > 0 ? tr("%1, %2 of them not finite, left out").arg(caption, wholeNumber(left)) : caption);
    m_model = model;
    m_comparison->setSource(model, info, counts);
    m_channels->setSource(model, info);
    m_weight->setSource(model, info);
    m_study->setSource(std::move(model), info, std::move(counts));
    applyCompensation();   // Whether the sample model's inputs are there depends on the tensor.
    restoreView();
}

void QuantizeFigure::setScheme(const QuantizationScheme& scheme)
{
    if (!m_isDragging)
        m_study->setScheme(scheme);
    m_editor->setScheme(scheme);
}

void QuantizeFigure::editScheme(const QuantizationScheme& scheme, const QString& step, const QString& mergeKey,
                                bool isDragging)
{
    m_isDragging = isDragging;
    m_study->setScheme(scheme, isDragging);
    m_editor->setScheme(scheme, isDragging);
    emit schemeEdited(scheme);
    emit changed(step, mergeKey);
}

/// A drag is one step for undo; so is a row of key presses with less than a second between them.
void QuantizeFigure::dragTo(const QuantizationScheme& scheme, const QString& step, const QString& kind, bool finished)
{
    const bool goesOn = m_isDragging || (m_sinceMove.isValid() && m_sinceMove.elapsed() < 1000 && finished);
    if (!goesOn)
        ++m_dragNumber;
    const bool wasDrag = m_isDragging;
    editScheme(scheme, step, QStringLiteral("%1 %2").arg(kind).arg(m_dragNumber), !finished);
    if (finished && !wasDrag)
        m_sinceMove.start();
    else
        m_sinceMove.invalidate();
}

void QuantizeFigure::moveRange(double low, double high, bool finished)
{
    dragTo(m_study->schemeByHand(low, high), tr("move the clip"), QStringLiteral("clip"), finished);
}

void QuantizeFigure::moveLevels(std::vector<double> levels, bool finished)
{
    dragTo(m_study->schemeOfLevels(std::move(levels)), tr("move a level"), QStringLiteral("level"), finished);
}

void QuantizeFigure::chooseMark(const QString& id)
{
    QuantizationScheme scheme = m_study->scheme();
    scheme.clip = {};
    if (id.startsWith(u"method:")) {
        return chooseMethod(id.mid(7));
    }
    if (id.startsWith(u"fit:")) {
        scheme.fit = Fit(id.mid(4).toInt());
        if (scheme.fit == Fit::ByHand && m_study->map())
            scheme = m_study->schemeOfLevels(m_study->map()->levels);
        return editScheme(madeConsistent(scheme), tr("choose %1").arg(nameOfFit(scheme.fit)), {}, false);
    }
    if (id == u"hand") {
        const ClipRange now = m_study->range();
        return editScheme(m_study->schemeByHand(now.low, now.high), tr("clip by hand"), {}, false);
    }
    // A method the scheme's grammar has no word for is kept as the range it found.
    if (const auto clip = parseClip(id.toStdString())) {
        scheme.clip = *clip;
    } else {
        for (const CalibrationMark& mark : m_study->marks()) {
            if (id == QString::fromUtf8(mark.id.data(), qsizetype(mark.id.size())))
                scheme = m_study->schemeByHand(mark.low, mark.high);
        }
    }
    editScheme(madeConsistent(scheme), tr("choose %1").arg(SchemeEditor::clipName(scheme.clip)), {}, false);
}

void QuantizeFigure::chooseBest()
{
    if (m_study->isAnsweredByCounts() && m_study->scheme().kind == QuantizationScheme::Kind::Uniform)
        chooseMark(QStringLiteral("mse"));
    else if (m_study->scheme().kind == QuantizationScheme::Kind::Codebook)
        chooseMark(QStringLiteral("fit:%1").arg(int(Fit::Optimal)));
}

void QuantizeFigure::changeBits(int by)
{
    QuantizationScheme scheme = m_study->scheme();
    if (scheme.kind == QuantizationScheme::Kind::Codebook) {
        scheme.levels = std::clamp(by > 0 ? scheme.levels * 2 : scheme.levels / 2, 2, 256);
        if (scheme.fit == Fit::ByHand)
            scheme.fit = Fit::Optimal;
    } else {
        const int bits = codeBits(scheme);
        if (scheme.kind == QuantizationScheme::Kind::Block)
            scheme.granularity = {};
        scheme.kind = QuantizationScheme::Kind::Uniform;
        scheme.element = "int" + std::to_string(std::clamp(bits + by, 1, 16));
    }
    editScheme(madeConsistent(scheme), by > 0 ? tr("one bit more") : tr("one bit less"), {}, false);
}

void QuantizeFigure::setScale(const QString& id)
{
    m_scale->setCurrent(id);
    m_view->setScale(id == u"log"     ? HistogramScale::Logarithmic
                     : id == u"codes" ? HistogramScale::BarPerCode
                     : id == u"stairs" ? HistogramScale::Staircase
                                      : HistogramScale::Linear);
}

void QuantizeFigure::cycleScale()
{
    const QString now = m_scale->current();
    setScale(now == u"linear"  ? QStringLiteral("log")
             : now == u"log"   ? QStringLiteral("codes")
             : now == u"codes" ? QStringLiteral("stairs")
                               : QStringLiteral("linear"));
    emit changed(tr("choose the axis"), {});
}

bool QuantizeFigure::handleKey(const QKeyEvent& event)
{
    if (event.modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier))
        return false;
    switch (event.key()) {
    case Qt::Key_L: cycleScale(); return true;
    case Qt::Key_K: keepScheme(); return true;
    case Qt::Key_V: chooseSection({}); return true;
    case Qt::Key_D: chooseDetail({}); return true;
    case Qt::Key_BracketLeft: changeBits(-1); return true;
    case Qt::Key_BracketRight: changeBits(1); return true;
    case Qt::Key_Home: chooseBest(); return true;
    case Qt::Key_Left:
    case Qt::Key_Right: {
        // Nothing is focused that takes arrows, as on a stage: they move the clip.
        if (!m_study->map() || !m_view->content().hasHandles)
            return false;
        const double step = m_study->largestPosition() / 200 * (event.key() == Qt::Key_Right ? 1 : -1);
        m_curve->slider()->moveTo(m_study->curvePosition() + step, true);
        return true;
    }
    default: return m_editor->isVisible() && m_editor->openByKey(event.key());
    }
}

void QuantizeFigure::keyPressEvent(QKeyEvent* event)
{
    if (!handleKey(*event))
        Figure::keyPressEvent(event);
}

QList<std::pair<QString, QString>> QuantizeFigure::keys() const
{
    QList<std::pair<QString, QString>> keys{{QStringLiteral("E S P C R"), tr("words of the scheme")}, {QStringLiteral("M"), tr("method")},
                                            {QStringLiteral("V"), tr("view")}, {QStringLiteral("K"), tr("keep")},
                                            {QStringLiteral("← →"), tr("clip")}, {tr("Home"), tr("best")},
                                            {QStringLiteral("[ ]"), tr("bits")}, {QStringLiteral("L"), tr("axis")},
                                            {QStringLiteral("G"), tr("ghost")}};
    if (!m_isPresenting)   // A hall sees no details.
        keys.insert(4, {QStringLiteral("D"), tr("detail")});
    return keys;
}

void QuantizeFigure::toggleGhost()
{
    if (m_view->ghost()) {
        m_view->setGhost({});
        m_ghostScheme.clear();
    } else if (m_study->map() || m_study->dequantized()) {
        m_view->setGhost(HistogramGhost{m_view->content(), presentName()});
        m_ghostScheme = QString::fromStdString(schemeText(m_study->compensatedScheme()));
    }
    refreshResult();
    emit changed(m_view->ghost() ? tr("keep a ghost") : tr("drop the ghost"), {});
}

void QuantizeFigure::setPresenting(bool presenting)
{
    m_isPresenting = presenting;
    arrange();
}

void QuantizeFigure::showOnlyControls(const QStringList& names)
{
    m_only = names;
    arrange();
}

void QuantizeFigure::resizeEvent(QResizeEvent*)
{
    arrange();
}

}  // namespace quantoscope
