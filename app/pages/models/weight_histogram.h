// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quantization/level_map.h"
#include "core/statistics/summary.h"

#include <QString>
#include <QWidget>

#include <memory>
#include <optional>

namespace quantoscope {

/// What the histogram shows over its bars: levels and the values they reach from and to.
struct LevelRange {
    QString words;                  ///< "15 levels for the whole tensor"
    QString shortWords;             ///< Where there is little room.
    double low = 0, high = 0;
    std::vector<double> levels;     ///< Drawn as ticks where there are few.
    bool isWarning = false;
};

/// The weights of one tensor from min to max, with shares on a logarithmic axis, so that a single
/// outlier is seen. Words stand in lanes of their own, never on the bars.
class WeightHistogram : public QWidget {
    Q_OBJECT

public:
    explicit WeightHistogram(QWidget* parent = nullptr);
    void setContent(std::shared_ptr<const ValueCounts> counts, std::optional<Summary> summary,
                    std::vector<LevelRange> ranges);
    /// What to say while there is nothing to draw.
    void setNote(const QString& note);

    QSize minimumSizeHint() const override { return {220, 130}; }
    QSize sizeHint() const override { return {420, 250}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    struct Frame;
    Frame frame() const;
    void drawBars(QPainter&, const Frame&) const;
    void drawAxes(QPainter&, const Frame&) const;
    void drawRanges(QPainter&, const Frame&) const;
    void drawDeviations(QPainter&, const Frame&) const;

    std::shared_ptr<const ValueCounts> m_counts;
    std::optional<Summary> m_summary;
    std::vector<LevelRange> m_ranges;
    QString m_note;
};

}  // namespace quantoscope
