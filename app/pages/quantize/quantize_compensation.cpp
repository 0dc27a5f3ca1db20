// SPDX-License-Identifier: GPL-3.0-or-later
// Error compensation: the method in force, the inputs it looks at, and the ghost, whose picture may take a
// pass of its own.
#include "app/pages/quantize/inputs_bar.h"
#include "app/pages/quantize/quantize_figure.h"
#include "app/pages/quantize/scheme_comparison.h"
#include "app/pages/quantize/weight_panel.h"
#include "core/language/activations_argument.h"
#include "widgets/controls.h"
#include "widgets/plot_text.h"
#include "widgets/scheme_editor.h"

#include <QVBoxLayout>

#include <cmath>
#include <utility>

namespace quantoscope {

void QuantizeFigure::buildCompensation()
{
    m_editor->setOffersMethods();
    m_inputsBar = new InputsBar(this);
    m_inputsBar->hide();
    m_schemeCard->body()->addWidget(m_inputsBar);
}

void QuantizeFigure::connectCompensation()
{
    connect(m_editor, &SchemeEditor::methodChosen, this, &QuantizeFigure::chooseMethod);
    connect(m_inputsBar, &InputsBar::chosen, this, [this](const QString& argument, const QString& step, const QString& mergeKey) {
        m_inputs = argument;
        m_weight->setFlip({});   // Other inputs, other codes.
        applyCompensation();
        emit changed(step, mergeKey);
    });
}

/// By the person. Made inputs that come with the first method stay, so that rounding alone is measured on them too.
void QuantizeFigure::chooseMethod(const QString& id)
{
    setMethod(id);
    if (m_inputs.isEmpty() && presentInputs().startsWith(u"synthetic"))
        m_inputs = presentInputs();
    const CompensationMethod* const chosen = findCompensationMethod(id.toStdString());
    emit changed(tr("choose %1").arg(chosen ? QString::fromUtf8(chosen->name.data(), qsizetype(chosen->name.size())) : tr("rounding alone")), {});
}

QString QuantizeFigure::method() const
{
    return m_editor->method();
}

void QuantizeFigure::setMethod(const QString& id)
{
    m_editor->setMethod(id);
    applyCompensation();
    emit methodEdited(method());   // Whoever has it already does nothing.
}

/// Those a person chose; else the sample model's own; else, for a method that has to look at some, made ones.
QString QuantizeFigure::presentInputs() const
{
    if (!m_inputs.isEmpty())
        return m_inputs;
    const auto& tensor = m_study->tensor();
    if (m_model && tensor && hasSampleActivations(*m_model, *tensor))
        return QStringLiteral("sample");
    return method().isEmpty() ? QString() : InputsBar::argumentOf({});
}

void QuantizeFigure::applyCompensation()
{
    const CompensationMethod* const chosen = findCompensationMethod(method().toStdString());
    const QString inputs = presentInputs();
    m_study->setCompensation(chosen, inputs.toStdString());
    m_comparison->setInputs(inputs.toStdString());
    m_weight->setCompensation(chosen, m_study->activations());
    const auto& tensor = m_study->tensor();
    m_inputsBar->showInputs(inputs, m_model && tensor && hasSampleActivations(*m_model, *tensor));
    arrange();
    refreshCompensation();
}

void QuantizeFigure::arrangeCompensation(bool all, bool small)
{
    m_inputsBar->setVisible(all && !m_isPresenting && (!method().isEmpty() || !m_inputs.isEmpty()));
    m_inputsBar->setCompact(small);
}

/// Both errors in one sentence, for they do not go together.
void QuantizeFigure::refreshCompensation()
{
    const auto& error = m_study->error();
    const auto& outputs = m_study->outputs();
    QString sentence = tr("Weight error is not task error");
    if (error && outputs)
        sentence += tr(": weights %1 dB, outputs %2 dB over %3 tokens.")
                        .arg(decibelText(error->sqnrDb), decibelText(outputs->sqnrDb), wholeNumber(double(outputs->tokens)));
    else
        sentence += QLatin1Char('.');
    m_inputsBar->setFigures(sentence);
}

QString QuantizeFigure::presentName() const
{
    const QString name = SchemeEditor::shortName(m_study->scheme());
    const CompensationMethod* const chosen = m_study->method();
    return chosen ? tr("%1, %2").arg(name, QString::fromUtf8(chosen->name.data(), qsizetype(chosen->name.size()))) : name;
}

/// The ghost of a state. What the counts answer is there at once, the rest after a pass.
void QuantizeFigure::showGhostOf(const CompensatedScheme& ghost)
{
    m_ghostScheme = QString::fromStdString(schemeText(ghost));
    m_ghostStudy = new QuantizationStudy(this);
    m_ghostStudy->setWantsMethods(false);
    m_ghostStudy->setScheme(ghost.scheme);
    m_ghostStudy->setCompensation(ghost.method, ghost.method ? presentInputs().toStdString() : std::string());
    connect(m_ghostStudy, &QuantizationStudy::resultChanged, this, &QuantizeFigure::takeGhost);
    connect(m_ghostStudy, &QuantizationStudy::passFinished, this, [this] {
        if (isSettled())
            emit settled();
    });
    connect(m_ghostStudy, &QuantizationStudy::problem, this, &Figure::problem);
    const TensorInfo tensor = *m_study->tensor();
    m_ghostStudy->setSource(m_model, &tensor, m_study->counts());
}

void QuantizeFigure::takeGhost()
{
    if (!m_ghostStudy || !m_ghostStudy->error() || (!m_ghostStudy->map() && !m_ghostStudy->dequantized()))
        return;
    HistogramContent content;
    content.counts = m_ghostStudy->counts();
    content.map = m_ghostStudy->map();
    content.dequantized = m_ghostStudy->dequantized();
    content.error = *m_ghostStudy->error();
    content.isSymmetric = m_ghostStudy->scheme().symmetry == Symmetry::Symmetric;
    QString name = SchemeEditor::shortName(m_ghostStudy->scheme());
    if (const CompensationMethod* const chosen = m_ghostStudy->method())
        name = tr("%1, %2").arg(name, QString::fromUtf8(chosen->name.data(), qsizetype(chosen->name.size())));
    m_view->setGhost(HistogramGhost{std::move(content), name});
    refreshResult();
    emit readingsChanged();
}

}  // namespace quantoscope
