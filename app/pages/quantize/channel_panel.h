// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/quantize/quantization_study.h"
#include "core/quantization/stored_weight.h"
#include "widgets/plot_axis.h"

#include <QWidget>

namespace quantoscope {

/// Every output channel's range and SQNR under the present scheme, from a pass over the tensor while it
/// is looked at.
class ChannelPanel : public QWidget {
    Q_OBJECT

public:
    explicit ChannelPanel(QWidget* parent = nullptr);

    void setSource(Model model, const TensorInfo* info);
    void setScheme(const QuantizationScheme&);
    void setActive(bool active);
    bool isSettled() const;
    const std::vector<ChannelError>& channels() const { return m_channels; }

    QSize minimumSizeHint() const override { return {200, 150}; }
    QSize sizeHint() const override { return {320, 260}; }

signals:
    void problem(const QString& sentence);
    void settled();

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    /// What one column of pixels shows: the extremes of the channels in it.
    struct Column {
        double low = 0, high = 0, worst = 0, best = 0;
    };
    std::vector<Column> columnsFor(int pixels) const;
    void ask();
    void describe();
    void drawRanges(QPainter&, const QRectF&) const;
    void drawSqnr(QPainter&, const QRectF&) const;

    Model m_model;
    std::optional<TensorInfo> m_tensor;
    QuantizationScheme m_scheme;
    bool m_isActive = false, m_isStale = true;
    std::vector<ChannelError> m_channels;
    BackgroundJob* m_job;
    QTimer m_delay;
};

}  // namespace quantoscope
