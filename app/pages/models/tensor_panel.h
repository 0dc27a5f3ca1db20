// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/level_map.h"
#include "core/statistics/summary.h"
#include "widgets/controls.h"
#include "app/pages/models/unit_spans.h"
#include "widgets/heat_map_content.h"
#include "widgets/tensor_facts.h"

#include <QJsonObject>
#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>

class QStackedLayout;

namespace quantoscope {

class BackgroundJob;
class HeatMap;
class LargestList;
class StatisticsList;
class WeightHistogram;

/// All about the chosen tensor: its SQNR in large type, its histogram under the levels, its statistics.
class TensorPanel : public QWidget {
    Q_OBJECT

public:
    using Model = std::shared_ptr<const TensorSource>;
    using Counts = std::shared_ptr<const ValueCounts>;

    explicit TensorPanel(QWidget* parent = nullptr);
    ~TensorPanel() override;

    /// `info` lies in `model`; nullptr empties the panel.
    void setTensor(Model model, const TensorInfo* info);
    void setCounts(Counts counts);
    /// What the scan knows so far; nullptr for nothing.
    void setFacts(const TensorFacts* facts, double threshold);
    void setScheme(const QuantizationScheme&, const QString& name);

    const TensorInfo* tensor() const { return m_info; }
    const std::optional<Summary>& summary() const { return m_summary; }
    HeatMap* heatMap() const { return m_map; }
    bool isSettled() const;

    QJsonObject state() const;
    void setState(const QJsonObject&);

signals:
    void openRequested();                   ///< "Open in Quantize"
    void changed(const QString& text, const QString& mergeKey);
    void settled();
    void problem(const QString& sentence);

protected:
    void showEvent(QShowEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    void build();
    void refreshHead();
    void refreshHistogram();
    void refreshPlace();
    void showTab(const QString& id);
    void startReading();
    void summarizeExactly();
    void findLargest();
    void findSpans();
    void findLevels();
    void ended();

    Model m_model;
    const TensorInfo* m_info = nullptr;
    Counts m_counts;
    std::optional<TensorFacts> m_facts;
    double m_threshold = 18;
    QuantizationScheme m_scheme;
    QString m_schemeName;
    std::optional<Summary> m_summary;
    bool m_summaryIsExact = false;
    std::shared_ptr<const HeatMapContent> m_places;
    std::optional<UnitSpans> m_spans;
    std::optional<LevelMap> m_levels;   ///< Of one scale for the whole tensor; a search for them takes up to a tenth of a second.
    BackgroundJob* m_levelling;
    BackgroundJob* m_summarizing;
    BackgroundJob* m_placing;
    BackgroundJob* m_spanning;
    QTimer m_readSoon;            ///< Whoever runs through the table with an arrow key starts nothing.
    QJsonObject m_wantedPlace;    ///< Of a state, until the tensor is there.

    Card* m_headCard;
    Card* m_tabCard;
    QWidget* m_name;
    PushButton* m_open;
    TextLabel* m_shape;
    TextLabel* m_sqnr;
    TextLabel* m_sqnrUnit;
    TextLabel* m_outliers;
    WeightHistogram* m_histogram;
    TabStrip* m_tabs;
    QStackedLayout* m_stack;
    HeatMap* m_map;
    TextLabel* m_place;
    StatisticsList* m_statistics;
    LargestList* m_largest;
};

}  // namespace quantoscope
