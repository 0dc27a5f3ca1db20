// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/quantize/quantization_study.h"
#include "core/language/words_under_scheme.h"

#include <QJsonObject>
#include <QWidget>

namespace quantoscope {

class BitView;
class FactTable;
class PushButton;
class TextLabel;

/// “Why this weight”: one weight with its scale, code, bytes and error, from a pass over the tensor. A bit
/// of its code that is flipped makes it another weight, for as long as it is looked at.
class WeightPanel : public QWidget {
    Q_OBJECT

public:
    explicit WeightPanel(QWidget* parent = nullptr);

    void setSource(Model model, const TensorInfo* info);
    void setScheme(const QuantizationScheme&);
    /// Nothing is read while nobody looks.
    void setActive(bool active);
    /// Finds a weight of about this value.
    void findNear(double value, double tolerance);
    void findLargestError();
    void setIndex(std::optional<std::int64_t> index);
    std::optional<std::int64_t> index() const { return m_index; }
    const std::optional<StoredWeight>& weight() const { return m_weight; }
    /// The code that a hand put in place of the stored one; empty where it is the stored one.
    std::optional<std::uint64_t> flip() const { return m_flip; }
    void setFlip(std::optional<std::uint64_t> code);
    /// What the flip makes of the tensor; empty without one.
    std::optional<ChangedWeight> change() const;
    /// A method of error compensation (nullptr: rounding alone) and the inputs it looks at; nullptr until they are made.
    void setCompensation(const CompensationMethod* method, std::shared_ptr<const Activations> activations);
    /// Whether a model says words that change with the weight.
    void setHasWords(bool hasWords);
    /// What Numbers shows of it: its format with its scale, its code, where it comes from and the method that chose it.
    QJsonObject numbersState() const;
    BitView* bits() const { return m_bits; }
    FactTable* table() const { return m_table; }
    bool isSettled() const;

protected:
    void resizeEvent(QResizeEvent*) override;

signals:
    /// By the person.
    void chosen(std::int64_t index);
    /// A bit was flipped, by the person.
    void flipped(const QString& step, const QString& mergeKey);
    /// “Its bits on Numbers”.
    void numbersRequested(const QJsonObject& state);
    void problem(const QString& sentence);
    void settled();

private:
    using Found = Result<std::optional<std::int64_t>>;
    void find(std::function<Found(const TensorSource&, const TensorInfo&, const Progress&)> search);
    void ask();
    bool awaitsInputs() const;
    QString noBitsSentence() const;
    void restart();
    void showWeight();
    void showBits();

    Model m_model;
    std::optional<TensorInfo> m_tensor;
    QuantizationScheme m_scheme;
    std::optional<std::int64_t> m_index;
    std::optional<StoredWeight> m_weight;
    std::optional<std::uint64_t> m_flip;
    const CompensationMethod* m_method = nullptr;
    std::shared_ptr<const Activations> m_activations;
    bool m_isActive = false;
    bool m_hasWords = false;
    bool m_isAwaited = false;   ///< The index belongs to a tensor that is still to come.
    BackgroundJob* m_finding;
    BackgroundJob* m_asking;
    QTimer m_delay;
    FactTable* m_table;
    BitView* m_bits;
    TextLabel* m_bitsNote;
    TextLabel* m_hint;
    PushButton* m_largest;
    PushButton* m_unflip;
    PushButton* m_numbers;
};

}  // namespace quantoscope
