// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

namespace quantoscope {

/// A number in a row that can be typed over: plain text until the pointer or the keyboard is on it.
/// Enter or leaving commits, Esc brings the old text back.
class InlineEdit : public QLineEdit {
    Q_OBJECT

public:
    /// `boxed`: always with a border, for settings such as a scale.
    InlineEdit(double pixels, bool boxed, QWidget* parent);
    /// What the program says; does not disturb a person who is typing.
    void setShownText(const QString& text);
    void revert();
    int widthForText(const QString& text) const;

signals:
    void committed(const QString& text);

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void focusInEvent(QFocusEvent*) override;
    void focusOutEvent(QFocusEvent*) override;
    void enterEvent(QEnterEvent*) override;
    void leaveEvent(QEvent*) override;
    void changeEvent(QEvent*) override;

private:
    void applyTheme();
    void commit();

    double m_pixels;
    bool m_boxed;
    QString m_shown;
};

}  // namespace quantoscope
