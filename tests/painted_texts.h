// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPaintDevice>
#include <QPaintEngine>
#include <QPainter>
#include <QWidget>

#include <memory>
#include <vector>

namespace quantoscope {

/// A text as a widget painted it, in the widget's coordinates.
struct PaintedText {
    QString text;
    QRectF bounds;   ///< Of the line, from its ascent to its descent.
    QRectF clip;     ///< What of the plane could be seen at that moment.

    /// What is cut off, in pixels: descenders of a line box and the like count for nothing.
    double cutOff() const
    {
        const QRectF seen = bounds.intersected(clip);
        return std::max(bounds.width() - seen.width(), bounds.height() - seen.height());
    }
};

/// Listens to what is drawn instead of drawing it.
class TextListener : public QPaintEngine {
public:
    explicit TextListener(std::vector<PaintedText>& texts) : QPaintEngine(QPaintEngine::AllFeatures), m_texts(texts) {}
    bool begin(QPaintDevice*) override { return true; }
    bool end() override { return true; }
    Type type() const override { return User; }
    void updateState(const QPaintEngineState&) override {}
    void drawPixmap(const QRectF&, const QPixmap&, const QRectF&) override {}
    void drawImage(const QRectF&, const QImage&, const QRectF&, Qt::ImageConversionFlags) override {}
    void drawPath(const QPainterPath&) override {}
    void drawPolygon(const QPointF*, int, PolygonDrawMode) override {}
    void drawTextItem(const QPointF& at, const QTextItem& item) override
    {
        const QTransform there = painter()->deviceTransform();
        const QRectF line(at.x(), at.y() - item.ascent(), item.width(), item.ascent() + item.descent());
        const QRectF device(0, 0, painter()->device()->width(), painter()->device()->height());
        const QRectF clip = painter()->hasClipping() ? there.mapRect(painter()->clipBoundingRect()).intersected(device) : device;
        m_texts.push_back({item.text(), there.mapRect(line), clip});
    }

private:
    std::vector<PaintedText>& m_texts;
};

class ListeningDevice : public QPaintDevice {
public:
    ListeningDevice(QSize size, std::vector<PaintedText>& texts) : m_size(size), m_engine(texts) {}
    QPaintEngine* paintEngine() const override { return &m_engine; }

protected:
    int metric(PaintDeviceMetric metric) const override
    {
        switch (metric) {
        case PdmWidth: return m_size.width();
        case PdmHeight: return m_size.height();
        case PdmDepth: return 32;
        case PdmNumColors: return 1 << 24;
        case PdmDevicePixelRatio: return 1;
        case PdmDevicePixelRatioScaled: return int(devicePixelRatioFScale());
        case PdmDpiX: case PdmDpiY: case PdmPhysicalDpiX: case PdmPhysicalDpiY: return 96;
        default: return 0;
        }
    }

private:
    QSize m_size;
    mutable TextListener m_engine;
};

/// Every text that the widget paints at its present size, those of its children not counted.
inline std::vector<PaintedText> paintedTexts(QWidget& widget)
{
    std::vector<PaintedText> texts;
    ListeningDevice device(widget.size(), texts);
    widget.render(&device, QPoint(), QRegion(), QWidget::RenderFlags());
    return texts;
}

}  // namespace quantoscope
