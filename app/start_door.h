// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace quantoscope {

/// A door: a picture, what lies behind it, and what opening it does. One button in all.
class StartDoor : public QAbstractButton {
    Q_OBJECT

public:
    using Draw = void (*)(QPainter&, const QRectF& area);

    struct Words {
        QString title;
        QString text;
        QString action;   ///< "Start lesson 0"
        QString note;     ///< "8 minutes · progress is kept"
        QString key;      ///< "Alt+1"
    };
    StartDoor(const Words& words, Draw draw, bool isFirst, QWidget* parent);

    /// Smaller type and margins, for windows of little height.
    void setIsCompact(bool compact);

    QSize sizeHint() const override { return {360, 480}; }
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    int textHeight(int width) const;
    int wordsHeight(int width) const;   ///< All but the picture.
    QFont titleFontNow() const;
    QFont textFontNow() const;

    Words m_words;
    Draw m_draw;
    bool m_isFirst;
    bool m_isCompact = false;
};

/// The three pictures. Each scales to its area.
void drawStaircase(QPainter&, const QRectF& area);
void drawPiInFormats(QPainter&, const QRectF& area);
void drawLayers(QPainter&, const QRectF& area);

}  // namespace quantoscope
