// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tensors/tensor.h"

#include <QWidget>

#include <vector>

namespace quantoscope {

/// One bar of a file's bytes, divided by storage type, with a line of words for each part.
class TypeShares : public QWidget {
    Q_OBJECT

public:
    explicit TypeShares(QWidget* parent = nullptr);
    void setModel(const TensorSource*);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    struct Part {
        QString type;
        double bytes = 0;
        int tensors = 0;
    };
    std::vector<Part> m_parts;   ///< Largest first.
};

}  // namespace quantoscope
