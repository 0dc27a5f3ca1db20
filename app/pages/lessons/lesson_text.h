// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/text_tone.h"

#include <QTextDocument>

namespace quantoscope {

/// Text of a lesson laid out in the fonts of the house, `codes` in Mono on a chip.
class LessonDocument {
public:
    LessonDocument(double pixels, QFont::Weight weight = QFont::Normal);

    /// Whole paragraphs of Markdown. HTML is shown as the text it is.
    void setMarkdown(const QString& markdown);
    /// One line that knows only **strong** and `code`: "2. 11" is no list here.
    void setLine(const QString& text);
    /// In the theme's fonts anew.
    void renew();

    int heightFor(int width) const;
    double idealWidth() const;
    void draw(QPainter&, const QPointF& topLeft, int width, const QColor& colour) const;
    QString plainText() const { return m_document.toPlainText(); }

private:
    void style();

    double m_pixels;
    QFont::Weight m_weight;
    QString m_text;
    bool m_isLine = true;
    mutable QTextDocument m_document;
};

/// A lesson's text as a widget that is as high as its width asks for.
class LessonText : public QWidget {
    Q_OBJECT

public:
    explicit LessonText(double pixels, QFont::Weight weight = QFont::Normal, TextTone tone = TextTone::Normal,
                        QWidget* parent = nullptr);
    void setMarkdown(const QString&);
    void setLine(const QString&);
    void setTone(TextTone);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return m_document.heightFor(width); }
    double idealWidth() const { return m_document.idealWidth(); }

protected:
    void paintEvent(QPaintEvent*) override;
    void changeEvent(QEvent*) override;

private:
    LessonDocument m_document;
    TextTone m_tone;
};

}  // namespace quantoscope
