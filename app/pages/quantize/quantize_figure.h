// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/quantize/quantization_study.h"
#include "core/language/words_under_scheme.h"
#include "core/tensors/synthetic_tensors.h"
#include "widgets/figure.h"
#include "widgets/histogram_view.h"

#include <QElapsedTimer>

class QGridLayout;
class QStackedWidget;

namespace quantoscope {

class ActivationPanel;
class Card;
class ChannelPanel;
class ComparisonPanel;
class CostCurve;
class HistogramView;
class InputsBar;
class MarkList;
class ProgressLine;
class ResultPanel;
class SchemeComparison;
class SchemeEditor;
class SegmentedControl;
class SourceBar;
class TabStrip;
class TextLabel;
class WeightPanel;

/// One tensor under one scheme, with everything to change: the body of the Quantize page, and a
/// figure of lessons that brings its own synthetic weights (state key "synthetic").
///
/// Keys of its state: scheme, synthetic, method (of error compensation), inputs (as activationsFor() takes them),
/// view (linear, log, codes, stairs), zoom [low, high], ghost (a scheme), prediction (a clip), section (weights, compare, activations), kept (schemes beside the present
/// one), activations (the stream), detail (clip, channels, weight), weight (an index), flip (the code put in
/// place of that weight's).
class QuantizeFigure : public Figure {
    Q_OBJECT

public:
    /// Who provides the weights: the figure itself, from its state, or its owner by setSource().
    enum class Weights { Own, FromOwner };
    explicit QuantizeFigure(Weights weights = Weights::Own, QWidget* parent = nullptr);
    ~QuantizeFigure() override;

    void setSource(Model model, const TensorInfo* info, Counts counts);
    /// How a command line names the weights: `model.safetensors blk.0` or `--synthetic normal,count=…`.
    void setSourceArguments(const QString& arguments) { m_sourceArguments = arguments; }
    void setScheme(const QuantizationScheme&);
    /// Id of a row of compensationMethods(), or empty for rounding alone. Emits methodEdited().
    void setMethod(const QString& id);
    QString method() const;
    const QuantizationStudy& study() const { return *m_study; }

    QJsonObject state() const override;
    void setState(const QJsonObject&) override;
    QVariantMap readings() const override;
    bool isSettled() const override;
    QString commandLine() const override;
    QByteArray csv() const override;
    /// Names: scheme words (element, symmetry, granularity, clip, rounding, scale), source, view, curve, result.
    void showOnlyControls(const QStringList& names) override;
    void setPresenting(bool) override;
    QList<std::pair<QString, QString>> keys() const override;
    void toggleGhost() override;

    SourceBar* sourceBar() const { return m_sourceBar; }
    SchemeEditor* editor() const { return m_editor; }
    HistogramView* histogram() const { return m_view; }
    CostCurve* curve() const { return m_curve; }
    ResultPanel* result() const { return m_result; }
    SchemeComparison* comparison() const { return m_comparison; }
    ComparisonPanel* comparisonPanel() const { return m_comparePanel; }
    ActivationPanel* activations() const { return m_activations; }
    InputsBar* inputsBar() const { return m_inputsBar; }
    WeightPanel* weightPanel() const { return m_weight; }
    ChannelPanel* channelPanel() const { return m_channels; }
    MarkList* markList() const { return m_marks; }
    /// A key that the page got: true where it meant something here.
    bool handleKey(const QKeyEvent&);
    QString section() const { return m_section; }
    /// The weight one of whose bits is flipped, while it is looked at; the words are about it where hasWordsOfWeight().
    std::optional<ChangedWeight> changedWeight() const;
    /// Whether the model that speaks is the one whose weight is looked at.
    bool hasWordsOfWeight() const;
    void showSection(const QString& id);

signals:
    /// The person changed the scheme; comes before changed().
    void schemeEdited(const QuantizationScheme& scheme);
    /// method() is another one, by whomever.
    void methodEdited(const QString& id);
    /// “Its bits”: a weight to be shown on Numbers.
    void numbersRequested(const QJsonObject& state);
    /// changedWeight() is another one, or none.
    void changedWeightChanged();

protected:
    void keyPressEvent(QKeyEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    void build();
    void buildSections();
    void buildCompensation();
    void chooseMethod(const QString& id);
    void connectCompensation();
    void arrangeCompensation(bool all, bool small);
    void refreshCompensation();
    void applyCompensation();
    QString presentInputs() const;
    void showGhostOf(const CompensatedScheme&);
    void takeGhost();
    QString presentName() const;
    void connectParts();
    void connectSections();
    void buildDetails();
    void connectDetails();
    void arrangeDetails(bool all, double scale);
    QString curveNote(bool isLow) const;
    void refreshDetails();
    void chooseDetail(const QString& id);
    void showDetail(const QString& id);
    bool areDetailsSettled() const;
    void moveLevels(std::vector<double> levels, bool finished);
    void dragTo(const QuantizationScheme&, const QString& step, const QString& kind, bool finished);
    void chooseSection(const QString& id);
    void keepScheme();
    void restoreSection(const QJsonObject&);
    void saveSection(QJsonObject&) const;
    void arrange();
    void editScheme(const QuantizationScheme&, const QString& step, const QString& mergeKey, bool isDragging);
    void moveRange(double low, double high, bool finished);
    void chooseMark(const QString& id);
    void chooseBest();
    void changeBits(int by);
    void cycleScale();
    void setScale(const QString& id);
    void refresh();
    void refreshPicture();
    void refreshCurve();
    void refreshResult();
    void refreshMarks();
    void restoreView();
    void openRecipe(const SyntheticRecipe&);
    QString presentMark() const;
    QString statusLine() const;

    Weights m_weights;
    QuantizationStudy* m_study;
    QString m_sourceArguments;
    QJsonObject m_wanted;      ///< Zoom and ghost of a state, until the counts are there.
    std::optional<double> m_prediction;
    QString m_ghostScheme;
    QuantizationStudy* m_ghostStudy = nullptr;   ///< Of a ghost from a state whose picture takes a pass.
    QString m_inputs;          ///< Chosen by a person; empty: those of the sample model where it is open.
    QStringList m_only;
    bool m_isPresenting = false;
    bool m_isDragging = false;
    int m_dragNumber = 0;
    QElapsedTimer m_sinceMove;
    BackgroundJob* m_counting;
    std::optional<SyntheticRecipe> m_recipe;
    Model m_model;

    QString m_section = QStringLiteral("weights");
    SegmentedControl* m_sections;
    SchemeComparison* m_comparison;
    ComparisonPanel* m_comparePanel;
    ActivationPanel* m_activations;
    QGridLayout* m_grid;
    Card* m_schemeCard;
    Card* m_pictureCard;
    Card* m_resultCard;
    Card* m_curveCard;
    SchemeEditor* m_editor;
    InputsBar* m_inputsBar;
    SourceBar* m_sourceBar;
    SegmentedControl* m_scale;
    HistogramView* m_view;
    ResultPanel* m_result;
    CostCurve* m_curve;
    MarkList* m_marks;
    ProgressLine* m_progress;
    TextLabel* m_rangeNote;
    TextLabel* m_curveTitle;
    TextLabel* m_curveNote;
    TabStrip* m_details;
    QStackedWidget* m_detailPages;
    ChannelPanel* m_channels;
    WeightPanel* m_weight;
};

}  // namespace quantoscope
