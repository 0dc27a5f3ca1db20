// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace quantoscope {

/// A step that is done, folded to a line: "✓ Predict  The switches 0000 1010: which …". Pressing it
/// opens it again.
class FoldedLine : public QAbstractButton {
    Q_OBJECT

public:
    FoldedLine(const QString& kind, const QString& words, QWidget* parent);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {80, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    QString m_words;
};

}  // namespace quantoscope
