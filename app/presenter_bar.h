// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

#include <utility>

namespace quantoscope {

/// The last line of presenter mode: the keys that work on this page.
class PresenterBar : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;
    using Keys = QList<std::pair<QString, QString>>;
    void setKeys(const Keys& keys);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {100, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    Keys m_keys;
};

}  // namespace quantoscope
