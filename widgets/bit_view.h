// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/bit_fields.h"

#include <QWidget>

namespace quantoscope {

struct Theme;

/// Cells, hidden bit and binary point of one code: for strips on the page, in presenter mode and in
/// pictures alike. `focusedBit` is -1 where no bit has the keyboard.
void paintBits(QPainter&, const Theme&, const NumberFormat&, Code, const BitLayout&, int focusedBit = -1);

/// The bits of one code. A click flips, a drag paints, arrow keys move, space flips, 0 and 1 write;
/// `[` `]` step to the neighbouring number, `{` `}` to the neighbouring exponent. Screen readers find
/// one check box a bit. It shows what it is told: the code changes when the owner sets it.
class BitView : public QWidget {
    Q_OBJECT

public:
    explicit BitView(QWidget* parent = nullptr);

    void setContent(const NumberFormat& format, Code code);
    void setColumns(const BitColumns& columns, double cellHeight);
    void setTail(const BitTail& tail);
    void setGhost(std::optional<Code> ghost);   ///< Bits that differ from it carry a pale mark.

    const NumberFormat& format() const { return m_format; }
    Code code() const { return m_code; }
    int focusedBit() const { return m_focusedBit; }
    void focusBit(int bit);
    void flipBit(int bit);
    const BitLayout& bitLayout() const { return m_layout; }
    QSize sizeHint() const override;

signals:
    /// The person wants this code. Steps of one drag share their mergeKey.
    void codeEdited(quantoscope::Code code, const QString& text, const QString& mergeKey);
    void activated();   ///< Clicked or focused: the row becomes the selected one.

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void focusInEvent(QFocusEvent*) override;
    void focusOutEvent(QFocusEvent*) override;
    void changeEvent(QEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    void relayout();
    void moveFocus(int places);
    void writeBit(int bit, bool on, const QString& mergeKey);
    void stepToNeighbour(bool up);
    void stepExponent(bool up);
    void paintTail(QPainter&) const;

    NumberFormat m_format;
    Code m_code = 0;
    std::optional<Code> m_ghost;
    BitColumns m_columns;
    double m_cellHeight = 22;
    BitTail m_tail;
    BitLayout m_layout;
    int m_focusedBit = 0;
    std::optional<bool> m_painting;   ///< The digit a drag writes.
    int m_lastPainted = -1;
    int m_drag = 0;                   ///< Counts drags: each is one step of undo.
};

}  // namespace quantoscope
