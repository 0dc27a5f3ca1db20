// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/lessons/lesson_text.h"

#include "widgets/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QEvent>
#include <QPainter>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextList>

#include <cmath>
#include <vector>

namespace quantoscope {

namespace {

/// Per cent: text is read, not scanned; what is large stands close.
double lineHeight(double pixels) { return pixels >= 18 ? 118 : 146; }

struct Piece {
    int start, length;
    bool isCode;
};

/// Runs of a block that are code, and those that are not.
std::vector<Piece> piecesOf(const QTextBlock& block)
{
    std::vector<Piece> pieces;
    for (auto fragment = block.begin(); !fragment.atEnd(); ++fragment) {
        const QTextFragment text = fragment.fragment();
        pieces.push_back({text.position() - block.position(), text.length(), text.charFormat().fontFixedPitch()});
    }
    return pieces;
}

}  // namespace

LessonDocument::LessonDocument(double pixels, QFont::Weight weight)
    : m_pixels(pixels)
    , m_weight(weight)
{
    m_document.setDocumentMargin(0);
    m_document.setUndoRedoEnabled(false);
}

void LessonDocument::setMarkdown(const QString& markdown)
{
    m_text = markdown;
    m_isLine = false;
    renew();
}

void LessonDocument::setLine(const QString& text)
{
    m_text = text;
    m_isLine = true;
    renew();
}

void LessonDocument::renew()
{
    m_document.clear();
    m_document.setDefaultFont(m_pixels >= 20 ? titleFont(m_pixels, m_weight) : uiFont(m_pixels, m_weight));
    if (!m_isLine) {
        m_document.setMarkdown(m_text, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) | QTextDocument::MarkdownNoHTML);
    } else {
        QTextCursor cursor(&m_document);
        bool isCode = false, isStrong = false;
        QString run;
        const auto flush = [&] {
            QTextCharFormat format;
            format.setFontFixedPitch(isCode);
            if (isStrong)
                format.setFontWeight(QFont::DemiBold);
            cursor.insertText(run, format);
            run.clear();
        };
        for (qsizetype i = 0; i < m_text.size(); ++i) {
            if (m_text[i] == u'`') {
                flush();
                isCode = !isCode;
            } else if (!isCode && QStringView(m_text).mid(i).startsWith(u"**")) {
                flush();
                isStrong = !isStrong;
                ++i;
            } else {
                run += m_text[i];
            }
        }
        flush();
    }
    style();
}

/// Fonts of the house over what the Markdown reader chose.
void LessonDocument::style()
{
    for (QTextBlock block = m_document.begin(); block.isValid(); block = block.next()) {
        QTextCursor cursor(block);
        QTextBlockFormat format = block.blockFormat();
        format.setLineHeight(lineHeight(m_pixels), QTextBlockFormat::ProportionalHeight);
        const bool isList = block.textList() != nullptr;
        format.setTopMargin(block == m_document.begin() ? 0 : isList ? 3 : std::round(m_pixels * 0.6));
        format.setBottomMargin(0);
        cursor.setBlockFormat(format);
        const int level = block.blockFormat().headingLevel();
        for (const Piece& piece : piecesOf(block)) {
            cursor.setPosition(block.position() + piece.start);
            cursor.setPosition(block.position() + piece.start + piece.length, QTextCursor::KeepAnchor);
            const QTextCharFormat before = cursor.charFormat();
            const QFont::Weight weight = before.fontWeight() >= QFont::DemiBold || level > 0 ? QFont::DemiBold : m_weight;
            const double pixels = m_pixels + (level > 0 ? 2 : 0);
            QTextCharFormat after;
            after.setFont(piece.isCode ? monoFont(pixels * 0.92, weight)
                                       : m_pixels >= 20 ? titleFont(pixels, weight) : uiFont(pixels, weight));
            after.setFontFixedPitch(piece.isCode);
            after.setFontItalic(before.fontItalic());
            cursor.setCharFormat(after);
        }
    }
}

int LessonDocument::heightFor(int width) const
{
    m_document.setTextWidth(std::max(40, width));
    return int(std::ceil(m_document.size().height()));
}

double LessonDocument::idealWidth() const
{
    m_document.setTextWidth(-1);
    return m_document.idealWidth();
}

void LessonDocument::draw(QPainter& painter, const QPointF& topLeft, int width, const QColor& colour) const
{
    m_document.setTextWidth(std::max(40, width));
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(topLeft);
    painter.setPen(Qt::NoPen);
    QColor chip = theme().text;
    chip.setAlphaF(theme().isDark ? 0.13f : 0.07f);
    painter.setBrush(chip);
    const auto* layout = m_document.documentLayout();
    for (QTextBlock block = m_document.begin(); block.isValid(); block = block.next()) {
        const QRectF area = layout->blockBoundingRect(block);
        for (const Piece& piece : piecesOf(block)) {
            for (int i = 0; piece.isCode && i < block.layout()->lineCount(); ++i) {
                const QTextLine line = block.layout()->lineAt(i);
                const int from = std::max(piece.start, line.textStart());
                const int to = std::min(piece.start + piece.length, line.textStart() + line.textLength());
                if (from >= to)
                    continue;
                const double left = line.cursorToX(from), right = line.cursorToX(to);
                const double baseline = area.top() + line.y() + line.ascent();
                const double ascent = m_pixels * theme().typeScale;
                painter.drawRoundedRect(QRectF(area.left() + left - 2.5, baseline - ascent * 0.98, right - left + 5, ascent * 1.3), 4, 4);
            }
        }
    }
    QAbstractTextDocumentLayout::PaintContext context;
    context.palette.setColor(QPalette::Text, colour);
    m_document.documentLayout()->draw(&painter, context);
    painter.restore();
}

LessonText::LessonText(double pixels, QFont::Weight weight, TextTone tone, QWidget* parent)
    : QWidget(parent)
    , m_document(pixels, weight)
    , m_tone(tone)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void LessonText::setMarkdown(const QString& markdown)
{
    m_document.setMarkdown(markdown);
    setAccessibleName(m_document.plainText());
    updateGeometry();
    update();
}

void LessonText::setLine(const QString& text)
{
    m_document.setLine(text);
    setAccessibleName(m_document.plainText());
    updateGeometry();
    update();
}

void LessonText::setTone(TextTone tone)
{
    m_tone = tone;
    update();
}

QSize LessonText::sizeHint() const
{
    const int width = 320;
    return {width, heightForWidth(width)};
}

QSize LessonText::minimumSizeHint() const
{
    return {80, 10};
}

void LessonText::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    m_document.draw(painter, {}, width(), toneColour(m_tone));
}

void LessonText::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_document.renew();
        updateGeometry();
    }
}

}  // namespace quantoscope
