// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/profile.h"
#include "core/gemm/gemm_backend.h"
#include "core/quantization/quantization_scheme.h"
#include "core/statistics/value_counts.h"
#include "core/tensors/synthetic_tensors.h"
#include "core/tensors/tensor.h"

#include <QJsonObject>
#include <QObject>
#include <QUndoStack>

#include <memory>
#include <optional>

namespace quantoscope {

class BackgroundJob;

using Model = std::shared_ptr<const TensorSource>;
using Counts = std::shared_ptr<const ValueCounts>;

/// What is open and chosen: the line model ▸ tensor ▸ scheme that all pages share, and the devices.
/// One signal per thing. Everything lives in the window's thread.
class Workspace : public QObject {
    Q_OBJECT

public:
    explicit Workspace(QObject* parent = nullptr);
    ~Workspace() override;

    // The open model: a file, or a synthetic tensor.
    Model model() const { return m_model; }
    QString modelPath() const { return m_modelPath; }   ///< Empty for synthetic tensors.
    bool isSynthetic() const { return m_synthetic.has_value(); }
    const std::optional<SyntheticRecipe>& syntheticRecipe() const { return m_synthetic; }
    void openModel(const QString& path);         ///< In the background; modelChanged or problem follows.
    void openSampleModel();
    void openSynthetic(const SyntheticRecipe&);  ///< At once: its values are computed on demand.
    void openNumbers(std::vector<float> numbers);   ///< Pasted ones, as a tensor of one row.
    bool isOpening() const;
    QString openingPath() const { return m_openingPath; }
    void cancelOpening();

    // The chosen tensor of it.
    const TensorInfo* tensor() const { return m_tensor; }   ///< One of the model's; nullptr where none is chosen.
    void chooseTensor(const QString& name);
    void chooseTensor(const TensorInfo&);        ///< One of model()->tensors(): nothing is searched.
    /// The counts of the chosen tensor, nullptr until countsChanged: counting starts by itself when
    /// someone asks.
    Counts counts();
    bool isCounting() const;
    double countingProgress() const { return m_countingProgress; }
    void cancelCounting();

    const QuantizationScheme& scheme() const { return m_scheme; }
    void setScheme(const QuantizationScheme&);   ///< Records nothing; pages emit changed().

    /// CPU first; GPUs join when the probe in the background has found them.
    const std::vector<DeviceInfo>& devices() const { return m_devices; }
    void findDevices();                          ///< Starts the probe once.
    bool devicesKnown() const { return m_devicesKnown; }

    QUndoStack& undoStack() { return m_undoStack; }

    /// Where progress and settings are kept; in memory until the program gives one.
    Profile& profile() { return m_profile; }
    void setProfile(Profile profile) { m_profile = std::move(profile); }

    /// What is open and chosen, for links, undo and the next start: model or recipe, tensor, scheme.
    QJsonObject state() const;
    /// Opens and chooses what a state names; what is missing in it stays as it is.
    void setState(const QJsonObject&);

    /// Shows a page, with a state if one is given ("Open in Numbers").
    void requestPage(const QString& id, const QJsonObject& state = {}) { emit pageRequested(id, state); }

    /// Shows a format on Numbers, beside those already there.
    void requestFormat(const QString& id) { emit formatRequested(id); }

    static QString dataFolder();                 ///< Lessons and assets.
    static QString sampleModelPath();            ///< Empty where none is installed.

signals:
    void modelChanged();
    void tensorChanged();
    void countsChanged();
    void countingProgressed(double fraction);
    void schemeChanged();
    void devicesChanged();
    void openingChanged();
    void problem(const QString& sentence);       ///< Shown in the bar; empty takes it away.
    void pageRequested(const QString& id, const QJsonObject& state);
    void formatRequested(const QString& id);

private:
    void openStated(const QJsonObject& state);   ///< What a state says of model and tensor.
    void setModel(Model model, const QString& path, std::optional<SyntheticRecipe> recipe);

    Model m_model;
    QString m_modelPath;
    std::optional<SyntheticRecipe> m_synthetic;
    std::vector<float> m_numbers;   ///< Pasted; empty for every other model.
    const TensorInfo* m_tensor = nullptr;   ///< Found once: everybody asks for it with every change, and a model may have half a million.
    QString m_openingPath;
    QString m_wantedTensor;   ///< To be chosen when the model that is being opened has it.
    Counts m_counts;
    double m_countingProgress = 0;
    QuantizationScheme m_scheme;
    std::vector<DeviceInfo> m_devices;
    bool m_devicesKnown = false;
    QUndoStack m_undoStack;
    Profile m_profile = Profile::inMemory();
    BackgroundJob* m_opening;
    BackgroundJob* m_counting;
    BackgroundJob* m_probing;
};

}  // namespace quantoscope
