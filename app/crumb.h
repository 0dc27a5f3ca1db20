// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace quantoscope {

/// "model  Qwen2.5 ⌄": one place of the top line. Its value is cut in the middle where room is short.
class Crumb : public QAbstractButton {
    Q_OBJECT

public:
    Crumb(const QString& label, QWidget* parent);
    void setValue(const QString& value, bool isPlaceholder);
    void setShowsLabel(bool shows);   ///< Off where the line is narrow.

    QSize sizeHint() const override;
    int smallestWidth() const;
    /// What it takes of a given width once its value is cut to fit.
    int widthWithin(int width) const;
    void setElideMode(Qt::TextElideMode mode) { m_elideMode = mode; }

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    QString m_label;
    bool m_isPlaceholder = true;
    bool m_showsLabel = true;
    Qt::TextElideMode m_elideMode = Qt::ElideMiddle;
};

/// The rounded button at the right end of the line: icon or status dot, text, key.
class PillButton : public QAbstractButton {
    Q_OBJECT

public:
    enum class Sign { Search, Empty, Ready };
    explicit PillButton(QWidget* parent);
    void setSign(Sign sign);
    void setKey(const QString& key) { m_key = key; }
    void setIsFolded(bool folded);   ///< Icon alone.

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;

private:
    Sign m_sign = Sign::Search;
    QString m_key;
    bool m_isFolded = false;
};

}  // namespace quantoscope
