// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

namespace quantoscope {

/// Fusion with the house's own frames, focus ring, scroll bars, sliders and menus: flat, one-pixel
/// borders, colours of the theme in force. A style, not a style sheet: a theme switch costs a tenth.
class HouseStyle : public QProxyStyle {
    Q_OBJECT

public:
    HouseStyle();

    int pixelMetric(PixelMetric, const QStyleOption*, const QWidget*) const override;
    int styleHint(StyleHint, const QStyleOption*, const QWidget*, QStyleHintReturn*) const override;
    void drawPrimitive(PrimitiveElement, const QStyleOption*, QPainter*, const QWidget*) const override;
    void drawControl(ControlElement, const QStyleOption*, QPainter*, const QWidget*) const override;
    void drawComplexControl(ComplexControl, const QStyleOptionComplex*, QPainter*, const QWidget*) const override;
    QRect subControlRect(ComplexControl, const QStyleOptionComplex*, SubControl, const QWidget*) const override;
    QRect subElementRect(SubElement, const QStyleOption*, const QWidget*) const override;
    QSize sizeFromContents(ContentsType, const QStyleOption*, const QSize&, const QWidget*) const override;
};

/// The ring of the house around a focused control: two pixels of accent, inside `area`.
void drawFocusRing(QPainter&, const QRectF& area, double radius);

}  // namespace quantoscope
