// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include <utility>
#include <vector>

namespace quantoscope {

/// The result in large type and its rows under it. Painted, not made of labels: it changes with every
/// movement of a hand, and a layout that does its sums anew each time would be felt.
class ResultPanel : public QWidget {
    Q_OBJECT

public:
    struct Content {
        QString headline;   ///< "11.9"
        QString unit;       ///< "dB SQNR"
        QString status;     ///< "by hand, 2.4 dB below best"
        bool isByHand = false;
        std::vector<std::pair<QString, QString>> rows;
        std::pair<QString, QString> ghost;   ///< Empty where there is none.
        friend bool operator==(const Content&, const Content&) = default;
    };

    explicit ResultPanel(QWidget* parent = nullptr);
    void setContent(Content);
    const Content& content() const { return m_content; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    double headHeight() const;
    double rowHeight(double factor) const;
    Content m_content;
};

}  // namespace quantoscope
