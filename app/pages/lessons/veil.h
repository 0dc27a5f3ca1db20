// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>
#include <QWidget>

namespace quantoscope {

/// Lies over a figure until the learner has predicted: its shapes can be seen, its numbers cannot.
class Veil : public QWidget {
    Q_OBJECT

public:
    explicit Veil(QWidget* parent);
    /// Covers a widget of the same parent. Its picture is taken anew.
    void cover(QWidget* covered);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QPixmap m_blurred;
};

}  // namespace quantoscope
