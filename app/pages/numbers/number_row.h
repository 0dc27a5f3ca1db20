// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/number_texts.h"
#include "app/pages/numbers/row_columns.h"

#include <QWidget>

#include <memory>
#include <optional>

class QToolButton;

namespace quantoscope {

class BitView;
class InlineEdit;
class PushButton;

/// From a stored number to another one near it.
enum class NumberStep { PreviousNumber, NextNumber, Half, Twice };

/// One format's row: its bits, code, stored value and errors; the selected one explains itself.
class NumberRow : public QWidget {
    Q_OBJECT

public:
    explicit NumberRow(const QString& id, QWidget* parent = nullptr);

    struct Shown {
        NumberRowContent row;
        std::shared_ptr<const NumbersContent> content;
        RowColumns columns;
        bool selected = false;
        bool allDigits = false;
        bool editsSettings = true;           ///< Scale and zero point can be typed.
        std::optional<StoredNumber> ghost;   ///< What stood here when the picture was kept.
    };
    void show(const Shown& shown);
    const QString& id() const { return m_id; }
    BitView* bits() const { return m_bits; }
    QList<QWidget*> tabStops() const;   ///< In the order in which Tab goes through them.
    int heightFor(const Shown& shown) const;

signals:
    void codeEdited(quantoscope::Code code, const QString& text, const QString& mergeKey);
    void settingsEdited(double scale, qint64 zeroPoint);
    void stepRequested(quantoscope::NumberStep step);
    void selectRequested();
    void removeRequested();
    void digitsToggled();
    void dragged(int y);   ///< In the parent's pixels; the row wants to lie there.
    void dropped();
    void problem(const QString& sentence);

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;

private:
    void makeSteppers();
    void arrange();
    void arrangeSteppers();
    void paintStepperLabels(QPainter&) const;
    void applyTypedCode(const QString& text);
    void applyTypedSettings();
    /// Exact decimal digits, C99 hexadecimal and the shortest text, each with its name.
    std::vector<std::pair<QString, QStringList>> writtenForms(const Shown&) const;
    bool offersDigits() const;
    bool namesSettings() const;   ///< There is room for the words "scale" and "zero".

    // number_row_painting.cpp
    void paintName(QPainter&) const;
    void paintStored(QPainter&) const;
    void paintErrors(QPainter&) const;
    void paintErrorAxis(QPainter&) const;
    void paintNeighbours(QPainter&) const;
    // number_row_details.cpp
    void paintDetails(QPainter&) const;
    double paintBracket(QPainter&, const QRectF& cells, const QColor&, const QString& note, double from) const;
    void paintBrackets(QPainter&) const;
    void paintIntegerWeights(QPainter&) const;
    void paintFacts(QPainter&) const;
    void paintDigits(QPainter&) const;
    void paintFormulaLine(QPainter&) const;
    void paintFactsBeside(QPainter&, const std::vector<std::pair<QString, QString>>&) const;
    void fitFormula();
    void fitNeighbours();

    QString m_id;
    Shown m_shown;
    Formula m_formula;          ///< Of the selected row, with the font and width that fit.
    QFont m_formulaFont;
    double m_formulaWidth = 0;
    QString m_previousText, m_nextText;
    BitView* m_bits;
    InlineEdit* m_code;
    InlineEdit* m_scale = nullptr;
    InlineEdit* m_zero = nullptr;
    QToolButton* m_remove;
    std::vector<PushButton*> m_steppers;   ///< In the order of NumberStep.
    PushButton* m_digits;
    std::optional<QPoint> m_pressed;
    bool m_dragging = false;
};

}  // namespace quantoscope
