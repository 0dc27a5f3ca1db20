// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/language/words_under_scheme.h"
#include "core/tensors/tensor.h"
#include "widgets/controls.h"

#include <QTimer>

#include <memory>
#include <optional>

namespace quantoscope {

class BackgroundJob;
class Workspace;
class WordsView;

/// Whether a model has the two tables that the sample model's words need; known by their names, without reading a weight.
bool hasEmbeddings(const std::shared_ptr<const TensorSource>& model);

/// "What the model says": the loss of the sample model under the present scheme and the words it
/// invents, asked in the background while the panel is seen. With another model, a sentence.
class WordsPanel : public Card {
    Q_OBJECT

public:
    explicit WordsPanel(Workspace&, QWidget* parent = nullptr);
    ~WordsPanel() override;

    /// Whether it has said all that it will say about what is open.
    bool isSettled() const;
    void setCompact(bool);
    /// A hall has no buttons.
    void setPresenting(bool presenting);
    /// Whether the open model is one that speaks, told by its names.
    bool maySpeak() const;
    std::uint64_t seed() const { return m_seed; }
    void setSeed(std::uint64_t seed);
    /// Id of a row of compensationMethods(), or empty for rounding alone.
    QString method() const { return m_method; }
    void setMethod(const QString& id);
    /// The same model with one more weight changed: before and after are shown. Empty: the scheme alone.
    void setChangedWeight(std::optional<ChangedWeight> change);
    /// `qscope language` with the same scheme and seed; empty while the model cannot speak.
    QString commandLine() const;
    const WordsView* view() const { return m_view; }

signals:
    void settled();
    /// The person asked for other words.
    void seedChanged();

protected:
    void showEvent(QShowEvent*) override;
    void hideEvent(QHideEvent*) override;

private:
    struct Speaker;   ///< The model and what it says in FP32.
    struct Quantized; ///< The model under a scheme and what it says then.
    struct Answer;
    void ask();
    void start();
    void show(Answer);
    void showSentence(const QString& sentence);
    void showSeed();

    Workspace& m_workspace;
    BackgroundJob* m_job;
    QTimer m_delay;
    std::shared_ptr<const Speaker> m_speaker;
    std::shared_ptr<const Quantized> m_quantized;   ///< Kept, so that a flipped bit does not wait for the scheme again.
    std::optional<ChangedWeight> m_change;
    std::uint64_t m_seed = 7;
    bool m_isCompact = false;
    bool m_isPresenting = false;
    bool m_isStale = true;
    WordsView* m_view;
    QString m_method;
    PushButton* m_other;
    TextLabel* m_sentence;
    PushButton* m_open;
};

}  // namespace quantoscope
