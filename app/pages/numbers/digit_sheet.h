// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/pages/numbers/arithmetic_content.h"

#include <QWidget>

namespace quantoscope {

/// An operation as one would write it on paper in base two: operands, exact result and stored result
/// under one another, aligned at the binary point. Long runs of zeros that all lines share are left out.
class DigitSheet : public QWidget {
    Q_OBJECT

public:
    explicit DigitSheet(QWidget* parent = nullptr);
    void show(const ArithmeticContent& content);
    void setCompact(bool compact);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    /// The powers of two that have a column, highest first; nullopt stands for zeros left out.
    std::vector<std::optional<int>> columns(bool withHoles) const;

protected:
    void paintEvent(QPaintEvent*) override;

private:
    struct Grid;
    Grid grid() const;
    double lineHeight() const { return m_compact ? 21 : 25; }
    double markHeight() const { return m_compact ? 14 : 17; }
    void paintHeader(QPainter&, const Grid&) const;
    void paintLine(QPainter&, const Grid&, const DigitLine&, double y) const;
    void paintDigits(QPainter&, const Grid&, const DigitLine&, double y) const;
    void paintMarks(QPainter&, const Grid&, const DigitLine&, double y) const;

    ArithmeticContent m_content;
    bool m_compact = false;
};

}  // namespace quantoscope
