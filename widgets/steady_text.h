// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace quantoscope {

class TextLabel;

/// Words below a picture that change with what is chosen there: room for two lines at least, more only once more are
/// needed, and never less again at this width. So a choice neither moves the picture under the mouse nor lays the page out anew.
class SteadyText : public QWidget {
    Q_OBJECT

public:
    explicit SteadyText(QWidget* parent = nullptr);
    QString text() const;
    void setText(const QString& words);

    QSize sizeHint() const override { return {200, m_height}; }
    QSize minimumSizeHint() const override { return {0, m_height}; }

protected:
    void resizeEvent(QResizeEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void grow(bool fromLeast);

    TextLabel* m_label;
    int m_height = 0;
};

}  // namespace quantoscope
