// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/numbers_state.h"

#include <QWidget>

#include <memory>

class QLineEdit;

namespace quantoscope {

class BitView;

/// The Numbers page for a hall: the typed number in base two, and as many rows in large type as are
/// still read from the last bench. The selected row comes first; F brings the next one.
class PresentedNumbers : public QWidget {
    Q_OBJECT

public:
    explicit PresentedNumbers(QWidget* parent = nullptr);
    void show(const NumbersState& state, std::shared_ptr<const NumbersContent> content, const std::optional<NumbersContent>& ghost);
    void beginTyping(const QString& text);
    void showProblem(const QString& sentence);

signals:
    void codeEdited(const QString& format, quantoscope::Code code, const QString& text, const QString& mergeKey);
    void selected(const QString& format);
    void valueTyped(const QString& text);

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;

private:
    struct Shown {
        int index;      ///< Of the row in the content.
        BitView* bits;
        QRectF place;
    };
    void arrange();
    double unit() const;   ///< The smallest type: 1/40 of the height.
    QFont type(double units, QFont::Weight weight, bool mono = false) const;
    void paintTop(QPainter&) const;
    void paintRow(QPainter&, const Shown&) const;
    void paintBrackets(QPainter&, const Shown&) const;
    void paintError(QPainter&, const Shown&) const;

    NumbersState m_state;
    std::shared_ptr<const NumbersContent> m_content;
    std::optional<NumbersContent> m_ghost;
    std::vector<Shown> m_shown;
    std::vector<BitView*> m_views;
    BitColumns m_columns;
    double m_topHeight = 0;
    QLineEdit* m_edit;
    QString m_problem;
};

}  // namespace quantoscope
