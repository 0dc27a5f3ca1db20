// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/quantize/quantization_study.h"
#include "core/quantization/stored_weight.h"

#include <QWidget>

namespace quantoscope {

class FactTable;
class PushButton;
class TextLabel;

/// “Why this weight”: one weight with its scale, code, bytes and error, from a pass over the tensor.
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
    FactTable* table() const { return m_table; }
    bool isSettled() const;

signals:
    /// By the person.
    void chosen(std::int64_t index);
    /// “Its bits on Numbers”.
    void numbersRequested(double value);
    void problem(const QString& sentence);
    void settled();

private:
    using Found = Result<std::optional<std::int64_t>>;
    void find(std::function<Found(const TensorSource&, const TensorInfo&, const Progress&)> search);
    void ask();
    void showWeight();

    Model m_model;
    std::optional<TensorInfo> m_tensor;
    QuantizationScheme m_scheme;
    std::optional<std::int64_t> m_index;
    std::optional<StoredWeight> m_weight;
    bool m_isActive = false;
    bool m_isAwaited = false;   ///< The index belongs to a tensor that is still to come.
    BackgroundJob* m_finding;
    BackgroundJob* m_asking;
    QTimer m_delay;
    FactTable* m_table;
    TextLabel* m_hint;
    PushButton* m_largest;
    PushButton* m_numbers;
};

}  // namespace quantoscope
