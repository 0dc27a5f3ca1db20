// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include <vector>

namespace quantoscope {

/// Bits per character beside the words a model invents: the loss in large type on a scale from the
/// original to guessing, and the words, those in bold that the scheme changed.
class WordsView : public QWidget {
    Q_OBJECT

public:
    struct Word {
        QString text;
        bool isChanged = false;
        friend bool operator==(const Word&, const Word&) = default;
    };
    struct Content {
        double bitsPerCharacter = 0, original = 0;
        bool isFlip = false;   ///< `original` is the loss under the scheme, before one weight was changed.
        std::vector<Word> words;
        /// What was measured on, and what weight error is not; long, shorter, shortest. The longest that fits is shown.
        std::vector<QString> basis;
        friend bool operator==(const Content&, const Content&) = default;
    };

    explicit WordsView(QWidget* parent = nullptr);
    void setContent(Content);
    const Content& content() const { return m_content; }
    /// Figures of an earlier scheme are faint until the new ones are there.
    void setStale(bool);
    void setProgress(double fraction);   ///< Below 0: none.
    void setCompact(bool);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {320, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    double paintLoss(QPainter&, const QRectF&) const;
    void paintScale(QPainter&, const QRectF&) const;
    void paintWords(QPainter&, const QRectF&, int lines) const;

    Content m_content;
    bool m_isStale = false, m_isCompact = false;
    double m_progress = -1;
};

}  // namespace quantoscope
